"""The messages between the stage and a Lambda worker: a small JSON header and raw bytes.

Standard library only: the worker imports this before the function's own code.
"""

from __future__ import annotations

import json
import struct
from typing import Any

LENGTHS = struct.Struct(">II")
"""The lengths in bytes of the header and the payload that follow."""


def encode(header: dict[str, Any], payload: bytes = b"") -> bytes:
    """One message as it goes over the socket."""
    head = json.dumps(header).encode("ascii")
    return LENGTHS.pack(len(head), len(payload)) + head + payload


def lengths(prefix: bytes) -> tuple[int, int]:
    """The lengths of header and payload, from the first bytes of a message."""
    header, payload = LENGTHS.unpack(prefix)
    return int(header), int(payload)


def read_header(head: bytes) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(head)
    return fields
