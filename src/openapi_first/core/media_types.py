"""Media types: the entry of `content` for a body, and the one that a client prefers."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from encodings import normalize_encoding
from encodings.aliases import aliases
from typing import Protocol, TypeVar

BINARY = "application/octet-stream"
"""The media type of a member of a form that consists of bytes."""

# The charsets that a body may have, as names of Python's codecs.
_CODECS = frozenset({"utf_8", "ascii", "latin_1", "cp1252", "utf_16", "utf_16_be", "utf_16_le"})
_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)


class _Entry(Protocol):
    @property
    def media_type(self) -> str: ...


_E = TypeVar("_E", bound=_Entry)


def media_type_of(header: str) -> str:
    """The type and subtype of a Content-Type header in lower case, without parameters."""
    return header.partition(";")[0].strip().lower()


def charset_of(header: str) -> str | None:
    """The `charset` parameter of a Content-Type header in lower case."""
    for parameter in header.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return None


def decode_text(data: bytes, charset: str) -> str:
    """The text in a charset. Raises LookupError for a charset that bodies may not have, and
    UnicodeDecodeError for bytes that are not text in it."""
    if charset == "utf-8":
        return data.decode()
    # Not `codecs.lookup`, which remembers every unknown name that a client sends.
    name = normalize_encoding(charset).lower()
    codec = aliases.get(name, name)
    if codec not in _CODECS:
        raise LookupError(charset)
    if codec == "utf_16" and not data.startswith(_BYTE_ORDER_MARKS):
        codec = "utf_16_be"  # RFC 2781 §4.3
    return data.decode(codec)


def is_json(media_type: str) -> bool:
    """Whether the media type is JSON (RFC 8259) or has the suffix `+json` (RFC 6839 §3.1)."""
    return media_type == "application/json" or media_type.endswith("+json")


def is_range(media_type: str) -> bool:
    """Whether it is a media range, such as `text/*` (RFC 9110 §12.5.1)."""
    return "*" in media_type


def match_media_type(content: Sequence[_E], header: str) -> _E | None:
    """The entry for a Content-Type; the most specific one wins (OpenAPI 3.0.3 §4.7.14)."""
    if len(content) == 1 and content[0].media_type == header:
        return content[0]  # as in nearly every request
    exact = header.replace(" ", "").lower()
    bare = media_type_of(header)
    ranges = (bare.partition("/")[0] + "/*", "*/*")
    for wanted in (exact, bare, *ranges):
        for entry in content:
            if entry.media_type.replace(" ", "") == wanted:
                return entry
    for entry in content:
        if media_type_of(entry.media_type) == bare:
            return entry
    return None


def preferred(media_types: Sequence[str], accept: str | None) -> str | None:
    """The media type that the client prefers (RFC 9110 §12.5.1).

    The first one among equals, and also when the client accepts none of them, since a server may
    disregard `Accept`. None when all are ranges.
    """
    known = [media_type for media_type in media_types if not is_range(media_type)]
    if not known:
        return None
    if not accept or len(known) == 1:
        return known[0]
    ranges = [_accepted(part) for part in accept.split(",")]
    best, wanted = known[0], 0.0
    for media_type in known:
        quality = _quality(media_type_of(media_type), ranges)
        if quality > wanted:
            best, wanted = media_type, quality
    return best


def _accepted(part: str) -> tuple[str, float]:
    quality = 1.0
    for parameter in part.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                quality = float(value)
            except ValueError:
                quality = 0.0
    return media_type_of(part), quality


def _quality(media_type: str, ranges: Sequence[tuple[str, float]]) -> float:
    """The quality of the most specific range that matches the media type."""
    for wanted in (media_type, media_type.partition("/")[0] + "/*", "*/*"):
        for accepted, quality in ranges:
            if accepted == wanted:
                return quality
    return 0.0
