"""Types, enumerations and limits, in the keywords that draft 4 and OpenAPI 3.0 both know.

API Gateway reads a model twice: as a Schema Object of OpenAPI 3.0 when it imports it, and as draft
4 when it validates (AWS: api-gateway-known-issues). A Schema Object has one type and none of them
is null (OpenAPI 3.0.3 §4.7.24); a list of values without a type gets the type of its first one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

NOTHING: dict[str, Any] = {"not": {}}
"""Admits no value."""

_TYPES = ("array", "boolean", "number", "object", "string")


def typed(name: str, *, integral: bool) -> dict[str, Any]:
    """A schema for the values of one type; with `integral`, 1.0 is an integer (2020-12 §6.1.1)."""
    if name == "null":
        return NULL
    if name == "integer" and integral:
        return {"type": "number", "multipleOf": 1}
    return {"type": name, "items": {}} if name == "array" else {"type": name}


NULL: dict[str, Any] = {"not": {"anyOf": [typed(name, integral=False) for name in _TYPES]}}
"""Admits null: what is of no other type."""


def any_of(branches: list[dict[str, Any]]) -> dict[str, Any]:
    """A schema for what one of the branches admits."""
    if not branches:
        return NOTHING
    return branches[0] if len(branches) == 1 else {"anyOf": branches}


def enumerated(values: Iterable[Any], types: str | list[str] | None) -> list[dict[str, Any]]:
    """Schemas that together admit these values alone, one for each type among them; without the
    values that are of none of the `types`."""
    allowed = {types} if isinstance(types, str) else set(types or (*_TYPES, "null"))
    unique = {_canonical(each): whole(each) for each in values}
    groups: dict[str, list[Any]] = {}
    for value in unique.values():
        name = _type_of(value)
        if name in allowed or ("integer" in allowed and type(value) is int):
            groups.setdefault(name, []).append(value)
    return [
        NULL if name == "null" else {**typed(name, integral=False), "enum": group}
        for name, group in groups.items()
    ]


def inclusive(schema: Mapping[str, Any], key: str) -> tuple[float | None, bool]:
    """The limit `minimum` or `maximum` that a schema's two keywords come to, and whether it says
    them exactly. `exclusiveMinimum` is not supported (AWS: api-gateway-known-issues): for integers
    the next one is the limit, for other numbers the limit itself is let through."""
    limit: float | None = schema.get(key)
    beyond = schema.get("exclusive" + key.capitalize(), False)
    if isinstance(beyond, bool):
        exclusive = beyond and limit is not None
    else:
        lower = key == "minimum"
        exclusive = limit is None or (beyond >= limit if lower else beyond <= limit)
        limit = beyond if exclusive else limit
    if limit is None or not exclusive:
        return limit, True
    if not _integers_alone(schema):
        return limit, False
    return math.floor(limit) + 1 if key == "minimum" else math.ceil(limit) - 1, True


def _integers_alone(schema: Mapping[str, Any]) -> bool:
    """Whether every number the schema admits is an integer."""
    types = schema.get("type", "number")
    return "number" not in ([types] if isinstance(types, str) else types)


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def whole(value: Any) -> Any:
    """1 for 1.0: draft 4 §3.5 knows no integer with a fraction, were it zero."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _canonical(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical, value)) + "]"
    if isinstance(value, dict):
        members = sorted((json.dumps(key), _canonical(each)) for key, each in value.items())
        return "{" + ",".join(f"{key}:{each}" for key, each in members) + "}"
    return json.dumps(whole(value))
