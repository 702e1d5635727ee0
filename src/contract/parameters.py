"""Request parameters: from the texts of a proxy event to values of the types a schema allows.

A text that none of the types fits stays a text, so that the schema's validator, which knows the
contract's words, is the one to refuse it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from contract.plan import ParameterPlan

__all__ = ["Absent", "coerce", "raw_values", "read_parameter"]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class Absent(Exception):
    """The request does not carry the parameter."""


def raw_values(event: Mapping[str, Any], location: str, name: str) -> list[str]:
    """The texts a proxy event carries for a parameter, decoded, none when it is absent.

    REST APIs hand path parameters on percent-encoded and query parameters decoded
    (recorded from AWS); header names compare without case (RFC 9110 §5.1). Raises ValueError for
    percent-encoding that is no UTF-8.
    """
    if location == "path":
        text = (event.get("pathParameters") or {}).get(name)
        return [] if text is None else [unquote(text, errors="strict")]
    if location == "query":
        return _all(event, "multiValueQueryStringParameters", "queryStringParameters", name)
    if location == "cookie":
        return _cookies(event, name)
    lines = _headers(event, name)
    return [", ".join(lines)] if lines else []


def read_parameter(plan: ParameterPlan, event: Mapping[str, Any]) -> Any:
    """The parameter's value, not validated yet.

    Raises Absent when the request does not carry it and it has no default, ValueError (with the
    words to show) when it cannot be taken apart.
    """
    try:
        values = raw_values(event, plan.location, plan.name)
    except UnicodeDecodeError:
        raise ValueError("the percent-encoding is not UTF-8") from None
    if not values:
        if plan.has_default:
            return plan.default
        raise Absent
    if "array" in plan.types:
        items = values if plan.delimiter is None else values[-1].split(plan.delimiter)
        return [coerce(item, plan.item_types) for item in items]
    if len(values) > 1:
        raise ValueError(f"given {len(values)} times, and it takes one value")
    return coerce(values[0], plan.types)


def coerce(text: str, types: tuple[str, ...]) -> Any:
    """The text as the first of the JSON types that its spelling fits, else the text itself.

    Numbers are spelled as in JSON (RFC 8259 §6, ASCII digits only), booleans `true` and `false`.
    """
    for name in types:
        if name == "integer" and _INTEGER.fullmatch(text) and len(text) <= 4300:
            return int(text)
        if name == "number" and _NUMBER.fullmatch(text):
            if _INTEGER.fullmatch(text) and len(text) <= 4300:
                return int(text)
            number = float(text)
            if math.isfinite(number):
                return number
        if name == "boolean" and text in ("true", "false"):
            return text == "true"
    return text


def _all(event: Mapping[str, Any], multiple: str, single: str, name: str) -> list[str]:
    values = (event.get(multiple) or {}).get(name)
    if values is not None:
        return list(values)
    value = (event.get(single) or {}).get(name)
    return [] if value is None else [value]


def _headers(event: Mapping[str, Any], name: str) -> list[str]:
    wanted = name.lower()
    for key, values in (event.get("multiValueHeaders") or {}).items():
        if key.lower() == wanted:
            return list(values)
    for key, value in (event.get("headers") or {}).items():
        if key.lower() == wanted:
            return [value]
    return []


def _cookies(event: Mapping[str, Any], name: str) -> list[str]:
    lines = _headers(event, "cookie")
    pairs = (pair.strip().partition("=") for line in lines for pair in line.split(";"))
    return [value for key, _, value in pairs if key == name]
