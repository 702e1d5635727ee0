"""The messages between the stage and a Lambda worker: a small JSON header and raw bytes.

Standard library only: the worker imports this before the function's own code.
"""

from __future__ import annotations

import json
import struct
from typing import Any

LENGTHS = struct.Struct(">II")
"""How long the header and the payload that follow are."""


def encode(header: dict[str, Any], payload: bytes = b"") -> bytes:
    """One message as it goes over the pipe."""
    head = json.dumps(header).encode("ascii")
    return LENGTHS.pack(len(head), len(payload)) + head + payload


def lengths(prefix: bytes) -> tuple[int, int]:
    """The lengths of header and payload, from a message's first bytes."""
    header, payload = LENGTHS.unpack(prefix)
    return int(header), int(payload)


def read_header(head: bytes) -> dict[str, Any]:
    """A header's fields."""
    fields: dict[str, Any] = json.loads(head)
    return fields
