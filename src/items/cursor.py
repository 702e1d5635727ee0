"""The opaque cursor of a listing: the start of the next page.

A version byte, the id of the last item returned (16 bytes) and a CRC-32 over both, in base64url
without padding (RFC 4648 §5). 21 bytes are exactly 28 characters, so each cursor has one spelling.
The checksum detects cursors that are truncated, retyped or from another API. It is not a secret: a
forged cursor only starts the listing elsewhere.
"""

from __future__ import annotations

import base64
import re
import zlib
from uuid import UUID

_VERSION = b"\x01"
_SHAPE = re.compile(r"[A-Za-z0-9_-]{28}")


class InvalidCursor(ValueError):
    """The string is not a cursor of this service."""


def _checksum(payload: bytes) -> bytes:
    # Little-endian makes payload and CRC one code word, in which every burst of up to 32 bits is
    # detected, and so every change of one character (6 bits).
    return zlib.crc32(payload).to_bytes(4, "little")


def encode(id: str) -> str:
    """The cursor that continues after the item with this id."""
    payload = _VERSION + UUID(id).bytes
    return base64.urlsafe_b64encode(payload + _checksum(payload)).decode("ascii")


def decode(cursor: str) -> str:
    """The id in the cursor. Raises InvalidCursor for anything that `encode` does not return."""
    # Checked first, since b64decode skips characters outside its alphabet.
    if _SHAPE.fullmatch(cursor) is None:
        raise InvalidCursor("not a cursor of this API")
    raw = base64.urlsafe_b64decode(cursor)
    payload, checksum = raw[:17], raw[17:]
    if payload[:1] != _VERSION or checksum != _checksum(payload):
        raise InvalidCursor("not a cursor of this API")
    return str(UUID(bytes=payload[1:]))
