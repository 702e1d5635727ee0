"""Whether the values of a schema have a member at a JSON Pointer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum

from openapi_first.documents.node import Node
from openapi_first.schemas.directions import Direction, is_excluded


class Member(IntEnum):
    """The order is that of certainty."""

    IMPOSSIBLE = 0
    UNDECLARED = 1
    DECLARED = 2


def member_at(
    schema: Node, steps: Sequence[str], direction: Direction, seen: frozenset[object] = frozenset()
) -> Member:
    """Whether values may have a member at the steps of a pointer."""
    if not steps:
        return Member.IMPOSSIBLE if schema.value is False else Member.DECLARED
    if schema.value is False:
        return Member.IMPOSSIBLE
    if not isinstance(schema.value, dict) or schema.identity in seen:
        return Member.UNDECLARED
    seen |= {schema.identity}
    parts = [_own(schema, steps, direction)]
    if "$ref" in schema.value:
        parts.append(member_at(schema.resolve(schema.value["$ref"]), steps, direction, seen))
    for key, together in (("allOf", True), ("anyOf", False), ("oneOf", False)):
        branches = schema.child(key)
        if branches is None:
            continue
        found = [
            member_at(branch, steps, direction, seen)
            for index in range(len(branches.value))
            if (branch := branches.child(index)) is not None
        ]
        parts.append(_conjunction(found) if together else max(found, default=Member.UNDECLARED))
    return _conjunction(parts)


def _conjunction(parts: Iterable[Member]) -> Member:
    found = list(parts)
    if Member.IMPOSSIBLE in found:
        return Member.IMPOSSIBLE
    return max(found, default=Member.UNDECLARED)


def _own(schema: Node, steps: Sequence[str], direction: Direction) -> Member:
    """By the schema's own keywords."""
    step, *below = steps
    written = schema.value.get("type")
    types = {written} if isinstance(written, str) else set(written or ("object", "array"))
    found = []
    if "object" in types:
        found.append(_of_object(schema, step, below, direction))
    if "array" in types and step.isdecimal():
        found.append(_of_array(schema, int(step), below, direction))
    return max(found, default=Member.IMPOSSIBLE)


def _of_object(schema: Node, step: str, below: list[str], direction: Direction) -> Member:
    properties = schema.child("properties")
    declared = properties.child(step) if properties is not None else None
    if declared is not None:
        if is_excluded(declared, direction):
            return Member.IMPOSSIBLE
        return member_at(declared, below, direction)
    patterned = schema.value.get("patternProperties", {})
    if any(_matches(pattern, step) for pattern in patterned):
        return Member.DECLARED
    others = schema.child("additionalProperties")
    if others is None or others.value is True:
        return Member.UNDECLARED
    return member_at(others, below, direction)


def _of_array(schema: Node, index: int, below: list[str], direction: Direction) -> Member:
    if index >= schema.value.get("maxItems", index + 1):
        return Member.IMPOSSIBLE
    first = schema.child("prefixItems")
    items = first.child(index) if first is not None else None
    items = items or schema.child("items")
    return member_at(items, below, direction) if items is not None else Member.UNDECLARED


def _matches(pattern: str, name: str) -> bool:
    """True also for a pattern that Python does not know."""
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return True
