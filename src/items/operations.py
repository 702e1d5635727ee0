"""One function for each operation of openapi.yaml, named after its operationId.

The engine validates the arguments before the call, and the result after it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from items import cursor as cursors
from items import failures, idempotency, reporting
from items.connection import store
from items.preconditions import entity_tag, expected, is_unchanged
from items.records import Content, Item
from openapi_first.runtime import (
    Problem,
    ProblemEntry,
    Reply,
    current_request,
    invalid_request,
)

if TYPE_CHECKING:
    from items import types


def list_items(limit: int, cursor: str | None) -> types.ItemPage:
    """One page of items, in an arbitrary but stable order."""
    try:
        after = None if cursor is None else cursors.decode(cursor)
    except cursors.InvalidCursor:
        detail = "is not a cursor of this API; use next_cursor of the previous page"
        raise invalid_request([ProblemEntry(detail, parameter="cursor")]) from None
    with _problems():
        page = store().page(limit, after)
    reporting.left_out(page.malformed)
    reply: types.ItemPage = {"items": [item.as_json() for item in page.items]}
    if page.next_after is not None:
        reply["next_cursor"] = cursors.encode(page.next_after)
    return reply


def create_item(idempotency_key: str | None, body: types.ItemInput) -> Reply[types.Item]:
    """A new item; for an Idempotency-Key that was used before, its item in its present state."""
    request = current_request()
    content = _content(body)
    once = None
    if idempotency_key is not None:
        once = idempotency.once(idempotency.caller(request), idempotency_key, content)
    with _problems():
        item = store().create(content, once)
    return _reply(item, status=201, location=f"{request.path.rstrip('/')}/{item.id}")


def get_item(id: str, if_none_match: str | None) -> Reply[types.Item | None]:
    """The item, or 304 when the client already has this version."""
    with _problems():
        item = store().get(id)
    if is_unchanged(if_none_match, item.version):
        return Reply(None, 304, {"ETag": entity_tag(item.version)})
    return _reply(item)


def update_item(
    id: str, if_match: str | None, idempotency_key: str | None, body: types.ItemInput
) -> Reply[types.Item]:
    """Replaces the whole content of an item that exists."""
    condition = expected(if_match)
    content = _content(body)
    hashed = None
    if idempotency_key is not None:
        caller = idempotency.caller(current_request())
        hashed = idempotency.write_hash(caller, idempotency_key, content)
    with _problems():
        return _reply(store().replace(id, content, condition, hashed))


def delete_item(id: str, if_match: str | None) -> None:
    """Deletes the item if it exists; with If-Match, only if it has that version."""
    condition = expected(if_match)
    with _problems():
        store().delete(id, condition)


def _content(body: types.ItemInput) -> Content:
    return Content(body["name"], body.get("description"))


def _reply(item: Item, status: int | None = None, location: str | None = None) -> Reply[types.Item]:
    headers = {"ETag": entity_tag(item.version)}
    if location is not None:
        headers["Location"] = location
    return Reply(item.as_json(), status, headers)


@contextmanager
def _problems() -> Iterator[None]:
    """Raises the problem that the contract declares in place of the store's error."""
    try:
        yield
    except failures.ItemNotFound as error:
        raise Problem(404, f"There is no item {error}.") from None
    except failures.IdempotencyConflict:
        raise Problem(409, "The Idempotency-Key was used with another body.") from None
    except failures.VersionMismatch:
        detail = "The item has changed since it had the entity tag in If-Match."
        raise Problem(412, detail) from None
    except failures.ItemTooLarge:
        raise Problem(413, "An item may take at most 400 KB.") from None
    except failures.StoreUnavailable as error:
        # The cause is for the log; the client learns only when to try again.
        detail = "The store is not available now."
        # Clients that failed together must not come back together.
        later = {"Retry-After": secrets.choice("123")}
        raise Problem(503, detail, headers=later) from error
    except failures.MalformedItem:
        # The engine logs it with its key, and answers 500 without it.
        reporting.count(1)
        raise
