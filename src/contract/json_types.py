"""Which JSON types a schema names: all a text can become before the schema is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contract.node import Node
from contract.plan import TextPlan

__all__ = ["json_types", "text_plan"]

# Narrow spellings are tried before wide ones: any text is a string.
_ORDER = ("boolean", "integer", "number", "null", "string", "array", "object")
_BRANCHES = ("allOf", "anyOf", "oneOf")


def json_types(node: Node) -> tuple[str, ...]:
    """The types a schema names, itself or in its branches, or those of the values in `enum` and
    `const`; none when it names none. Narrow ones first."""
    return tuple(name for name in _ORDER if name in _types(node, frozenset()))


def _types(node: Node, seen: frozenset[object]) -> set[str]:
    found: set[str] = set()
    if node.place in seen or not isinstance(node.value, dict):
        return found
    seen |= {node.place}
    own = node.value.get("type")
    if isinstance(own, str):
        return {own}
    if isinstance(own, list):
        return set(own)
    if "$ref" in node.value:
        found |= _types(node.resolve(node.value["$ref"]), seen)
    for branch in _children(node, _BRANCHES):
        found |= _types(branch, seen)
    if not found:
        values = node.value.get("enum", [])
        found |= {_type_of(value) for value in values}
        if "const" in node.value:
            found.add(_type_of(node.value["const"]))
    return found


def text_plan(node: Node) -> TextPlan:
    """What a text that the schema describes may become, one level deep."""
    types = json_types(node)
    if not {"array", "object"} & set(types):
        return TextPlan(types)
    items: list[Node] = []
    properties: dict[str, tuple[str, ...]] = {}
    others: tuple[str, ...] | None = ()
    for view in _views(node, set()):
        item = view.child("items")
        if item is not None:
            items.append(item)
        items.extend(_children(view, ("prefixItems",)))
        members = view.child("properties")
        for name in members.value if members is not None else ():
            member = members.child(name) if members is not None else None
            if member is not None:
                properties[name] = _union(properties.get(name, ()), json_types(member))
        rest = view.child("additionalProperties")
        if rest is not None:
            closed = rest.value is False or others is None
            others = None if closed else _union(others or (), json_types(rest))
    return TextPlan(
        types,
        _union(*map(json_types, items)) if "array" in types else (),
        properties if "object" in types else {},
        others if "object" in types else None,
    )


def _union(*types: tuple[str, ...]) -> tuple[str, ...]:
    named = {name for each in types for name in each}
    return tuple(name for name in _ORDER if name in named)


def _views(node: Node, seen: set[object]) -> Iterator[Node]:
    """Every schema that applies to the same value."""
    if node.place in seen or not isinstance(node.value, dict):
        return
    seen.add(node.place)
    yield node
    if "$ref" in node.value:
        yield from _views(node.resolve(node.value["$ref"]), seen)
    for branch in _children(node, _BRANCHES):
        yield from _views(branch, seen)


def _children(node: Node, keys: tuple[str, ...]) -> Iterator[Node]:
    for key in keys:
        branches = node.child(key)
        if branches is None or not isinstance(branches.value, list):
            continue
        for index in range(len(branches.value)):
            branch = branches.child(index)
            assert branch is not None
            yield branch


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"
