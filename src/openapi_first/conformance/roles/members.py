"""The members that a schema proves, and names that mean the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openapi_first.core.media_types import media_type_of
from openapi_first.core.problem_details import MEDIA_TYPE as PROBLEM_MEDIA_TYPE
from openapi_first.documents.node import Node
from openapi_first.openapi.model import Operation, Parameter, Response

_SCALARS = frozenset({"string", "integer"})


def members(schema: Node, seen: frozenset[object] = frozenset()) -> dict[str, Node]:
    """The properties of a schema: its own, those of `allOf`, and those of every branch of `oneOf`
    and `anyOf`."""
    node = schema.followed()
    if node.identity in seen or not isinstance(node.value, dict):
        return {}
    seen |= {node.identity}
    found: dict[str, Node] = {}
    for key in ("oneOf", "anyOf"):
        branches = [members(each, seen) for each in _elements(node, key)]
        for name in set.intersection(*map(set, branches)) if branches else ():
            found[name] = branches[0][name]
    for branch in _elements(node, "allOf"):
        found.update(members(branch, seen))
    own = node.get("properties")
    found.update(dict(own.items()) if own is not None else {})
    return found


def types(schema: Node, seen: frozenset[object] = frozenset()) -> frozenset[str]:
    """The types that a schema names itself or through `allOf`, without null."""
    node = schema.followed()
    if node.identity in seen or not isinstance(node.value, dict):
        return frozenset()
    named = node.value.get("type", [])
    found = {named} if isinstance(named, str) else set(named)
    for branch in _elements(node, "allOf"):
        found |= types(branch, seen | {node.identity})
    return frozenset(found - {"null"})


def is_object(schema: Node) -> bool:
    return types(schema) == {"object"} or bool(members(schema))


def identifying(schema: Node) -> tuple[str, ...]:
    """The members whose values can be in a path: strings and integers, those named like
    an id first."""
    names = [name for name, part in members(schema).items() if types(part) & _SCALARS]
    return tuple(sorted(names, key=_likeness))


def _likeness(name: str) -> int:
    plain = comparable(name)
    if plain == "id":
        return 0
    return 1 if plain.endswith(("id", "uuid", "key", "slug", "code", "number")) else 2


def comparable(name: str) -> str:
    """A name without what differs between spellings: `thing_id`, `thing-id`, `thingId`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def same_member(name: str, names: tuple[str, ...]) -> str | None:
    """The member with this name, or with another spelling of it."""
    if name in names:
        return name
    return next((each for each in names if comparable(each) == comparable(name)), None)


def successes(operation: Operation) -> tuple[Response, ...]:
    """The responses that are declared for successes: 2xx, or `default` without any."""
    found = tuple(each for each in operation.responses if each.status[0] == "2")
    return found or tuple(each for each in operation.responses if each.status == "default")


def json_schemas(operation: Operation) -> Iterator[Node]:
    """The schemas of the bodies of successful responses; problem details are not a success."""
    for response in successes(operation):
        for entry in response.content:
            if entry.schema is not None and media_type_of(entry.name) != PROBLEM_MEDIA_TYPE:
                yield entry.schema


def alternatives(schema: Node, seen: frozenset[object] = frozenset()) -> Iterator[Node]:
    """A schema, and the branches of its `oneOf`, `anyOf` and `allOf` at any depth."""
    node = schema.followed()
    if node.identity in seen or not isinstance(node.value, dict):
        return
    yield node
    for key in ("oneOf", "anyOf", "allOf"):
        for branch in _elements(node, key):
            yield from alternatives(branch, seen | {node.identity})


def query_parameters(operation: Operation) -> tuple[Parameter, ...]:
    return tuple(each for each in operation.parameters if each.location == "query")


def _elements(node: Node, key: str) -> Iterator[Node]:
    found = node.get(key)
    if found is not None:
        yield from found.elements()
