"""Values as a client writes them into a request (OpenAPI 3.0.3 §4.7.12.3, RFC 6570)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any, cast
from urllib.parse import quote

_DELIMITERS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}


@dataclass
class Sent:
    """A request, its parts decoded except the values of path parameters. `nested` has the values of
    parameters whose style OpenAPI does not define."""

    path: dict[str, str] = field(default_factory=dict)
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str | None = None
    nested: dict[str, Any] = field(default_factory=dict)


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
    if style == "deepObject":
        return _in_brackets(name, value)
    if explode and isinstance(value, dict):
        return [(key, text_of(each)) for key, each in value.items()]
    if explode and isinstance(value, list):
        return [(name, text_of(each)) for each in value]
    return [(name, _delimited(value, _DELIMITERS.get(style, ","), False, str))]


def _in_brackets(name: str, value: Any) -> list[tuple[str, str]]:
    """As `qs.stringify` writes it with `arrayFormat: "brackets"`, and with indexes for items that
    have members."""
    if isinstance(value, dict):
        inner = [(f"{name}[{key}]", each) for key, each in value.items()]
    elif isinstance(value, list):
        plain = not any(isinstance(each, dict | list) for each in value)
        inner = [(f"{name}[{'' if plain else at}]", each) for at, each in enumerate(value)]
    else:
        return [(name, text_of(value))]
    return [pair for key, each in inner for pair in _in_brackets(key, each)]


def multipart(members: Mapping[str, Any]) -> bytes:
    """A form as RFC 7578 §4 has it, with the boundary `B`; bytes are sent as a file."""
    lines = []
    for name, value in members.items():
        for each in value if isinstance(value, list) else [value]:
            file = '; filename="f"' if isinstance(each, bytes) else ""
            data = each if isinstance(each, bytes) else text_of(each).encode()
            head = f'--B\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
            lines.append(head.encode() + data + b"\r\n")
    return b"".join(lines) + b"--B--\r\n"


def parts_of(request: Sent) -> list[tuple[str, bytes, bool]]:
    """The parts of a multipart form as the standard library reads them: name, bytes, and whether it
    is a file."""
    head = f"Content-Type: {request.content_type}\r\n\r\n".encode()
    message = message_from_bytes(head + (request.body or b""))
    return [
        (
            str(part.get_param("name", header="Content-Disposition")),
            cast(bytes, part.get_payload(decode=True)),
            part.get_filename() is not None,
        )
        for part in message.walk()
        if not part.is_multipart()
    ]


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
