"""Stores items in a DynamoDB table with the key `id`; every call has a timeout."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from items import failures
from items.failures import ConditionFailed, translated
from items.idempotency import Once
from items.pages import fitting
from items.records import Content, Item, now
from items.versions import Condition, Expected, condition_on, new_version

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


_CREATE_ROUNDS = 3

# A call takes at most 9 s (see items.connection), a round has two calls, the function has 25 s.
_LAST_ROUND_BEGINS_WITHIN_S = 6.0

_EMPTY_SCANS = 3


@dataclass(frozen=True, slots=True)
class Page:
    """Some items, and the id after which the next page starts; None on the last page."""

    items: tuple[Item, ...]
    next_after: str | None


class ItemStore:
    """Its methods raise `items.failures.StoreError`. Thread-safe, as the client is."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def create(self, content: Content, once: Once | None = None) -> Item:
        """A new item; with `once`, the item of an earlier equal request in its present state."""
        _refuse_too_large(content)
        item = Item.new(
            once.id if once else str(uuid4()), content, once.request_hash if once else None
        )
        started = monotonic()
        for _ in range(_CREATE_ROUNDS):
            try:
                with translated():
                    self._client.put_item(
                        TableName=self._table_name,
                        Item=item.as_attributes(),
                        ConditionExpression="attribute_not_exists(#id)",
                        ExpressionAttributeNames={"#id": "id"},
                    )
            except ConditionFailed:
                existing = self._find(item.id)
            else:
                return item
            if existing is not None:
                # The item is ours if botocore's first attempt, whose answer was lost, wrote it and
                # the retry found it. A new random id cannot be taken in any other way.
                ours = existing.version == item.version
                if ours or (once and existing.request_hash == once.request_hash):
                    return existing
                raise failures.IdempotencyConflict(item.id)
            # Deleted between the put and the read: try to create it again.
            if monotonic() - started > _LAST_ROUND_BEGINS_WITHIN_S:
                break
        raise failures.StoreUnavailable(f"item {item.id} was repeatedly created and deleted")

    def get(self, id: str) -> Item:
        """A consistent read, so that clients see their last write."""
        item = self._find(id)
        if item is None:
            raise failures.ItemNotFound(id)
        return item

    def page(self, limit: int, after: str | None) -> Page:
        """Up to `limit` items after the id `after`, in DynamoDB's order; only the last page may be
        empty.

        Eventually consistent reads cost half, and a listing of several pages is never a snapshot.
        `after` may have been deleted: the order is by a hash of the key, which needs no item.
        """
        for _ in range(_EMPTY_SCANS):
            found, scanned_to = self._scan(limit + 1, after)
            # One more than requested shows whether a full page is the last one.
            items = found[:limit]
            items = items[: fitting(items)]
            more = scanned_to is not None or len(items) < len(found)
            if items or not more:
                return Page(tuple(items), items[-1].id if items and more else None)
            # DynamoDB may return no items and a key to continue from. Not seen without a filter,
            # but not ruled out either ("Paginating table query results").
            after = scanned_to
        raise failures.StoreUnavailable("DynamoDB's scans found neither items nor the end")

    def replace(self, id: str, content: Content, expected: Expected | None = None) -> Item:
        """Replaces the content of an existing item, if its version is as expected."""
        _refuse_too_large(content)
        version = new_version()
        fields = {
            "name": content.name,
            "description": content.description,
            "updated_at": now(),
            "version": version,
        }
        given = {name: value for name, value in fields.items() if value is not None}
        update = "SET " + ", ".join(f"#{name} = :{name}" for name in given)
        if content.description is None:
            update += " REMOVE #description"
        try:
            # Without a condition, UpdateItem would create a missing item.
            condition = _possible(expected)
            with translated():
                answer = self._client.update_item(
                    TableName=self._table_name,
                    Key={"id": {"S": id}},
                    UpdateExpression=update,
                    ConditionExpression=condition.expression,
                    ExpressionAttributeNames={
                        **{f"#{name}": name for name in fields},
                        **condition.names,
                    },
                    ExpressionAttributeValues={
                        **{f":{name}": {"S": value} for name, value in given.items()},
                        **condition.values,
                    },
                    ReturnValues="ALL_NEW",
                )
            return Item.from_attributes(answer["Attributes"])
        except ConditionFailed:
            existing = self._find(id)
        if existing is None:
            raise failures.ItemNotFound(id)
        if existing.version == version:
            # botocore's first attempt wrote it, and its retry failed the condition.
            return existing
        raise failures.VersionMismatch(id)

    def delete(self, id: str, expected: Expected | None = None) -> None:
        """Deletes the item if its version is as expected. With `expected`, a missing item is an
        error."""
        try:
            conditional: dict[str, Any] = {}
            if expected is not None:
                condition = _possible(expected)
                conditional = {
                    "ConditionExpression": condition.expression,
                    "ExpressionAttributeNames": condition.names,
                }
                if condition.values:
                    conditional["ExpressionAttributeValues"] = condition.values
            with translated():
                self._client.delete_item(
                    TableName=self._table_name, Key={"id": {"S": id}}, **conditional
                )
        except ConditionFailed as failed:
            # RFC 9110 §13.1.1: a change that "appears to have already been applied" may count as a
            # success. That is the case when a retry finds no item.
            if failed.retried and self._find(id) is None:
                return
            raise failures.VersionMismatch(id) from None

    def _find(self, id: str) -> Item | None:
        with translated():
            answer = self._client.get_item(
                TableName=self._table_name, Key={"id": {"S": id}}, ConsistentRead=True
            )
        attributes = answer.get("Item")
        return None if attributes is None else Item.from_attributes(attributes)

    def _scan(self, limit: int, after: str | None) -> tuple[list[Item], str | None]:
        start: dict[str, Any] = {}
        if after is not None:
            start = {"ExclusiveStartKey": {"id": {"S": after}}}
        with translated():
            answer = self._client.scan(TableName=self._table_name, Limit=limit, **start)
        last = answer.get("LastEvaluatedKey")
        items = [Item.from_attributes(attributes) for attributes in answer["Items"]]
        return items, last["id"]["S"] if last else None


def _refuse_too_large(content: Content) -> None:
    if content.surely_too_large():
        raise failures.ItemTooLarge("The content by itself is larger than 400 KB.")


def _possible(expected: Expected | None) -> Condition:
    condition = condition_on(expected)
    if condition is None:
        # It contains no possible version, so DynamoDB need not be asked.
        raise ConditionFailed
    return condition
