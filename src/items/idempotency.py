"""Idempotency-Key: one item for each key, without a second table.

The id of the item is derived from the key, so that DynamoDB's condition on absence decides which
request was first. https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from uuid import UUID, uuid5

from items.records import Content

# Made by uuid4 for this service. Another value would make every key in use a new one.
_NAMESPACE = UUID("0f0f3bd5-3c8d-4b5e-9d0e-6a1f4f5f2c11")


@dataclass(frozen=True, slots=True)
class Once:
    """The id of the key's item, and a hash of the request that the key was used for."""

    id: str
    request_hash: str


def once(api_key_id: str | None, key: str, content: Content) -> Once:
    """Two API keys never share an idempotency key, even if the keys are equal."""
    # A JSON array, since concatenations of ["a", "bc"] and ["ab", "c"] are equal.
    derived = uuid5(_NAMESPACE, json.dumps([api_key_id, key]))
    request = json.dumps([content.name, content.description]).encode()
    return Once(id=str(derived), request_hash=hashlib.sha256(request).hexdigest())
