"""Which operation lists a resource, where its items are, and which member identifies an item."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openapi_first.conformance.roles.gaps import (
    Gap,
    filtered,
    no_array,
    no_first_page,
    no_identity,
    no_pager,
)
from openapi_first.conformance.roles.members import (
    alternatives,
    comparable,
    identifying,
    is_object,
    json_schemas,
    members,
    query_parameters,
    same_member,
    types,
)
from openapi_first.conformance.roles.pagers import Pager, PageSize, page_size_of, pager_of
from openapi_first.documents.node import Node
from openapi_first.openapi.links import Link
from openapi_first.openapi.model import Operation
from openapi_first.openapi.path_templates import variable_names

_NO_FILTERS = re.compile(
    "(sort|order|direction|fields?|include|expand|embed|locale|lang|language|format|view|pretty)"
    "(by|ing)?"
)


@dataclass(frozen=True)
class Listing:
    """An operation that lists a resource.

    `items` is the JSON Pointer to the array in the response body. `variables` are the variables of
    the resource's path that the list's path does not have, `linked` the JSON Pointers in an item to
    their values if a link proves them, and `members` the members of an item that may have the
    value. `filters` are query parameters that may leave items out of every request. `item_links`
    lead to an item.
    """

    operation: Operation
    items: str
    variables: tuple[str, ...]
    linked: Mapping[str, str] | None
    members: tuple[str, ...]
    pager: Pager | None
    page_size: PageSize | None
    most_items: int | None
    filters: tuple[str, ...]
    item_links: tuple[Link, ...]
    gaps: tuple[Gap, ...]
    reader: str

    def identified(
        self, known: Sequence[tuple[Mapping[str, str], Any]]
    ) -> Mapping[str, str] | None:
        """The JSON Pointers in an item to the values of `variables`; None if they are unknown.
        `known` are path variables of what was created, and the body that showed it. A member that
        has the value in all bodies is taken, rather one with the variable's name."""
        if self.linked is not None:
            return self.linked
        if len(self.variables) != 1:
            return None
        (variable,) = self.variables
        own = same_member(variable, self.members)
        shown = [(values[variable], body) for values, body in known if isinstance(body, dict)]
        fits = [
            name
            for name in self.members
            if shown and all(str(body.get(name)) == value for value, body in shown)
        ]
        contradicted = own is not None and any(
            own in body and str(body[own]) != value for value, body in shown
        )
        chosen = own if own is not None and not contradicted else next(iter(fits), None)
        return {variable: f"/{_escaped(chosen)}"} if chosen is not None else None

    @property
    def no_identity(self) -> Gap:
        return no_identity(self.operation, self.reader)


def listing_of(
    operation: Operation, path: str, reader: Operation | None, links: tuple[Link, ...]
) -> Listing | Gap | None:
    """The role of a GET that may list what is at `path`; the gap if evidence is missing; None if
    it does not seem to list."""
    own = tuple(link for link in links if link.source is operation and link.status[0] == "2")
    name = reader.id if reader is not None else f"an operation of {path}"
    outer = variable_names(operation.path)
    variables = tuple(each for each in variable_names(path) if each not in outer)
    linked = _linked(own, path, variables)
    arrays = [found for schema in json_schemas(operation) for found in _arrays(schema)]
    if linked is None:
        if not arrays:
            return None
        chosen = _items_array(arrays, reader)
        if chosen is None:
            return no_array(operation, name)
        items, found = chosen
        array: Node | None = found
        names = _item_members(found)
        if not names or len(variables) != 1:
            return no_identity(operation, name)
        pointers = None
    else:
        items, pointers = linked
        array = next((node for pointer, node in arrays if pointer == items), None)
        names = ()
    pager, unknown_first = pager_of(operation, own)
    size = page_size_of(operation, paged=pager is not None)
    filters = _filters(operation, pager, size)
    gaps = [filtered(operation, filters)] if filters else []
    if unknown_first is not None:
        gaps.append(no_first_page(operation, unknown_first))
    elif pager is None and size is not None:
        gaps.append(no_pager(operation))
    return Listing(
        operation=operation,
        items=items,
        variables=variables,
        linked=pointers,
        members=names,
        pager=pager,
        page_size=size,
        most_items=array.followed().value.get("maxItems") if array is not None else None,
        filters=filters,
        item_links=tuple(each for each in own if reader is not None and each.target is reader),
        gaps=tuple(gaps),
        reader=name,
    )


def _linked(
    own: tuple[Link, ...], path: str, variables: tuple[str, ...]
) -> tuple[str, dict[str, str]] | None:
    """The array's pointer, and those of the variables in an item, by a link to the first item."""
    for link in own:
        if link.target.path != path:
            continue
        found = {
            name: re.fullmatch(
                r"\$response\.body#(.*)/0(/.*)?", str(link.parameters.get(f"path {name}"))
            )
            for name in variables
        }
        arrays = {match[1] for match in found.values() if match is not None}
        if len(arrays) == 1 and all(found.values()):
            pointers = {name: match[2] or "" for name, match in found.items() if match is not None}
            return arrays.pop(), pointers
    return None


def _arrays(schema: Node, prefix: str = "", depth: int = 3) -> Iterator[tuple[str, Node]]:
    """The arrays in a body, with their JSON Pointers: the body, and members of objects in it. If
    not all alternatives have one, such as a list or what went wrong, those of each."""
    if types(schema) == {"array"}:
        yield prefix, schema
        return
    found = list(_arrays_of_members(schema, prefix, depth))
    yield from found
    for each in alternatives(schema) if not found else ():
        if types(each) == {"array"}:
            yield prefix, each
        else:
            yield from _arrays_of_members(each, prefix, depth)


def _arrays_of_members(schema: Node, prefix: str, depth: int) -> Iterator[tuple[str, Node]]:
    for name, part in members(schema).items() if depth else ():
        yield from _arrays(part, f"{prefix}/{_escaped(name)}", depth - 1)


def _items_array(
    arrays: list[tuple[str, Node]], reader: Operation | None
) -> tuple[str, Node] | None:
    """The array of what the reader reads, or the only one of objects."""
    objects = [each for each in arrays if (item := _item(each[1])) is not None and is_object(item)]
    if len({pointer for pointer, _ in objects}) == 1:
        return objects[0]
    read = {
        each.identity
        for schema in (json_schemas(reader) if reader else ())
        for each in alternatives(schema)
    }
    same = [each for each in objects if (item := _item(each[1])) and item.identity in read]
    return same[0] if len({pointer for pointer, _ in same}) == 1 else None


def _item(array: Node) -> Node | None:
    found = array.followed().get("items")
    return found.followed() if found is not None else None


def _item_members(array: Node) -> tuple[str, ...]:
    item = _item(array)
    return identifying(item) if item is not None else ()


def _filters(operation: Operation, pager: Pager | None, size: PageSize | None) -> tuple[str, ...]:
    known = {*(pager.bound if pager else ()), *([size.parameter.name] if size else [])}
    return tuple(
        each.name
        for each in query_parameters(operation)
        if (each.required or each.schema.followed().value.get("default") is not None)
        and each.name not in known
        and not _NO_FILTERS.fullmatch(comparable(each.name))
    )


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
