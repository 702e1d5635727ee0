"""Writes the headers of a response: in the style `simple` (OpenAPI 3.0.3 §4.7.12.3, RFC 6570
§3.2.1), as lines that HTTP can send (RFC 9110 §5.1 and §5.5)."""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from email.utils import format_datetime
from enum import Enum
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from openapi_first.runtime.wire.sendable import UnsendableError

Lines: TypeAlias = str | list[str]
"""A header's value, or several lines of one header."""

Scalar: TypeAlias = str | int | float | Decimal | datetime.date | datetime.time | UUID | Enum | None

HeaderValue: TypeAlias = Scalar | Sequence[Scalar] | Mapping[str, Scalar]
"""What a function may return as the value of a header; bool and datetime are among them."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_BEYOND_LATIN_1 = re.compile("[^\x00-\xff]")
_SEVERAL_LINES = "set-cookie"
"""The only header whose lines are not one list (RFC 9110 §5.3)."""
_HTTP_DATES = frozenset(
    {"date", "expires", "if-modified-since", "if-unmodified-since", "last-modified", "retry-after"}
)
"""Headers whose dates have the format of HTTP (RFC 9110 §5.6.7); other dates have that of RFC 3339.
"""


class Text(Protocol):
    @property
    def types(self) -> Collection[str]: ...


class Declared(Protocol):
    """What the contract declares about a header."""

    @property
    def explode(self) -> bool: ...

    @property
    def media_type(self) -> str | None: ...

    @property
    def text(self) -> Text: ...


def header_lines(
    headers: Mapping[Any, Any],
    declared: Mapping[str, Declared],
    dump: Callable[[Any], str],
) -> dict[str, Lines]:
    """The headers as strings, or lists of strings for several lines of one header.

    `declared` has the contract's headers by their names in lower case; `dump` writes JSON, for
    those with a media type. A header whose value is None, or an empty list or mapping, is left out
    (RFC 6570 §2.3). Raises UnsendableError.
    """
    found: dict[str, Lines] = {}
    reasons = []
    for name, value in headers.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            reasons.append(f"{str(name)[:40]!r} is not the name of a header (RFC 9110 §5.1)")
            continue
        try:
            line = _lines(name.lower(), value, declared.get(name.lower()), dump)
            if line is not None:
                found[name] = line
        except (TypeError, ValueError) as error:
            reasons.append(f"the header {name} {error}")
    if reasons:
        raise UnsendableError("; ".join(reasons))
    return found


def _lines(
    name: str, value: Any, header: Declared | None, dump: Callable[[Any], str]
) -> Lines | None:
    value = _plain(value)
    if value is None:
        return None
    if isinstance(value, str):
        return _checked(value)
    if header is not None and header.media_type is not None and name != _SEVERAL_LINES:
        return _checked(_ascii(dump(value)))
    if isinstance(value, Mapping):
        if header is None or "object" not in header.text.types:
            raise TypeError("is a mapping; send a string, or declare an object")
        return _checked(_object(name, value, header.explode)) if value else None
    if isinstance(value, list | tuple):
        one_line = header is not None and "array" in header.text.types and name != _SEVERAL_LINES
        texts = [_text(name, item) for item in value]
        if not texts:
            return None
        if not one_line:
            return [_checked(text) for text in texts]
        return _checked(",".join(map(_undivided, texts)))
    return _checked(_text(name, value))


def _object(name: str, value: Mapping[Any, Any], explode: bool) -> str:
    members = [
        (_undivided(_text(name, key)), _undivided(_text(name, each)))
        for key, each in value.items()
        if each is not None
    ]
    if explode:
        return ",".join(f"{key}={each}" for key, each in members)
    return ",".join(part for member in members for part in member)


def _plain(value: Any) -> Any:
    while isinstance(value, Enum):
        value = value.value
    return str.__str__(value) if isinstance(value, str) else value


def _text(name: str, value: Any) -> str:
    value = _plain(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, datetime.datetime) and name in _HTTP_DATES:
        if value.tzinfo is None:
            raise ValueError("is a date and time without a time zone")
        return format_datetime(value.astimezone(datetime.UTC), usegmt=True)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"has a value of the type {type(value).__name__}; send a string")


def _number(value: float | Decimal) -> str:
    if isinstance(value, int):
        try:
            return int.__repr__(value)
        except ValueError:
            raise ValueError("is a number of too many digits") from None
    if not math.isfinite(value):
        raise ValueError("is not a finite number")
    return float.__repr__(value) if isinstance(value, float) else str(value)


def _undivided(text: str) -> str:
    if "," in text:
        raise ValueError("has a comma in an item, which would divide it")
    return text


def _checked(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("has a line break or another control character (RFC 9110 §5.5)")
    if _BEYOND_LATIN_1.search(text):
        raise ValueError("has characters beyond ISO 8859-1, which HTTP cannot send")
    return text


def _ascii(text: str) -> str:
    """A JSON text with its other characters as escapes, since few clients read them in a header."""
    return "".join(each if each.isascii() else json.dumps(each)[1:-1] for each in text)
