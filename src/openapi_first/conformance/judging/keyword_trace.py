"""The keywords of a schema that apply to a value, and whether it satisfies each: for coverage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from openapi_first.runtime.validators import Validator, pointer
from openapi_first.samples.lowered_schemas import LoweredSchema

_OF_TYPE: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), str),
    **dict.fromkeys(("minItems", "maxItems", "uniqueItems", "prefixItems", "contains"), list),
    **dict.fromkeys(("minProperties", "maxProperties", "required", "additionalProperties"), dict),
    **dict.fromkeys(("patternProperties", "propertyNames", "dependentRequired"), dict),
    "dependentSchemas": dict,
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), (int, float)
    ),
}
_ANY_TYPE = ("type", "enum", "const", "oneOf", "anyOf", "not", "if")
_UNTRACED = {
    "unevaluatedProperties": "it depends on other keywords, so it cannot be judged by itself",
    "unevaluatedItems": "it depends on other keywords, so it cannot be judged by itself",
}
_IDLE = {"minLength": 0, "minItems": 0, "minProperties": 0, "required": [], "uniqueItems": False}
"""What restricts nothing."""
_DEPENDS_ON = {
    "if": ("then", "else"),
    "contains": ("minContains", "maxContains"),
    "additionalProperties": ("properties", "patternProperties"),
    "minimum": ("exclusiveMinimum",),
    "maximum": ("exclusiveMaximum",),
}
_FLAGS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
"""What draft 4 has as flags of a bound, without which they may not stand."""

_ODD_STRINGS = ("", " ", "\x00", "not-this-format", "é%zz[{")
"""Each format that restricts strings refuses one of them."""

_DEPTH = 6
_Path = tuple[str | int, ...]


class KeywordTracer:
    """Traces values through one schema. Pointers, such as `/properties/name/minLength`, ignore
    references."""

    def __init__(self, lowered: LoweredSchema) -> None:
        self._lowered = lowered
        self._validators: dict[str, Validator] = {}
        self._formats: dict[str, bool] = {}

    @cached_property
    def keywords(self) -> tuple[str, ...]:
        """The pointers of all keywords that a value can satisfy or violate."""
        return tuple(dict.fromkeys(self._declared(self._lowered.schema, (), frozenset())))

    @cached_property
    def uncounted(self) -> tuple[tuple[str, str], ...]:
        """The pointers of what restricts values and is not among `keywords`, each with the
        reason."""
        return tuple(dict.fromkeys(self._untraced(self._lowered.schema, (), frozenset())))

    def trace(self, value: Any) -> Iterator[tuple[str, bool]]:
        """The pointer of each keyword that applies to the value, and whether it is satisfied."""
        yield from self._traced(self._lowered.schema, value, ())

    def _declared(self, schema: Any, path: _Path, seen: frozenset[str]) -> Iterator[str]:
        merged = self._lowered.merged(schema)
        text = json.dumps(merged, sort_keys=True, default=str)
        if text in seen or len(path) > 2 * _DEPTH:
            return
        for key in merged:
            if self._is_counted(key, merged):
                yield pointer((*path, key))
        for step, part in _parts(merged):
            yield from self._declared(part, (*path, *step), seen | {text})

    def _untraced(
        self, schema: Any, path: _Path, seen: frozenset[str]
    ) -> Iterator[tuple[str, str]]:
        merged = self._lowered.merged(schema)
        text = json.dumps(merged, sort_keys=True, default=str)
        if text in seen:
            return
        if len(path) > 2 * _DEPTH:
            yield pointer(path), f"it is more than {_DEPTH} levels deep"
            return
        for key, reason in _UNTRACED.items():
            if merged.get(key) not in (None, True, {}):
                yield pointer((*path, key)), reason
        for steps in self._lowered.conflicts(schema):
            if steps[0] == "properties" or (
                steps[0] != "type" and self._is_counted(steps[0], merged)
            ):
                yield pointer((*path, *steps)), "allOf has it more than once, and one is counted"
        for step, part in _parts(merged):
            yield from self._untraced(part, (*path, *step), seen | {text})

    def _traced(self, schema: Any, value: Any, path: _Path) -> Iterator[tuple[str, bool]]:
        if len(path) > 2 * _DEPTH:
            return
        merged = self._lowered.merged(schema)
        for key in merged:
            if not self._is_counted(key, merged):
                continue
            wanted = _OF_TYPE.get(key)
            if wanted and (not isinstance(value, wanted) or isinstance(value, bool)):
                continue
            yield pointer((*path, key)), self._satisfies(merged, key, value)
        for step, part in _parts(merged):
            for member in _values_at(step, value):
                yield from self._traced(part, member, (*path, *step))

    def _satisfies(self, schema: dict[str, Any], key: str, value: Any) -> bool:
        beside = _DEPENDS_ON.get(key, ())
        if schema[key] is True and key in _FLAGS:
            beside = (_FLAGS[key],)
        part = {name: schema[name] for name in (key, *beside) if name in schema}
        if key == "additionalProperties":
            part["properties"] = {name: {} for name in part.get("properties", {})}
        return self._allows(part, value)

    def _allows(self, part: dict[str, Any], value: Any) -> bool:
        text = json.dumps(part, sort_keys=True, default=str)
        if text not in self._validators:
            self._validators[text] = self._lowered.part_validator(part)
        try:
            return self._validators[text].is_valid(value)
        except (ValueError, TypeError):
            return False

    def _is_counted(self, key: str, schema: dict[str, Any]) -> bool:
        """Whether it is a keyword that restricts values; `additionalProperties: true`, flags that
        are off, and formats that nobody checks do not. `{"not": {}}` is a property that requests
        do not have, for its direction."""
        value = schema[key]
        if key in _ANY_TYPE:
            idle = key == "if" and schema.keys().isdisjoint(_DEPENDS_ON["if"])
            return not idle and not (key == "not" and value in ({}, True))
        if key not in _OF_TYPE or (key in _IDLE and value == _IDLE[key]):
            return False
        if key == "additionalProperties":
            return value is False
        if key == "format":
            return self._restricts(value)
        return value is not False

    def _restricts(self, form: str) -> bool:
        if form not in self._formats:
            schema = {"format": form}
            self._formats[form] = not all(self._allows(schema, text) for text in _ODD_STRINGS)
        return self._formats[form]


def _parts(schema: dict[str, Any]) -> Iterator[tuple[_Path, Any]]:
    for name, part in schema.get("properties", {}).items():
        yield ("properties", name), part
    if isinstance(schema.get("items"), dict):
        yield ("items",), schema["items"]
    if isinstance(schema.get("additionalProperties"), dict):
        yield ("additionalProperties",), schema["additionalProperties"]
    for key in ("oneOf", "anyOf"):
        for number, part in enumerate(schema.get(key, ())):
            yield (key, number), part


def _values_at(step: _Path, value: Any) -> Iterator[Any]:
    """The values that the schema part at `step` applies to."""
    if step[0] == "properties":
        if isinstance(value, dict) and step[1] in value:
            yield value[str(step[1])]
    elif step[0] == "items":
        yield from value[:20] if isinstance(value, list) else ()
    elif step[0] == "additionalProperties":
        yield from list(value.values())[:20] if isinstance(value, dict) else ()
    else:
        yield value
