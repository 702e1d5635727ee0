"""What can be created, read, listed, changed and deleted: read off links, paths and responses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from openapi_first.openapi.links import Link, links_of
from openapi_first.openapi.model import Contract, Operation, Parameter
from openapi_first.openapi.node import Node

_VARIABLE = re.compile(r"\{([^{}+]+)\+?\}")
_PAGE_SIZES = (
    "limit",
    "page_size",
    "pagesize",
    "per_page",
    "perpage",
    "size",
    "max_items",
    "count",
)


@dataclass(frozen=True)
class Listing:
    """An operation that lists a resource: `items` points to the array in its body, `names` to the
    value of each path variable in one of its items, `following` is the link to the next page,
    `to_item` are the links to reads of an item,
    `page_size` the parameter that says how many items a page may hold."""

    operation: Operation
    items: str
    names: dict[str, str]
    following: Link | None
    to_item: tuple[Link, ...]
    page_size: Parameter | None


@dataclass(frozen=True)
class Resource:
    """Things under one path. `variables` are expressions that give the path's variables from the
    creation; None for one that the Location header alone gives."""

    path: str
    create: Operation
    variables: dict[str, Any] | None
    read: Operation | None
    update: Operation | None
    patch: Operation | None
    delete: Operation | None
    listing: Listing | None

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations on one thing."""
        found = (self.read, self.update, self.patch, self.delete)
        return tuple(operation for operation in found if operation is not None)


def bound_parameters(contract: Contract) -> frozenset[tuple[str, str]]:
    """Parameters (operationId, `query cursor`) whose values a link hands out: one made up may be
    refused though it keeps its schema."""
    return frozenset(
        (link.target.id, key)
        for link in links_of(contract)
        for key, value in link.parameters.items()
        if isinstance(value, str) and "$" in value
    )


def resources_of(contract: Contract) -> tuple[Resource, ...]:
    """The resources that can be created with POST. What only PUT makes is nobody's to touch."""
    links = links_of(contract)
    found = []
    for create in contract.operations:
        if create.method != "POST" or not any(each.status[0] == "2" for each in create.responses):
            continue
        path, variables = _created(contract, create, links)
        if path is None:
            continue
        by_method = {each.method: each for each in contract.operations if each.path == path}
        listing = next(
            (
                listing
                for each in contract.operations
                if each.method == "GET" and each.path == create.path
                for listing in [_listing(each, by_method.get("GET"), path, links)]
                if listing is not None
            ),
            None,
        )
        read, update, patch, delete = map(by_method.get, ("GET", "PUT", "PATCH", "DELETE"))
        found.append(Resource(path, create, variables, read, update, patch, delete, listing))
    return tuple(found)


def _created(
    contract: Contract, create: Operation, links: tuple[Link, ...]
) -> tuple[str | None, dict[str, Any] | None]:
    """The path of what an operation creates, and where its variables come from."""
    for link in links:
        names = _VARIABLE.findall(link.target.path)
        if link.source is create and link.status[0] == "2" and names:
            given = {name: link.parameters.get(f"path {name}") for name in names}
            if all(value is not None for value in given.values()):
                return link.target.path, given
    below = re.compile(re.escape(create.path.rstrip("/")) + r"/\{([^{}+]+)\}")
    for operation in contract.operations:
        match = below.fullmatch(operation.path)
        if match is None or operation.method not in ("GET", "DELETE"):
            continue
        successes = [each for each in create.responses if each.status[0] == "2"]
        if any(header.name.lower() == "location" for each in successes for header in each.headers):
            return operation.path, None
        for response in successes:
            for entry in response.content:
                if entry.schema is not None and match[1] in _properties(entry.schema):
                    own = {match[1]: f"$response.body#/{match[1]}"}
                    outer = {
                        name: f"$request.path.{name}" for name in _VARIABLE.findall(create.path)
                    }
                    return operation.path, {**outer, **own}
    return None, None


def _listing(
    operation: Operation, read: Operation | None, path: str, links: tuple[Link, ...]
) -> Listing | None:
    own = [link for link in links if link.source is operation and link.status[0] == "2"]
    following = next((link for link in own if link.target is operation), None)
    size = _page_size(operation, following)
    to_item = tuple(each for each in own if each.target is read)
    names = _VARIABLE.findall(path)
    for link in own:
        if link.target.path != path:
            continue
        found = {
            name: re.fullmatch(
                r"\$response\.body#(.*)/0(/.*)", str(link.parameters.get(f"path {name}"))
            )
            for name in names
        }
        arrays = {match[1] for match in found.values() if match is not None}
        if len(arrays) == 1:
            pointers = {name: match[2] for name, match in found.items() if match is not None}
            return Listing(operation, arrays.pop(), pointers, following, to_item, size)
    for response in operation.responses:
        for entry in response.content if response.status[0] == "2" else ():
            array = _array(entry.schema) if entry.schema is not None else None
            if array is not None and read is not None and len(names) == 1:
                return Listing(operation, array, {names[0]: f"/{names[0]}"}, following, (), size)
    return None


def _array(schema: Node) -> str | None:
    """Where the array of a list's body is: the body itself, or its only member that is one."""
    node = schema.followed()
    if node.value.get("type") == "array":
        return ""
    arrays = [
        name for name, part in _properties(schema).items() if part.value.get("type") == "array"
    ]
    return f"/{arrays[0]}" if len(arrays) == 1 else None


def _properties(schema: Node) -> dict[str, Node]:
    node = schema.followed()
    found: dict[str, Node] = {}
    branches = node.get("allOf")
    for branch in branches.elements() if branches is not None else ():
        found.update(_properties(branch))
    members = node.get("properties")
    found.update(dict(members.items()) if members is not None else {})
    return found


def _page_size(operation: Operation, following: Link | None) -> Parameter | None:
    bound = set(following.parameters) if following is not None else set()
    for parameter in operation.parameters:
        schema = parameter.schema.followed().value
        if (
            parameter.location == "query"
            and f"query {parameter.name}" not in bound
            and schema.get("type") == "integer"
            and parameter.name.lower().replace("-", "_") in _PAGE_SIZES
        ):
            return parameter
    return None
