"""Schemas made around a value that matches them, so that each has a sample."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import jsonschema_rs

_NAMES = ("a", "b", "c", "x-d", "e e")
_STEPS = (1, 2, 0.5, 0.01, 0.25, 3)
_DEEPEST = 3


class KnownSchemas:
    """Makes pairs of a schema and a value that matches it. `openapi` is 3.0 or 3.1."""

    def __init__(self, rng: random.Random, openapi: str) -> None:
        self._rng = rng
        self._new = openapi == "3.1"
        self._kind: Any = (
            jsonschema_rs.Draft202012Validator if self._new else jsonschema_rs.Draft4Validator
        )

    def pair(self) -> tuple[dict[str, Any], Any]:
        while True:
            value = self._value(0)
            schema = self._around(value, 0)
            if self._matches(schema, value):
                return schema, value

    def _matches(self, schema: Any, value: Any) -> bool:
        return bool(self._kind(schema).is_valid(value))

    def _chance(self, share: float) -> bool:
        return self._rng.random() < share

    def _value(self, depth: int) -> Any:
        kinds = ["string", "number", "integer", "boolean"]
        kinds += ["array", "object", "object"] if depth < _DEEPEST else []
        kinds += ["null"] if self._new else []
        kind = self._rng.choice(kinds)
        if kind == "string":
            letters = self._rng.choice((string.ascii_lowercase, "ab01", "A é-"))
            return "".join(self._rng.choices(letters, k=self._rng.randint(0, 12)))
        if kind == "number":
            return float(Decimal(self._rng.randint(-3000, 3000)) / 100)
        if kind == "integer":
            return self._rng.choice((0, 1, self._rng.randint(-50, 50), 2**40, -(10**12)))
        if kind == "boolean":
            return self._chance(0.5)
        if kind == "null":
            return None
        if kind == "array":
            return [self._value(depth + 1) for _ in range(self._rng.randint(0, 4))]
        names = self._rng.sample(_NAMES, self._rng.randint(0, 4))
        return {name: self._value(depth + 1) for name in names}

    def _around(self, value: Any, depth: int) -> dict[str, Any]:
        """A schema with a few keywords that the value matches."""
        schema: dict[str, Any] = {}
        if self._chance(0.7):
            schema["type"] = self._type(value)
        if self._chance(0.1):
            schema["enum"] = self._shuffled([value, *self._others(value, 2)])
            schema = {"enum": schema["enum"]} if not self._new else schema
        elif self._new and self._chance(0.03):
            schema["const"] = value
        keywords: dict[type, Callable[[Any, int], dict[str, Any]]] = {
            str: self._of_string, int: self._of_number, float: self._of_number,
            list: self._of_array, dict: self._of_object,
        }  # fmt: skip
        if type(value) in keywords:
            schema.update(keywords[type(value)](value, depth))
        if depth <= _DEEPEST and self._chance(0.5):
            schema.update(self._combined(value, depth))
        return schema

    def _type(self, value: Any) -> str | list[str]:
        names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
        name = "null" if value is None else names.get(type(value), "object")
        if name == "integer" and self._chance(0.3):
            name = "number"
        return [name, "boolean"] if self._new and self._chance(0.1) and name != "boolean" else name

    def _others(self, value: Any, count: int) -> list[Any]:
        return [each for each in (self._value(2) for _ in range(count)) if each != value]

    def _shuffled(self, values: list[Any]) -> list[Any]:
        return self._rng.sample(values, len(values))

    def _of_string(self, value: str, _: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self._chance(0.4):
            found["minLength"] = max(0, len(value) - self._rng.randint(0, 3))
        if self._chance(0.4):
            found["maxLength"] = len(value) + self._rng.randint(0, 3)
        if self._chance(0.3):
            if value.isascii() and value.isalnum():
                found["pattern"] = self._rng.choice(("^[a-z0-9]+$", "^[^A-Z]*$", f"{value[0]}"))
            else:
                found["pattern"] = "^.*$"
        return found

    def _of_number(self, value: Any, _: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        exact = Decimal(repr(value))
        for key, sign in (("minimum", -1), ("maximum", 1)):
            if not self._chance(0.4):
                continue
            gap = self._rng.choice((0, 0, Decimal("0.01"), 1, 10))
            bound = exact + sign * gap
            number = int(bound) if bound == bound.to_integral_value() else float(bound)
            exclusive = gap and self._chance(0.4)
            if exclusive and self._new:
                found[f"exclusive{key.title()}"] = number
            else:
                found[key] = number
                if exclusive:
                    found[f"exclusive{key.title()}"] = True
        if self._chance(0.4):
            fitting = [step for step in _STEPS if exact % Decimal(repr(step)) == 0]
            if fitting:
                found["multipleOf"] = self._rng.choice(fitting)
        return found

    def _of_array(self, value: list[Any], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self._chance(0.4):
            found["minItems"] = max(0, len(value) - self._rng.randint(0, 1))
        if self._chance(0.4):
            found["maxItems"] = len(value) + self._rng.randint(0, 2)
        if self._chance(0.3):
            found["uniqueItems"] = True
        if self._new and self._chance(0.3) and value:
            count = self._rng.randint(1, len(value))
            found["prefixItems"] = [self._around(each, depth + 1) for each in value[:count]]
            rest = value[count:]
        else:
            rest = value
        if self._chance(0.5):
            key = "unevaluatedItems" if self._new and self._chance(0.2) else "items"
            parts = [self._around(each, depth + 1) for each in rest]
            found[key] = {"anyOf": parts} if len(parts) > 1 else (parts or [{"type": "string"}])[0]
        if self._new and value and self._chance(0.4):
            found["contains"] = self._around(self._rng.choice(value), depth + 1)
            if self._chance(0.4):
                matching = sum(self._matches(found["contains"], each) for each in value)
                found["minContains"] = self._rng.randint(0, matching)
                found["maxContains"] = matching + self._rng.randint(0, 1)
        return found

    def _of_object(self, value: dict[str, Any], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        named = [name for name in value if self._chance(0.8)]
        found["properties"] = {name: self._around(value[name], depth + 1) for name in named}
        for name in _NAMES:
            if name not in value and self._chance(0.2):
                found["properties"][name] = self._around(self._value(depth + 1), depth + 1)
        required = [name for name in value if self._chance(0.5)]
        if required:
            found["required"] = required
        if self._chance(0.3):
            found["minProperties"] = max(0, len(value) - self._rng.randint(0, 1))
        if self._chance(0.3):
            found["maxProperties"] = len(value) + self._rng.randint(0, 1)
        rest = [name for name in value if name not in named]
        if self._new:
            found.update(self._of_object_in_3_1(value, rest, depth))
        if "patternProperties" not in found and self._chance(0.4):
            parts = [self._around(value[name], depth + 1) for name in rest]
            key = "unevaluatedProperties" if self._new and self._chance(0.4) else None
            found[key or "additionalProperties"] = {"anyOf": parts} if parts else False
        return found

    def _of_object_in_3_1(
        self, value: dict[str, Any], rest: list[str], depth: int
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self._chance(0.2):
            found["propertyNames"] = self._rng.choice(
                ({"maxLength": 3}, {"pattern": "^[a-z]"}, {"enum": [*value, "zz", "b"]})
            )
        if self._chance(0.2) and rest:
            found["patternProperties"] = {f"^{rest[0]}$": self._around(value[rest[0]], depth + 1)}
        if self._chance(0.3) and len(value) > 1:
            first, second = self._rng.sample(list(value), 2)
            found["dependentRequired"] = {first: [second], "absent": ["b", "c"]}
        if self._chance(0.3):
            name = self._rng.choice(_NAMES)
            met = value if name in value else {**value, name: self._value(depth + 1)}
            found["dependentSchemas"] = {name: self._around(met, depth + 1)}
        return found

    def _combined(self, value: Any, depth: int) -> dict[str, Any]:
        kind = self._rng.choice(
            ("allOf", "anyOf", "oneOf", "not", *(("if", "if") if self._new else ()))
        )
        below = depth + 1
        others = [self._around(each, below) for each in self._others(value, 2)]
        if kind == "allOf":
            return {"allOf": [self._around(value, below), self._around(value, below)]}
        if kind == "anyOf":
            return {"anyOf": self._shuffled([self._around(value, below), *others])}
        if kind == "oneOf":
            chosen = self._around(value, below)
            wrong = [each for each in others if not self._matches(each, value)]
            return (
                {"oneOf": self._shuffled([chosen, *wrong])} if self._matches(chosen, value) else {}
            )
        wrong = [each for each in others if not self._matches(each, value)]
        if kind == "not":
            return {"not": wrong[0]} if wrong else {}
        asked = self._rng.choice([self._around(value, below), *others])
        met = "then" if self._matches(asked, value) else "else"
        missed = "else" if met == "then" else "then"
        found = {"if": asked, met: self._around(value, below)}
        return {**found, missed: others[0]} if others else found
