"""OpenAPI Schema Objects, lowered to JSON Schema draft 4.

Draft 4 is what OpenAPI 3.0 was written upon (§4.7.24) and what API Gateway's models are. A schema
is lowered for one direction: a `readOnly` property may not be sent in a request, a `writeOnly` one
not in a response, and neither is required there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from contract.node import Node

__all__ = ["Direction", "SchemaLowering", "referenced"]

_KEPT = frozenset(
    {
        *("type", "enum", "required", "format", "pattern", "multipleOf", "uniqueItems"),
        *("maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"),
        *("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"),
    }
)
_BOUNDS = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
}
_DEFINITIONS = "#/definitions/"


class Direction(Enum):
    """Which way a body travels, and the keyword that keeps a property out of it."""

    REQUEST = "readOnly"
    RESPONSE = "writeOnly"


@dataclass
class SchemaLowering:
    """Lowers the schemas of one contract for one direction; `definitions` collects those that
    references name, under names that are letters, digits and underscores alone."""

    direction: Direction
    definitions: dict[str, Any] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def lower(self, node: Node) -> Any:
        """The schema at `node`; references to other schemas become references to definitions."""
        if "$ref" in node.value:
            return {"$ref": _DEFINITIONS + self._definition(node.resolve(node.value["$ref"]))}
        schema = {key: value for key, value in node.value.items() if key in _KEPT}
        self._bound(schema)
        self._nest(node, schema)
        if node.value.get("nullable") and isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
        return schema

    def _definition(self, target: Node) -> str:
        name = self._names.get(target.pointer)
        if name is None:
            wanted = re.sub(r"\W+", "_", target.pointer.removeprefix("/components/schemas/"))
            name = wanted.strip("_")
            while name in self.definitions:
                name += "_"
            self._names[target.pointer] = name
            self.definitions[name] = {}
            self.definitions[name] = self.lower(target)
        return name

    def _bound(self, schema: dict[str, Any]) -> None:
        """int32 and int64 are ranges of numbers, so bounds say them without a checker of ours."""
        low, high = _BOUNDS.get(schema.get("format", ""), (None, None))
        if low is None or high is None or schema.get("type") not in ("integer", "number", None):
            return
        del schema["format"]
        if schema.get("minimum", low) <= low:
            schema["minimum"] = low
            schema.pop("exclusiveMinimum", None)
        if schema.get("maximum", high) >= high:
            schema["maximum"] = high
            schema.pop("exclusiveMaximum", None)

    def _nest(self, node: Node, schema: dict[str, Any]) -> None:
        for key in ("allOf", "anyOf", "oneOf"):
            branches = node.child(key)
            if branches is not None:
                schema[key] = [
                    self.lower(branch)
                    for index in range(len(branches.value))
                    if (branch := branches.child(index)) is not None
                ]
        for key in ("not", "items", "additionalProperties"):
            child = node.child(key)
            if child is not None:
                schema[key] = self.lower(child) if isinstance(child.value, dict) else child.value
        properties = node.child("properties")
        if properties is None:
            return
        schema["properties"] = {}
        for name in properties.value:
            child = properties.child(name)
            assert child is not None
            if child.followed().value.get(self.direction.value):
                schema["properties"][name] = {"not": {}}
                if name in schema.get("required", ()):
                    schema["required"] = [other for other in schema["required"] if other != name]
            else:
                schema["properties"][name] = self.lower(child)
        if schema.get("required") == []:
            # Draft 4 §5.4.3 asks for at least one name.
            del schema["required"]


def referenced(schema: Any, definitions: dict[str, Any]) -> tuple[str, ...]:
    """The definitions a lowered schema reaches, directly or through others, sorted."""
    found: set[str] = set()
    queue = [schema]
    while queue:
        for name in _references(queue.pop()):
            if name not in found:
                found.add(name)
                queue.append(definitions[name])
    return tuple(sorted(found))


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            yield reference.removeprefix(_DEFINITIONS)
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)
