"""Determines which schemas models express exactly, and which can be written inline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from openapi_first.import_document.model_values import inclusive

_INEXPRESSIBLE = frozenset(
    {
        *("format", "propertyNames", "patternProperties", "prefixItems", "minItems", "maxItems"),
        *("unevaluatedItems", "unevaluatedProperties"),
    }
)
_MOST_SCHEMAS = 5_000


@dataclass(frozen=True)
class ModelLimits:
    """For lowered schemas; `definitions` are the targets of their references."""

    definitions: Mapping[str, Any]
    _recursive: dict[str, bool] = field(default_factory=dict)
    _sizes: dict[str, int] = field(default_factory=dict)

    def is_exact(self, schema: Any) -> bool:
        """Whether the model accepts only what the schema accepts."""
        queue, seen = [schema], set[str]()
        while queue:
            part = queue.pop()
            if isinstance(part, bool):
                continue
            if _INEXPRESSIBLE & part.keys() or counts_items(part):
                return False
            if not all(inclusive(part, key)[1] for key in ("minimum", "maximum")):
                return False
            queue.extend(_subschemas(part))
            if "$ref" in part:
                name = referenced_name(part)
                if not self.can_inline(name):
                    return False
                if name not in seen:
                    seen.add(name)
                    queue.append(self.definitions[name])
        return True

    def can_inline(self, name: str) -> bool:
        """Whether a definition can be written in place of a reference: it is neither recursive nor
        too large."""
        return not self.is_recursive(name) and self.is_short({"$ref": name})

    def is_short(self, schema: Any) -> bool:
        """Whether a schema may be written once more than in the contract."""
        return self._size(schema) <= _MOST_SCHEMAS

    def is_recursive(self, name: str) -> bool:
        """Whether a definition refers to itself, also indirectly."""
        if name not in self._recursive:
            self._recursive[name] = name in self._reached(name)
        return self._recursive[name]

    def _reached(self, name: str) -> set[str]:
        queue, found = [self.definitions[name]], set[str]()
        while queue:
            part = queue.pop()
            if isinstance(part, bool):
                continue
            if "$ref" in part and (other := referenced_name(part)) not in found:
                found.add(other)
                queue.append(self.definitions[other])
            queue.extend(_subschemas(part))
        return found

    def _size(self, schema: Any) -> int:
        """The number of schemas in a schema, including the targets of its references. A recursive
        target counts as one; the condition of an `if` counts twice, as it is written twice."""
        if isinstance(schema, bool):
            return 1
        condition = schema.get("if")
        below = sum(
            self._size(each) * (2 if each is condition else 1) for each in _subschemas(schema)
        )
        if "$ref" in schema:
            name = referenced_name(schema)
            if name not in self._sizes:
                self._sizes[name] = 1
                if not self.is_recursive(name):
                    self._sizes[name] = self._size(self.definitions[name])
            below += self._sizes[name]
        return 1 + below


def referenced_name(schema: Mapping[str, Any]) -> str:
    """The definition in a schema's reference."""
    return str(schema["$ref"]).rpartition("/")[2]


def counts_items(schema: Mapping[str, Any]) -> bool:
    """Whether `contains` requires a count, which draft 4 cannot express unless it is one."""
    return "contains" in schema and ("maxContains" in schema or schema.get("minContains", 1) > 1)


def _subschemas(schema: Mapping[str, Any]) -> Iterator[Any]:
    for key in ("allOf", "anyOf", "oneOf", "prefixItems"):
        yield from schema.get(key, ())
    for key in ("properties", "patternProperties", "dependentSchemas"):
        yield from schema.get(key, {}).values()
    for key in ("not", "if", "then", "else", "items", "contains", "additionalProperties"):
        if key in schema:
            yield schema[key]
