"""The JSON types that a schema allows, as far as its keywords name them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi_first.documents.node import Node

# The order in which a text is converted, narrow types first: any text is a string.
ORDER = ("boolean", "integer", "number", "null", "string", "array", "object")
BRANCHES = ("allOf", "anyOf", "oneOf")


def json_types(node: Node) -> tuple[str, ...]:
    """The types in `type`, in the schema or its branches, or else those of the values in `enum` and
    `const`, narrow types first. Empty when the schema names no type."""
    found = _types(node, {})
    return tuple(name for name in ORDER if name in found)


def _types(node: Node, known: dict[object, set[str]]) -> set[str]:
    """`known` has the types of the schemas that have been read; those of a schema that refers to
    itself are empty until then."""
    found: set[str] = set()
    if not isinstance(node.value, dict):
        return found
    if node.identity in known:
        return known[node.identity]
    known[node.identity] = found
    own = node.value.get("type")
    if isinstance(own, str | list):
        found.update([own] if isinstance(own, str) else own)
        return found
    if "$ref" in node.value:
        found |= _types(node.resolve(node.value["$ref"]), known)
    for branch in children(node, BRANCHES):
        found |= _types(branch, known)
    if not found:
        values = node.value.get("enum", [])
        found |= {json_type(value) for value in values}
        if "const" in node.value:
            found.add(json_type(node.value["const"]))
    return found


def views(node: Node, seen: set[object] | None = None) -> Iterator[Node]:
    """The schema and every schema in its branches and references, for the same value."""
    seen = set() if seen is None else seen
    if node.identity in seen or not isinstance(node.value, dict):
        return
    seen.add(node.identity)
    yield node
    if "$ref" in node.value:
        yield from views(node.resolve(node.value["$ref"]), seen)
    for branch in children(node, BRANCHES):
        yield from views(branch, seen)


def children(node: Node, keys: tuple[str, ...]) -> Iterator[Node]:
    """The schemas in the arrays under the keys."""
    for key in keys:
        branches = node.child(key)
        if branches is None or not isinstance(branches.value, list):
            continue
        for index in range(len(branches.value)):
            branch = branches.child(index)
            assert branch is not None
            yield branch


def json_type(value: Any) -> str:
    """The type of a value; "integer" for an int, "number" for a float."""
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
