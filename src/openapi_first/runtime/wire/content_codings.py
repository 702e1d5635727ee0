"""Decodes bodies with a `Content-Encoding` (RFC 9110 §8.4.1): gzip and deflate."""

from __future__ import annotations

from collections.abc import Sequence

from openapi_first.runtime.wire.sendable import NotDecodedError

LARGEST_DECODED = 8 << 20
"""Bytes of a decoded body: more than an invocation carries without a coding, and as much as the
smallest function can read."""

SUPPORTED = "gzip, deflate"
"""The value of `Accept-Encoding` for what `decoded` reads."""

_MOST_CODINGS = 3
_MOST_MEMBERS = 512
_GZIP = 31  # zlib's `wbits`: a gzip header, and the largest window
_ZLIB = 15
_WITHOUT_HEADER = -15


class CodingError(ValueError):
    """The bytes are not in the coding that the header names. The message completes "the body
    is"."""


class UnsupportedCodingError(NotDecodedError):
    """A coding that is not read here."""

    def __init__(self) -> None:
        super().__init__("the content coding is not supported")


class DecodedSizeError(NotDecodedError):
    """The decoded body is larger than LARGEST_DECODED."""

    def __init__(self) -> None:
        super().__init__(f"the decoded body is larger than {LARGEST_DECODED >> 20} MB")


def codings_of(lines: str | Sequence[str] | None) -> list[str]:
    """The codings of a `Content-Encoding` header in the order in which they were applied, in lower
    case, without `identity`; `x-gzip` is gzip."""
    text = lines if isinstance(lines, str) else ",".join(lines or ())
    found = [name for each in text.split(",") if (name := each.strip().lower())]
    return ["gzip" if name == "x-gzip" else name for name in found if name != "identity"]


def check_supported(codings: Sequence[str]) -> None:
    """Raises UnsupportedCodingError for the first coding that `decoded` does not know."""
    for coding in codings:
        if coding not in ("gzip", "deflate"):
            raise UnsupportedCodingError


def decoded(data: bytes, codings: Sequence[str], most: int = LARGEST_DECODED) -> bytes:
    """The bytes without their codings.

    Raises UnsupportedCodingError, CodingError, and DecodedSizeError; never decodes more than
    `most` bytes.
    """
    check_supported(codings)
    if len(codings) > _MOST_CODINGS:
        raise CodingError(f"in more than {_MOST_CODINGS} content codings")
    for coding in reversed(codings):
        data = _inflated(data, coding, most)
    return data


def _inflated(data: bytes, coding: str, most: int) -> bytes:
    # Imported here, since few requests have a coding.
    import zlib

    try:
        if coding == "gzip":
            return _members(data, most)
        # Some clients send deflate without the zlib header (RFC 9110 §8.4.1.2).
        has_header = len(data) > 1 and data[0] & 15 == 8 and (data[0] << 8 | data[1]) % 31 == 0
        text, rest = _one(data, _ZLIB if has_header else _WITHOUT_HEADER, most)
    except zlib.error:
        raise CodingError(f"not in the content coding {coding}") from None
    if rest:
        raise CodingError(f"not in the content coding {coding}")
    return text


def _members(data: bytes, room: int) -> bytes:
    """A gzip file is one or more members (RFC 1952 §2.2)."""
    found: list[bytes] = []
    while data or not found:
        if len(found) == _MOST_MEMBERS:
            raise CodingError(f"a gzip file of more than {_MOST_MEMBERS} members")
        text, data = _one(data, _GZIP, room)
        found.append(text)
        room -= len(text)
    return b"".join(found)


def _one(data: bytes, window: int, room: int) -> tuple[bytes, bytes]:
    """The decoded bytes, and those that follow the end."""
    import zlib

    decoder = zlib.decompressobj(window)
    text = decoder.decompress(data, room + 1)
    if len(text) > room:
        raise DecodedSizeError
    if not decoder.eof:
        raise zlib.error("truncated")
    return text, decoder.unused_data
