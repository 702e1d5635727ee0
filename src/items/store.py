"""Stores items in a DynamoDB table with the key `id`; every call has a timeout."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from items import failures
from items.failures import ConditionFailed, MalformedItem, translated
from items.idempotency import Once
from items.records import Content, Item, canonical, is_moment, now
from items.scans import Page, Scan
from items.versions import Condition, Expected, condition_on, new_version

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


_CREATE_ROUNDS = 3

# A call takes at most 9 s (see items.connection), a round has two calls, the function has 25 s.
_LAST_ROUND_BEGINS_WITHIN_S = 6.0

_EMPTY_SCANS = 3
_LARGE_SCAN = 1000


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
                # Without a key the item is ours: botocore's first attempt, whose answer was lost,
                # wrote it. Nothing else can take a new random id, but another client may have
                # changed the item since.
                found = Item.from_attributes(existing)
                if once is None or found.request_hash == once.request_hash:
                    return found
                raise failures.IdempotencyConflict(item.id)
            # Deleted between the put and the read: try to create it again.
            if monotonic() - started > _LAST_ROUND_BEGINS_WITHIN_S:
                break
        raise failures.StoreUnavailable(f"item {item.id} was repeatedly created and deleted")

    def get(self, id: str) -> Item:
        """A consistent read, so that clients see their last write. Raises MalformedItem."""
        for key in _keys(id):
            attributes = self._find(key)
            if attributes is not None:
                return Item.from_attributes(attributes)
        raise failures.ItemNotFound(canonical(id))

    def page(self, limit: int, after: str | None) -> Page:
        """Up to `limit` items after the id `after`, in DynamoDB's order, without malformed ones.

        Only the last page is empty, or one that follows thousands of malformed items in a row.
        Eventually consistent reads cost half, and a listing of several pages is never a snapshot.
        `after` may have been deleted: the order is by a hash of the key, which needs no item.
        """
        malformed: list[MalformedItem] = []
        place = None
        started = monotonic()
        for number in range(_EMPTY_SCANS):
            # One more than requested shows whether a full page is the last one.
            scan = self._scan(_LARGE_SCAN if number else limit + 1, after)
            page = scan.page(limit, malformed)
            if page is not None:
                return page
            malformed += scan.malformed()
            place = scan.place or place
            # The key need not be one that a cursor can hold.
            after = scan.scanned_to
            if monotonic() - started > _LAST_ROUND_BEGINS_WITHIN_S:
                break
        if place is None:
            raise failures.StoreUnavailable("DynamoDB's scans found neither items nor their end")
        return Page((), place, tuple(malformed))

    def replace(
        self,
        id: str,
        content: Content,
        expected: Expected | None = None,
        write_hash: str | None = None,
    ) -> Item:
        """Replaces the content of an existing item, if its version is as expected or if the item
        is as the write of `write_hash` left it. Repairs an item that is malformed.

        RFC 9110 §13.1.1 allows the success if the change "appears to have already been applied",
        and warns of clients that increment a number: equal content does not show whose write it
        was, so the store compares `write_hash`.
        """
        _refuse_too_large(content)
        version = new_version()
        for key in _keys(id):
            try:
                attributes = self._update(key, content, version, expected, write_hash)
            except ConditionFailed:
                existing = self._find(key)
                if existing is None:
                    continue
                # An earlier attempt, of botocore or of the client, may have written it.
                ours = existing.get("version") == {"S": version}
                if not ours and (
                    write_hash is None or existing.get("write_hash") != {"S": write_hash}
                ):
                    raise failures.VersionMismatch(key) from None
                attributes = existing
            try:
                return Item.from_attributes(attributes)
            except MalformedItem:
                return self._repaired(attributes, content)
        raise failures.ItemNotFound(canonical(id))

    def delete(self, id: str, expected: Expected | None = None) -> None:
        """Deletes the item if its version is as expected, or if there is none.

        RFC 9110 §13.1.1: a change that "appears to have already been applied" may be a success. So
        a client that lost the answer can send its request again.
        """
        for key in _keys(id):
            try:
                self._remove(key, expected)
            except ConditionFailed:
                if self._find(key) is not None:
                    raise failures.VersionMismatch(key) from None

    def _update(
        self,
        key: str,
        content: Content,
        version: str,
        expected: Expected | None,
        write_hash: str | None,
    ) -> Mapping[str, Any]:
        fields = {
            "name": content.name,
            "description": content.description,
            "updated_at": now(),
            "version": version,
            "write_hash": write_hash,
        }
        given = {name: value for name, value in fields.items() if value is not None}
        update = "SET " + ", ".join(f"#{name} = :{name}" for name in given)
        if removed := [f"#{name}" for name in fields if name not in given]:
            update += " REMOVE " + ", ".join(removed)
        # Without a condition, UpdateItem would create a missing item.
        condition = _possible(expected)
        with translated():
            answer = self._client.update_item(
                TableName=self._table_name,
                Key={"id": {"S": key}},
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
        return answer["Attributes"]

    def _repaired(self, attributes: Mapping[str, Any], content: Content) -> Item:
        """The item of an update, with its canonical id and a valid time of creation."""
        key, version = attributes["id"]["S"], attributes["version"]["S"]
        updated_at = attributes["updated_at"]["S"]
        is_valid = is_moment(attributes, "created_at")
        created_at = attributes["created_at"]["S"] if is_valid else updated_at
        item = Item(canonical(key), content, created_at, updated_at, version)
        try:
            with translated():
                self._client.put_item(
                    TableName=self._table_name,
                    Item={**attributes, **item.as_attributes()},
                    ConditionExpression="attribute_not_exists(#id) OR #version = :version",
                    ExpressionAttributeNames={"#id": "id", "#version": "version"},
                    ExpressionAttributeValues={":version": {"S": version}},
                )
        except ConditionFailed:
            raise failures.VersionMismatch(key) from None
        if key != item.id:
            self._remove(key, None)
        return item

    def _remove(self, key: str, expected: Expected | None) -> None:
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
                TableName=self._table_name, Key={"id": {"S": key}}, **conditional
            )

    def _find(self, key: str) -> Mapping[str, Any] | None:
        with translated():
            answer = self._client.get_item(
                TableName=self._table_name, Key={"id": {"S": key}}, ConsistentRead=True
            )
        return answer.get("Item")

    def _scan(self, limit: int, after: str | None) -> Scan:
        start: dict[str, Any] = {}
        if after is not None:
            start = {"ExclusiveStartKey": {"id": {"S": after}}}
        with translated():
            answer = self._client.scan(TableName=self._table_name, Limit=limit, **start)
        last = answer.get("LastEvaluatedKey")
        found = [_read(attributes) for attributes in answer["Items"]]
        return Scan(found, last["id"]["S"] if last else None)


def _read(attributes: Mapping[str, Any]) -> Item | MalformedItem:
    try:
        return Item.from_attributes(attributes)
    except MalformedItem as malformed:
        return malformed


def _keys(id: str) -> tuple[str, ...]:
    """Where an item with this id can be: only one that another program wrote is elsewhere than at
    the canonical form."""
    return (id,) if id == canonical(id) else (canonical(id), id)


def _refuse_too_large(content: Content) -> None:
    if content.surely_too_large():
        raise failures.ItemTooLarge("The content by itself is larger than 400 KB.")


def _possible(expected: Expected | None) -> Condition:
    condition = condition_on(expected)
    if condition is None:
        # It contains no possible version, so DynamoDB need not be asked.
        raise ConditionFailed
    return condition
