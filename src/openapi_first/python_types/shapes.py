"""What of a schema a type can say: its alternatives, each an object, an array, or something plain.

A type may be wider than its schema, and is never narrower: what types cannot say (`not`, bounds,
patterns, the conjunction of two types) is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from openapi_first.openapi.node import Node
from openapi_first.schemas.directions import Direction

_MOST_ALTERNATIVES = 16


@dataclass(frozen=True)
class Members:
    """The properties of an object by name, those that must be there, and the schema of others."""

    properties: dict[str, Node] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    others: Node | None = None


def travels(node: Node, direction: Direction) -> bool:
    """Whether a property may be sent this way."""
    value = node.followed().value
    return not (isinstance(value, dict) and value.get(direction.value) is True)


def is_object(node: Node) -> bool:
    """Whether every value of the schema is surely an object, as far as its keywords say."""
    value = node.value
    if not isinstance(value, dict):
        return False
    if "type" in value:
        return value["type"] in ("object", ["object"]) and not value.get("nullable")
    if "$ref" in value:
        return False
    if "properties" in value:
        return True
    return any(is_object(branch.followed()) for branch in _branches(node, "allOf"))


def alternatives(node: Node, seen: frozenset[object] = frozenset()) -> list[tuple[Node, ...]]:
    """The ways in which a value may keep an object's schema: for each, the schemas it keeps at
    once. More than a few are taken together into the common part."""
    if node.place in seen or not isinstance(node.value, dict):
        return [(node,)]
    seen |= {node.place}
    found: list[tuple[Node, ...]] = [(node,)]
    for branch in _branches(node, "allOf"):
        found = _combined(found, alternatives(branch.followed(), seen))
    for key in ("oneOf", "anyOf"):
        choices = [
            each
            for branch in _branches(node, key)
            for each in alternatives(branch.followed(), seen)
        ]
        if choices:
            found = _combined(found, choices)
    if "$ref" in node.value:
        found = _combined(found, alternatives(node.followed(), seen))
    return found


def _combined(one: list[tuple[Node, ...]], other: list[tuple[Node, ...]]) -> list[tuple[Node, ...]]:
    both = [(*left, *right) for left in one for right in other]
    return both if len(both) <= _MOST_ALTERNATIVES else one


def members_of(parts: tuple[Node, ...], direction: Direction) -> Members:
    """The members of an object that keeps all the schemas; of two schemas for one property the
    first is taken."""
    found = Members()
    lifted: set[str] = set()
    for node in parts:
        if not isinstance(node.value, dict):
            continue
        for name, child in _properties(node):
            if child.followed().value is False:
                continue
            if travels(child, direction):
                found.properties.setdefault(name, child)
            else:
                lifted.add(name)
        required = frozenset(node.value.get("required", ()))
        others = node.child("additionalProperties")
        found = replace(
            found,
            required=found.required | required,
            others=found.others if found.others is not None else others,
        )
    for name in lifted:
        found.properties.pop(name, None)
    return replace(found, required=found.required - lifted)


def _properties(node: Node) -> Iterator[tuple[str, Node]]:
    members = node.child("properties")
    for name in members.value if members is not None else ():
        assert members is not None
        child = members.child(name)
        assert child is not None
        yield name, child


def _branches(node: Node, key: str) -> Iterator[Node]:
    listed = node.child(key)
    for index in range(len(listed.value) if listed is not None else 0):
        assert listed is not None
        branch = listed.child(index)
        assert branch is not None
        yield branch
