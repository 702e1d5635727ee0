"""Requests and responses: which properties each excludes (OpenAPI 3.0.3 §4.7.24.2)."""

from __future__ import annotations

from enum import Enum

from openapi_first.openapi.node import Node


class Direction(Enum):
    """The direction of a body; the value is the keyword that excludes a property from it."""

    REQUEST = "readOnly"
    RESPONSE = "writeOnly"


def is_excluded(node: Node, direction: Direction) -> bool:
    """Whether the schema, or one it refers to, excludes its property from the direction."""
    seen: set[object] = set()
    while isinstance(node.value, dict) and node.identity not in seen:
        seen.add(node.identity)
        if node.value.get(direction.value) is True:
            return True
        if "$ref" not in node.value:
            return False
        node = node.resolve(node.value["$ref"])
    return False


def excluded_properties(node: Node, direction: Direction) -> frozenset[str]:
    """The excluded properties of the schema and of its `allOf` branches."""
    found: set[str] = set()
    queue, seen = [node], set[object]()
    while queue:
        part = queue.pop().followed()
        if not isinstance(part.value, dict) or part.identity in seen:
            continue
        seen.add(part.identity)
        properties = part.child("properties")
        for name in properties.value if properties is not None else ():
            child = properties.child(name) if properties is not None else None
            if child is not None and is_excluded(child, direction):
                found.add(name)
        branches = part.get("allOf")
        queue.extend(branches.elements() if branches is not None else ())
    return frozenset(found)
