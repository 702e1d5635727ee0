"""Whether a model says all that a schema does, and how long it grows when written out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from openapi_first.import_document.model_values import inclusive

_UNSAYABLE = frozenset(
    {
        *("format", "propertyNames", "patternProperties", "prefixItems", "minItems", "maxItems"),
        *("unevaluatedItems", "unevaluatedProperties"),
    }
)
_LONGEST = 5_000


@dataclass(frozen=True)
class Exactness:
    """Of schemas whose references name `definitions`."""

    definitions: Mapping[str, Any]
    _recursive: dict[str, bool] = field(default_factory=dict)
    _lengths: dict[str, int] = field(default_factory=dict)

    def exact(self, schema: Any) -> bool:
        """Whether the rendering admits nothing that the schema refuses."""
        queue, seen = [schema], set[str]()
        while queue:
            part = queue.pop()
            if isinstance(part, bool):
                continue
            if _UNSAYABLE & part.keys() or counts(part):
                return False
            if not all(inclusive(part, key)[1] for key in ("minimum", "maximum")):
                return False
            queue.extend(_below(part))
            if "$ref" in part:
                name = referred(part)
                if not self.writable(name):
                    return False
                if name not in seen:
                    seen.add(name)
                    queue.append(self.definitions[name])
        return True

    def writable(self, name: str) -> bool:
        """Whether a definition can be written out where no reference may stand: it has an end,
        and is not too long."""
        return not self.recursive(name) and self.short({"$ref": name})

    def short(self, schema: Any) -> bool:
        """Whether a schema may be written out once more than the contract does."""
        return self._length(schema) <= _LONGEST

    def recursive(self, name: str) -> bool:
        """Whether a definition leads back to itself."""
        if name not in self._recursive:
            self._recursive[name] = name in self._reached(name)
        return self._recursive[name]

    def _reached(self, name: str) -> set[str]:
        queue, found = [self.definitions[name]], set[str]()
        while queue:
            part = queue.pop()
            if isinstance(part, bool):
                continue
            if "$ref" in part and (other := referred(part)) not in found:
                found.add(other)
                queue.append(self.definitions[other])
            queue.extend(_below(part))
        return found

    def _length(self, schema: Any) -> int:
        """How many schemas there are in a schema, with those that its references stand for;
        what recurs counts once. A condition is written twice."""
        if isinstance(schema, bool):
            return 1
        condition = schema.get("if")
        below = sum(self._length(each) * (2 if each is condition else 1) for each in _below(schema))
        if "$ref" in schema:
            name = referred(schema)
            if name not in self._lengths:
                self._lengths[name] = 1
                if not self.recursive(name):
                    self._lengths[name] = self._length(self.definitions[name])
            below += self._lengths[name]
        return 1 + below


def referred(schema: Mapping[str, Any]) -> str:
    """The definition that a schema's reference names."""
    return str(schema["$ref"]).rpartition("/")[2]


def counts(schema: Mapping[str, Any]) -> bool:
    """Whether `contains` counts otherwise than draft 4 can: there, one item is all it can ask."""
    return "contains" in schema and ("maxContains" in schema or schema.get("minContains", 1) > 1)


def _below(schema: Mapping[str, Any]) -> Iterator[Any]:
    """The schemas that stand directly in a schema."""
    for key in ("allOf", "anyOf", "oneOf", "prefixItems"):
        yield from schema.get(key, ())
    for key in ("properties", "patternProperties", "dependentSchemas"):
        yield from schema.get(key, {}).values()
    for key in ("not", "if", "then", "else", "items", "contains", "additionalProperties"):
        if key in schema:
            yield schema[key]
