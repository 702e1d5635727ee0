"""Parses the runtime expressions of links (OpenAPI 3.0.3 §4.7.20.4)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from openapi_first.core.json_pointer import unescaped

_WHOLE = ("url", "method", "statusCode")
_SOURCES = {"request": ("header", "query", "path", "body"), "response": ("header", "body")}
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2
_STEP = re.compile(r"(?:[^~/]|~[01])*")
_FORMS = (
    "$url", "$method", "$statusCode", "$request.header.name", "$request.query.name",
    "$request.path.name", "$request.body#/pointer", "$response.header.name",
    "$response.body#/pointer",
)  # fmt: skip


class ExpressionError(ValueError):
    """The string is not a runtime expression; the message says why, `remedy` what to write."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Expression:
    """`source` is `url`, `method`, `statusCode`, `request` or `response`; `part` is `header`,
    `query`, `path` or `body`, and empty for the first three. `name` is that of a header or a
    parameter, `steps` are those of the JSON Pointer into a body."""

    text: str
    source: str
    part: str = ""
    name: str = ""
    steps: tuple[str, ...] = ()


Template: TypeAlias = tuple[str | Expression, ...]
"""Strings, and the expressions between them."""


def parse_template(value: Any) -> Template | None:
    """The parts of a link's value: one expression, or a string with expressions in braces. None
    for a constant. Raises ExpressionError."""
    if not isinstance(value, str):
        return None
    if re.match(r"\$[A-Za-z]", value):
        return (parse_expression(value),)
    parts = tuple(_parts(value))
    return parts if any(isinstance(part, Expression) for part in parts) else None


def _parts(value: str) -> Iterator[str | Expression]:
    rest = value
    while (start := rest.find("{$")) >= 0:
        inner, brace, after = rest[start + 1 :].partition("}")
        if not brace:
            raise ExpressionError(f"{rest[start:]} has no closing brace", "Close it with }.")
        if start:
            yield rest[:start]
        yield parse_expression(inner)
        rest = after
    if rest:
        yield rest


def parse_expression(text: str) -> Expression:
    """Raises ExpressionError for what is not a runtime expression."""
    source, dot, rest = text.removeprefix("$").partition(".")
    if source in _WHOLE and not dot:
        return Expression(text, source)
    parts = _SOURCES.get(source)
    if parts is None:
        raise _wrong(text)
    if rest == "body" or rest.startswith("body#"):
        return Expression(text, source, "body", "", _pointer(text, rest[len("body#") :]))
    part, dot, name = rest.partition(".")
    if part not in parts or part == "body" or not name:
        raise _wrong(text)
    if part == "header" and not _TOKEN.fullmatch(name):
        raise ExpressionError(
            f"{text}: {name} cannot be the name of a header", "Write the name of a header."
        )
    return Expression(text, source, part, name)


def _pointer(text: str, pointer: str) -> tuple[str, ...]:
    first, *steps = pointer.split("/")
    if first:
        raise ExpressionError(
            f"{text}: the JSON Pointer has no leading slash", f"Write #/{pointer}."
        )
    if not all(map(_STEP.fullmatch, steps)):
        raise ExpressionError(f"{text}: ~ is not escaped", "Write ~0 for ~, and ~1 for /.")
    return tuple(map(unescaped, steps))


def _wrong(text: str) -> ExpressionError:
    near = difflib.get_close_matches(text, _FORMS, 1, 0.7)
    return ExpressionError(
        f"{text} is not a runtime expression",
        f"Write {near[0]}." if near else f"Write one of: {', '.join(_FORMS)}.",
    )
