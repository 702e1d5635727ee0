"""The calls of the sample's contract, each with the answer and the table that it promises."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from items import cursor as cursors
from items import idempotency
from items.records import Content, Item
from support.faults.items_events import CALLER, event

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = "planted-idempotency-key"
NAME = "planted-name"
"""Values that a client sends, and that no log line may have."""

_USED = Content(NAME, "as the key was used before")
_OLD = Content("old name", "old description")
_NEW = Content(NAME)


@dataclass(frozen=True)
class Situation:
    """The items in the table when a call begins: the one that it is about, and another."""

    item: Item
    other: Item
    order: tuple[str, ...] = ()
    """The ids as DynamoDB lists them; known for calls that list."""


class Table:
    """The table of the function, seen directly."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self.client = client
        self.name = name

    def prepare(self, random: Random, call: ApiCall) -> Situation:
        """Puts two items into the empty table."""
        content = call.content
        once = idempotency.once(CALLER, KEY, content)
        ids = [str(UUID(int=random.getrandbits(128), version=4)) for _ in range(2)]
        id, request_hash = (ids[0], None) if content == _OLD else (once.id, once.request_hash)
        item = Item.new(id, content, request_hash)
        other = Item.new(ids[1], Content("other"), None)
        self.put(item.as_attributes(), other.as_attributes())
        return Situation(item, other, tuple(self.contents()) if call.reads else ())

    def put(self, *attributes: Mapping[str, Any]) -> None:
        puts: Any = [{"PutRequest": {"Item": each}} for each in attributes]
        self.client.batch_write_item(RequestItems={self.name: puts})

    def contents(self) -> dict[str, Mapping[str, Any]]:
        found = self.client.scan(TableName=self.name, ConsistentRead=True)["Items"]
        return {each["id"]["S"]: each for each in found}

    def clear(self, found: Collection[str]) -> None:
        """Deletes these, which are all items."""
        if found:
            deletes: Any = [{"DeleteRequest": {"Key": {"id": {"S": key}}}} for key in found]
            self.client.batch_write_item(RequestItems={self.name: deletes})


@dataclass(frozen=True)
class ApiCall:
    """A call without a fault answers `status` and `changes` the item of the situation.

    `fails_at` is the call of DynamoDB that meets the fault; None means the first.
    """

    name: str
    method: str
    status: int
    changes: str = "nothing"
    collection: bool = False
    cursor: bool = False
    if_match: str | None = None
    """`current` or `stale`."""
    if_none_match: bool = False
    keyed: bool = False
    content: Content = _OLD
    """The content of the item in the table, and with another than the default that of its key."""
    missing: bool = False
    """Whether the call is about an item that is not there."""
    fails_at: str | None = None
    sent: Content = _NEW

    @property
    def operation(self) -> str:
        names = {"POST": "createItem", "PUT": "updateItem", "DELETE": "deleteItem"}
        return names.get(self.method, "listItems" if self.collection else "getItem")

    @property
    def reads(self) -> bool:
        """Whether its first call of DynamoDB is a read."""
        return self.method == "GET"

    def event(self, situation: Situation) -> dict[str, Any]:
        id = "00000000-0000-4000-8000-000000000000" if self.missing else situation.item.id
        headers = {}
        if self.if_match is not None:
            version = situation.item.version if self.if_match == "current" else "0" * 32
            headers["If-Match"] = f'"{version}"'
        if self.if_none_match:
            headers["If-None-Match"] = f'"{situation.item.version}"'
        if self.keyed:
            headers["Idempotency-Key"] = KEY
        body = None
        if self.method in ("POST", "PUT"):
            body = {"name": self.sent.name}
            if self.sent.description is not None:
                body["description"] = self.sent.description
        query = None
        if self.cursor:
            query = {"limit": "1", "cursor": cursors.encode(situation.order[0])}
        return event(
            self.method,
            None if self.collection else id,
            body=body,
            headers=headers,
            query=query,
        )


CALLS: Mapping[str, ApiCall] = {
    each.name: each
    for each in (
        ApiCall("list", "GET", 200, collection=True),
        ApiCall("list cursor", "GET", 200, collection=True, cursor=True),
        ApiCall("create", "POST", 201, "creates", collection=True),
        ApiCall("create key", "POST", 201, "creates", collection=True, keyed=True),
        ApiCall("get", "GET", 200),
        ApiCall("update", "PUT", 200, "replaces"),
        ApiCall("update if", "PUT", 200, "replaces", if_match="current"),
        ApiCall("update key", "PUT", 200, "replaces", keyed=True, if_match="current"),
        ApiCall("delete", "DELETE", 204, "deletes"),
        ApiCall("delete if", "DELETE", 204, "deletes", if_match="current"),
    )
}
"""The calls that succeed, by name."""

REFUSED_CALLS: Mapping[str, ApiCall] = {
    each.name: each
    for each in (
        ApiCall(
            "create again", "POST", 201, collection=True, keyed=True, content=_USED, sent=_USED
        ),
        ApiCall("create conflict", "POST", 409, collection=True, keyed=True, content=_USED),
        ApiCall("get missing", "GET", 404, missing=True),
        ApiCall("get unchanged", "GET", 304, if_none_match=True),
        ApiCall("update missing", "PUT", 404, missing=True),
        ApiCall("update stale", "PUT", 412, if_match="stale"),
        ApiCall("delete stale", "DELETE", 412, if_match="stale"),
        ApiCall(
            "create again/read", "POST", 201, collection=True, keyed=True, content=_USED,
            sent=_USED, fails_at="GetItem",
        ),
        ApiCall("update stale/read", "PUT", 412, if_match="stale", fails_at="GetItem"),
        ApiCall("delete stale/read", "DELETE", 412, if_match="stale", fails_at="GetItem"),
    )
}  # fmt: skip
"""The calls that change nothing because of what is in the table; the last meet the fault in the
read that finds out why."""
