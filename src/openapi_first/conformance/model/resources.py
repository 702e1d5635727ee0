"""The resources of a contract and their operations, found in links, paths and responses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from openapi_first.documents.node import Node
from openapi_first.openapi.links import Link, links_of
from openapi_first.openapi.model import Contract, Operation, Parameter
from openapi_first.openapi.path_templates import variable_names

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
    """An operation that lists a resource.

    `items` is the JSON Pointer to the array in the response body; `variables` are the JSON Pointers
    in an item to the values of the resource's path variables. `next_page` is the link to the next
    page, `item_links` lead to an item. `page_size` is the parameter that limits a page.
    """

    operation: Operation
    items: str
    variables: dict[str, str]
    next_page: Link | None
    item_links: tuple[Link, ...]
    page_size: Parameter | None


@dataclass(frozen=True)
class Resource:
    """What can be created at one path. `variables` are runtime expressions that give the path's
    variables from its creation, None if only the Location header does."""

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
        """The operations on what was created."""
        found = (self.read, self.update, self.patch, self.delete)
        return tuple(operation for operation in found if operation is not None)


def bound_parameters(contract: Contract) -> frozenset[tuple[str, str]]:
    """Parameters (operationId, `query cursor`) whose values come from links: a made-up value may be
    refused although it matches the schema."""
    return frozenset(
        (link.target.id, key)
        for link in links_of(contract)
        for key, value in link.parameters.items()
        if isinstance(value, str) and "$" in value
    )


def resources_of(contract: Contract) -> tuple[Resource, ...]:
    """The resources that can be created with POST. A run does not touch what only PUT creates: it
    may belong to somebody else."""
    links = links_of(contract)
    found = []
    for create in contract.operations:
        if create.method != "POST" or not any(each.status[0] == "2" for each in create.responses):
            continue
        path, variables = _path_and_variables(contract, create, links)
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


def _path_and_variables(
    contract: Contract, create: Operation, links: tuple[Link, ...]
) -> tuple[str | None, dict[str, Any] | None]:
    """The path of what an operation creates, and the expressions for its variables."""
    for link in links:
        names = variable_names(link.target.path)
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
                    outer = {name: f"$request.path.{name}" for name in variable_names(create.path)}
                    return operation.path, {**outer, **own}
    return None, None


def _listing(
    operation: Operation, read: Operation | None, path: str, links: tuple[Link, ...]
) -> Listing | None:
    own = [link for link in links if link.source is operation and link.status[0] == "2"]
    next_page = next((link for link in own if link.target is operation), None)
    size = _page_size(operation, next_page)
    item_links = tuple(each for each in own if each.target is read)
    names = variable_names(path)
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
            return Listing(operation, arrays.pop(), pointers, next_page, item_links, size)
    for response in operation.responses:
        for entry in response.content if response.status[0] == "2" else ():
            array = _array(entry.schema) if entry.schema is not None else None
            if array is not None and read is not None and len(names) == 1:
                return Listing(operation, array, {names[0]: f"/{names[0]}"}, next_page, (), size)
    return None


def _array(schema: Node) -> str | None:
    """The JSON Pointer to a list body's items: the body itself, or its only array property."""
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


def _page_size(operation: Operation, next_page: Link | None) -> Parameter | None:
    bound = set(next_page.parameters) if next_page is not None else set()
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
