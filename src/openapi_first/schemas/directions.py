"""What of a schema travels in requests, and what in responses (OpenAPI 3.0.3 §4.7.24.2)."""

from __future__ import annotations

from enum import Enum

from openapi_first.openapi.node import Node


class Direction(Enum):
    """Which way a body travels, and the keyword that keeps a property out of it."""

    REQUEST = "readOnly"
    RESPONSE = "writeOnly"


def flagged(node: Node, direction: Direction) -> bool:
    """Whether the schema, or one its reference leads to, does not travel in the direction."""
    seen: set[object] = set()
    while isinstance(node.value, dict) and node.place not in seen:
        seen.add(node.place)
        if node.value.get(direction.value) is True:
            return True
        if "$ref" not in node.value:
            return False
        node = node.resolve(node.value["$ref"])
    return False


def not_travelling(node: Node, direction: Direction) -> frozenset[str]:
    """Names of the properties, its own and those of its `allOf`, that do not travel this way."""
    found: set[str] = set()
    queue, seen = [node], set[object]()
    while queue:
        part = queue.pop().followed()
        if not isinstance(part.value, dict) or part.place in seen:
            continue
        seen.add(part.place)
        properties = part.child("properties")
        for name in properties.value if properties is not None else ():
            child = properties.child(name) if properties is not None else None
            if child is not None and flagged(child, direction):
                found.add(name)
        branches = part.get("allOf")
        queue.extend(branches.elements() if branches is not None else ())
    return frozenset(found)
