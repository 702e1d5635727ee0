"""What all candidates but the sample service share: the operations, without a framework."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID, uuid4, uuid5

_NAMESPACE = UUID("4c9b7b0e-6f0a-4a53-8d5e-0c1d2e3f4a5b")
_SHOWN = ("id", "name", "description", "created_at", "updated_at")


class Store(Protocol):
    def put(self, item: dict[str, Any]) -> bool: ...
    def get(self, id: str) -> dict[str, Any] | None: ...
    def page(self, limit: int, after: str | None) -> tuple[list[dict[str, Any]], str | None]: ...


def _store() -> Store:
    if os.environ.get("BENCH_STORE") == "stub":
        from benchmarks.candidates.stub import Stub

        return Stub()
    from benchmarks.candidates.table import Table

    return Table(os.environ["TABLE_NAME"])


store = _store()


class Conflict(Exception):
    """The Idempotency-Key was used with another body."""


def shown(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in _SHOWN if name in item}


def entity_tag(item: dict[str, Any]) -> str:
    return f'"{item["version"]}"'


def location(path: str, item: dict[str, Any]) -> str:
    """`path` is that of the request, with the stage."""
    return f"{path}/{item['id']}"


def create(
    name: str, description: str | None, api_key_id: str | None, idempotency_key: str | None
) -> dict[str, Any]:
    """The new item; for an Idempotency-Key that was used before, its item. Raises Conflict."""
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    item = {
        "id": str(uuid4()),
        "name": name,
        "created_at": moment,
        "updated_at": moment,
        "version": secrets.token_hex(16),
    }
    if description is not None:
        item["description"] = description
    if idempotency_key is not None:
        item["id"] = str(uuid5(_NAMESPACE, json.dumps([api_key_id, idempotency_key])))
        content = json.dumps([name, description]).encode()
        item["request_hash"] = hashlib.sha256(content).hexdigest()
    if store.put(item):
        return item
    found = store.get(item["id"])
    if found is None or found.get("request_hash") != item.get("request_hash"):
        raise Conflict
    return found


def get(id: str) -> dict[str, Any] | None:
    return store.get(id.lower())


def is_unchanged(if_none_match: str | None, item: dict[str, Any]) -> bool:
    if if_none_match is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or entity_tag(item) in tags


def page(limit: int, cursor: str | None) -> dict[str, Any]:
    """Raises ValueError for a cursor of another kind."""
    after = None
    if cursor is not None:
        after = str(UUID(bytes=base64.urlsafe_b64decode(cursor)[:16]))
    items, following = store.page(limit, after)
    found: dict[str, Any] = {"items": [shown(item) for item in items]}
    if following is not None:
        # As long as the contract's pattern asks for: 21 bytes are 28 characters.
        raw = UUID(following).bytes.ljust(21, b"\0")
        found["next_cursor"] = base64.urlsafe_b64encode(raw).decode()
    return found
