"""The parts of a schema that a type can express: the alternatives and members of objects.

A type may be wider than its schema, but never narrower: `not`, limits, patterns and intersections
of types are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from openapi_first.documents.node import Node
from openapi_first.schemas.directions import Direction, is_excluded

_MOST_ALTERNATIVES = 16
_VALUES = ("example", "examples", "default", "enum", "const")
"""Keywords whose values are not schemas."""


@dataclass(frozen=True)
class Members:
    """The properties of an object, the required ones, and the schema of additional ones."""

    properties: dict[str, Node] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    others: Node | None = None


def differs_by_direction(node: Node, seen: set[object]) -> bool:
    """Whether the schema, or one within it, excludes a property from one direction."""
    if node.identity in seen:
        return False
    seen.add(node.identity)
    value = node.value
    if isinstance(value, list):
        return any(
            differs_by_direction(child, seen)
            for at in range(len(value))
            if (child := node.child(at)) is not None
        )
    if not isinstance(value, dict):
        return False
    reference = value.get("$ref")
    if isinstance(reference, str) and differs_by_direction(node.resolve(reference), seen):
        return True
    for key in value:
        child = node.child(key)
        assert child is not None
        if key == "properties":
            for name in child.value:
                member = child.child(name)
                assert member is not None
                if any(is_excluded(member, direction) for direction in Direction):
                    return True
        if key not in _VALUES and differs_by_direction(child, seen):
            return True
    return False


def is_object(node: Node) -> bool:
    """Whether every value is an object, as far as the schema's own keywords tell."""
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
    """The alternatives of an object's schema, each as the schemas that apply together. Beyond
    _MOST_ALTERNATIVES only the common part remains."""
    if node.identity in seen or not isinstance(node.value, dict):
        return [(node,)]
    seen |= {node.identity}
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
    """The members of an object to which all the schemas apply; of two schemas for one property,
    the first one counts."""
    found = Members()
    excluded: set[str] = set()
    for node in parts:
        if not isinstance(node.value, dict):
            continue
        for name, child in _properties(node):
            if child.followed().value is False:
                continue
            if is_excluded(child, direction):
                excluded.add(name)
            else:
                found.properties.setdefault(name, child)
        required = frozenset(node.value.get("required", ()))
        others = node.child("additionalProperties")
        found = replace(
            found,
            required=found.required | required,
            others=found.others if found.others is not None else others,
        )
    for name in excluded:
        found.properties.pop(name, None)
    return replace(found, required=found.required - excluded)


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
