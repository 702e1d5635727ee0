"""One function for each operation of openapi.yaml, named after its operationId.

The engine has checked each argument against the contract before, and checks what is returned.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from items import cursor as cursors
from items import failures, idempotency
from items.connection import store
from items.preconditions import entity_tag, expected, is_unchanged
from items.records import Content, Item
from openapi_first.runtime import Problem, ProblemEntry, Reply, current_request

if TYPE_CHECKING:
    from items import types


def list_items(limit: int, cursor: str | None) -> types.ItemPage:
    """One page of items, in no order but a stable one."""
    try:
        after = None if cursor is None else cursors.decode(cursor)
    except cursors.InvalidCursor:
        detail = "not a cursor this API gave out; take next_cursor from the page before"
        faults = [ProblemEntry(detail, parameter="cursor")]
        raise Problem(400, "The request does not keep the contract.", errors=faults) from None
    with _answering():
        page = store().page(limit, after)
    reply: types.ItemPage = {"items": [item.as_json() for item in page.items]}
    if page.next_after is not None:
        reply["next_cursor"] = cursors.encode(page.next_after)
    return reply


def create_item(idempotency_key: str | None, body: types.ItemInput) -> Reply[types.Item]:
    """A new item; with an Idempotency-Key used before, the item made then, as it is now."""
    request = current_request()
    content = _content(body)
    once = None
    if idempotency_key is not None:
        once = idempotency.once(request.api_key_id, idempotency_key, content)
    with _answering():
        item = store().create(content, once)
    return _reply(item, status=201, location=f"{request.path.rstrip('/')}/{item.id}")


def get_item(id: str, if_none_match: str | None) -> Reply[types.Item | None]:
    """The item, or 304 when the client has this version of it already."""
    with _answering():
        item = store().get(id.lower())
    if is_unchanged(if_none_match, item.version):
        return Reply(None, 304, {"ETag": entity_tag(item.version)})
    return _reply(item)


def update_item(id: str, if_match: str | None, body: types.ItemInput) -> Reply[types.Item]:
    """The item with other content: all of it is replaced, and nothing is created."""
    condition = expected(if_match)
    with _answering():
        return _reply(store().replace(id.lower(), _content(body), condition))


def delete_item(id: str, if_match: str | None) -> None:
    """No item, whether there was one or not; with an If-Match, there must have been that one."""
    condition = expected(if_match)
    with _answering():
        store().delete(id.lower(), condition)


def _content(body: types.ItemInput) -> Content:
    return Content(body["name"], body.get("description"))


def _reply(item: Item, status: int | None = None, location: str | None = None) -> Reply[types.Item]:
    headers = {"ETag": entity_tag(item.version)}
    if location is not None:
        headers["Location"] = location
    return Reply(item.as_json(), status, headers)


@contextmanager
def _answering() -> Iterator[None]:
    """What the store raises, as the problem the contract declares for it."""
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
        # Chained: the cause is for the log; the client learns only when to come back.
        detail = "The store cannot take the request now."
        raise Problem(503, detail, headers={"Retry-After": "1"}) from error
