"""Requests and responses: which properties each excludes (OpenAPI 3.0.3 §4.7.24.2)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from openapi_first.documents.node import Node

_COMBINING = frozenset({"$ref", "allOf"})


class Direction(Enum):
    """The direction of a body; the value is the keyword that excludes a property from it."""

    REQUEST = "readOnly"
    RESPONSE = "writeOnly"


def is_excluded(node: Node, direction: Direction) -> bool:
    """Whether the schema, one it refers to, or a branch of its `allOf` excludes its property from
    the direction; of several values one is enough (JSON Schema 2020-12, Validation §9.4)."""
    keyword, value = direction.value, node.value
    if isinstance(value, dict) and not _COMBINING & value.keys():  # as most schemas
        return value.get(keyword) is True
    return any(part.value.get(keyword) is True for part in together(node))


def excluded_properties(node: Node, direction: Direction) -> frozenset[str]:
    """The excluded properties of the schema, of what it refers to and of its `allOf` branches."""
    found: set[str] = set()
    for part in together(node):
        properties = part.child("properties")
        for name, value in properties.value.items() if properties is not None else ():
            # Most properties are not looked at further.
            if isinstance(value, dict) and (direction.value in value or _COMBINING & value.keys()):
                child = properties.child(name) if properties is not None else None
                if child is not None and is_excluded(child, direction):
                    found.add(name)
    return frozenset(found)


def together(node: Node) -> Iterator[Node]:
    """The schemas that always apply to the same value."""
    if isinstance(node.value, dict) and not _COMBINING & node.value.keys():  # as most schemas
        yield node
        return
    queue, seen = [node], set[object]()
    while queue:
        part = queue.pop()
        if not isinstance(part.value, dict) or part.identity in seen:
            continue
        seen.add(part.identity)
        yield part
        if "$ref" in part.value:
            queue.append(part.resolve(part.value["$ref"]))
        branches = part.get("allOf")
        queue.extend(branches.elements() if branches is not None else ())
