"""Types, enumerations and limits in keywords that both draft 4 and OpenAPI 3.0 have.

API Gateway imports a model as a Schema Object of OpenAPI 3.0, and validates with it as draft 4
(AWS: api-gateway-known-issues). A Schema Object has one type, which is never null (OpenAPI 3.0.3
§4.7.24). To an `enum` without a type, the importer adds the type of its first value.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from openapi_first.decimals.numbers import as_integer
from openapi_first.schemas.json_types import json_type

NOTHING: dict[str, Any] = {"not": {}}
"""Matches no value."""

_TYPES = ("array", "boolean", "number", "object", "string")


def typed(name: str, *, integral: bool) -> dict[str, Any]:
    """A schema for the values of a type; with `integral`, 1.0 is an integer (2020-12 §6.1.1)."""
    if name == "null":
        return NULL
    if name == "integer" and integral:
        return {"type": "number", "multipleOf": 1}
    return {"type": name, "items": {}} if name == "array" else {"type": name}


NULL: dict[str, Any] = {"not": {"anyOf": [typed(name, integral=False) for name in _TYPES]}}
"""Matches null, the value that is of no other type."""


def any_of(branches: list[dict[str, Any]]) -> dict[str, Any]:
    """A schema for the values that match one of the branches."""
    if not branches:
        return NOTHING
    return branches[0] if len(branches) == 1 else {"anyOf": branches}


def when_type(name: str, keywords: dict[str, Any]) -> dict[str, Any]:
    """Keywords for values of a type; other values match. Without the type beside them, the importer
    would add it and so reject other values."""
    value = typed(name, integral=False)
    return {"anyOf": [{**value, **keywords}, {"not": value}]}


def enumerated(values: Iterable[Any], types: str | list[str] | None) -> list[dict[str, Any]]:
    """Schemas, one for each type among the values, of which one matches exactly these values.
    Values of other types than `types` are left out."""
    allowed = {types} if isinstance(types, str) else set(types or (*_TYPES, "null"))
    unique = {_canonical(each): as_integer(each) for each in values}
    groups: dict[str, list[Any]] = {}
    for value in unique.values():
        name = json_type(value).replace("integer", "number")
        if name in allowed or ("integer" in allowed and type(value) is int):
            groups.setdefault(name, []).append(value)
    return [
        NULL if name == "null" else {**typed(name, integral=False), "enum": group}
        for name, group in groups.items()
    ]


def inclusive(schema: Mapping[str, Any], key: str) -> tuple[float | None, bool]:
    """The inclusive limit for `minimum` or `maximum` and its exclusive form, and whether it is
    exact. `exclusiveMinimum` is not supported (AWS: api-gateway-known-issues): for integers the
    next integer is the limit; for other numbers the limit itself is accepted."""
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
    if not _only_integers(schema):
        return limit, False
    return math.floor(limit) + 1 if key == "minimum" else math.ceil(limit) - 1, True


def _only_integers(schema: Mapping[str, Any]) -> bool:
    """Whether every number that matches is an integer."""
    types = schema.get("type", "number")
    return "number" not in ([types] if isinstance(types, str) else types)


def _canonical(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical, value)) + "]"
    if isinstance(value, dict):
        members = sorted((json.dumps(key), _canonical(each)) for key, each in value.items())
        return "{" + ",".join(f"{key}:{each}" for key, each in members) + "}"
    return json.dumps(as_integer(value))
