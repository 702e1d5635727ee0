"""Which JSON types a schema names: all a text can become before the schema is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi_first.openapi.node import Node

# Narrow spellings are tried before wide ones: any text is a string.
ORDER = ("boolean", "integer", "number", "null", "string", "array", "object")
BRANCHES = ("allOf", "anyOf", "oneOf")


def json_types(node: Node) -> tuple[str, ...]:
    """The types a schema names, itself or in its branches, or those of the values in `enum` and
    `const`; none when it names none. Narrow ones first."""
    return tuple(name for name in ORDER if name in _types(node, frozenset()))


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
    for branch in children(node, BRANCHES):
        found |= _types(branch, seen)
    if not found:
        values = node.value.get("enum", [])
        found |= {_type_of(value) for value in values}
        if "const" in node.value:
            found.add(_type_of(node.value["const"]))
    return found


def children(node: Node, keys: tuple[str, ...]) -> Iterator[Node]:
    """The schemas listed under any of the keys."""
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
