"""The opaque cursor: where the next page begins.

A version byte, the id of the last item returned (16 bytes) and a CRC-32 over both, base64url
without padding (RFC 4648 §5). 21 bytes make 28 characters with no bits to spare, so each cursor has
one spelling. The checksum is no secret: a forged cursor can name any id, which only begins the
listing elsewhere. It catches a cursor that was cut, retyped, or comes from another API.
"""

from __future__ import annotations

import base64
import re
import zlib
from uuid import UUID

_VERSION = b"\x01"
_SHAPE = re.compile(r"[A-Za-z0-9_-]{28}")


class InvalidCursor(ValueError):
    """The text is no cursor this service made."""


def _checksum(payload: bytes) -> bytes:
    # Little-endian keeps payload and CRC one code word: any burst of up to 32 bits is detected for
    # certain, so any one character changed (6 bits) is.
    return zlib.crc32(payload).to_bytes(4, "little")


def encode(id: str) -> str:
    """The cursor that continues after the item with this id."""
    payload = _VERSION + UUID(id).bytes
    return base64.urlsafe_b64encode(payload + _checksum(payload)).decode("ascii")


def decode(cursor: str) -> str:
    """The id in the cursor; `InvalidCursor` unless `encode` could have written this very text."""
    # b64decode skips characters outside its alphabet, so the alphabet is checked first.
    if _SHAPE.fullmatch(cursor) is None:
        raise InvalidCursor("not a cursor of this API")
    raw = base64.urlsafe_b64decode(cursor)
    payload, checksum = raw[:17], raw[17:]
    if payload[:1] != _VERSION or checksum != _checksum(payload):
        raise InvalidCursor("not a cursor of this API")
    id = str(UUID(bytes=payload[1:]))
    if encode(id) != cursor:
        raise InvalidCursor("not a cursor of this API")
    return id
