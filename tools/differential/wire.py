"""Values as a client writes them into a request (OpenAPI 3.0.3 §4.7.12.3, RFC 6570)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

_DELIMITERS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}


@dataclass
class Sent:
    """A request, its parts decoded except the values of path parameters."""

    path: dict[str, str] = field(default_factory=dict)
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str | None = None


@dataclass
class Answer:
    """What an operation answers: a value for JSON, its status and headers."""

    status: int
    value: Any
    headers: dict[str, str] = field(default_factory=dict)


def text_of(value: Any) -> str:
    """A scalar as a string."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def put(request: Sent, parameter: Mapping[str, Any], value: Any) -> None:
    """Write a value into the request, in the parameter's style."""
    name, location = parameter["name"], parameter["in"]
    style, explode = parameter["style"], parameter["explode"]
    if location == "query":
        request.query += _query(name, style, explode, value)
    elif location == "path":
        request.path[name] = _path(name, style, explode, value)
    elif location == "header":
        request.headers[name] = _delimited(value, ",", explode, str)
    else:
        request.cookies[name] = _delimited(value, ",", False, str)


def _query(name: str, style: str, explode: bool, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict) and style == "deepObject":
        return [(f"{name}[{key}]", text_of(each)) for key, each in value.items()]
    if explode and isinstance(value, dict):
        return [(key, text_of(each)) for key, each in value.items()]
    if explode and isinstance(value, list):
        return [(name, text_of(each)) for each in value]
    return [(name, _delimited(value, _DELIMITERS.get(style, ","), False, str))]


def _path(name: str, style: str, explode: bool, value: Any) -> str:
    def encoded(text: str) -> str:
        return quote(text, safe="")

    if style == "label":
        return "." + _delimited(value, "." if explode else ",", explode, encoded)
    if style == "matrix":
        if explode and isinstance(value, list):
            return "".join(f";{name}={encoded(text_of(each))}" for each in value)
        if explode and isinstance(value, dict):
            return "".join(f";{encoded(k)}={encoded(text_of(v))}" for k, v in value.items())
        return f";{name}=" + _delimited(value, ",", False, encoded)
    return _delimited(value, ",", explode, encoded)


def _delimited(value: Any, delimiter: str, explode: bool, encoded: Any) -> str:
    if isinstance(value, list):
        return delimiter.join(encoded(text_of(each)) for each in value)
    if isinstance(value, dict):
        between = "=" if explode else delimiter
        return delimiter.join(
            encoded(key) + between + encoded(text_of(each)) for key, each in value.items()
        )
    return str(encoded(text_of(value)))
