"""Stores items in a DynamoDB table: what each operation reads and writes, and under what condition.

A write can succeed though its answer is lost, and botocore or the client then sends it again. So a
write whose condition fails reads the item, to find out whether its first attempt was the writer.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from items import failures
from items.calls import LAST_ROUND_BEGINS_WITHIN_S, TableCalls
from items.failures import ConditionFailed, MalformedItem
from items.idempotency import Once
from items.records import Content, Item, canonical, now
from items.repair import possible_keys, repaired
from items.scans import Page, read_page
from items.versions import Condition, Expected, condition_on, new_version

if TYPE_CHECKING:
    from items.calls import Client


_CREATE_ROUNDS = 3
_ABSENT = Condition("attribute_not_exists(#id)", {"#id": "id"})


class ItemStore:
    """Its methods raise `items.failures.StoreError`. Thread-safe, as the client is."""

    def __init__(self, client: Client, table_name: str) -> None:
        self._table = TableCalls(client, table_name)

    def create(self, content: Content, once: Once | None = None) -> Item:
        """A new item; with `once`, the item of an earlier equal request in its present state."""
        _refuse_too_large(content)
        item = Item.new(
            once.id if once else str(uuid4()), content, once.request_hash if once else None
        )
        started = monotonic()
        for _ in range(_CREATE_ROUNDS):
            try:
                self._table.put(item.as_attributes(), _ABSENT)
            except ConditionFailed:
                existing = self._table.get(item.id)
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
            if monotonic() - started > LAST_ROUND_BEGINS_WITHIN_S:
                break
        raise failures.StoreUnavailable(f"item {item.id} was repeatedly created and deleted")

    def get(self, id: str) -> Item:
        """A consistent read, so that clients see their last write. Raises MalformedItem."""
        for key in possible_keys(id):
            attributes = self._table.get(key)
            if attributes is not None:
                return Item.from_attributes(attributes)
        raise failures.ItemNotFound(canonical(id))

    def page(self, limit: int, after: str | None) -> Page:
        """Up to `limit` items after the id `after`; see `items.scans.read_page`."""
        return read_page(self._table, limit, after)

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
        fields = {
            "name": content.name,
            "description": content.description,
            "updated_at": now(),
            "version": new_version(),
            "write_hash": write_hash,
        }
        for key in possible_keys(id):
            try:
                attributes = self._table.update(key, fields, _existing(expected))
            except ConditionFailed as failed:
                existing = self._table.get(key)
                if existing is None:
                    continue
                if not _was_written(existing, fields):
                    raise _mismatch(key, failed) from None
                attributes = existing
            try:
                return Item.from_attributes(attributes)
            except MalformedItem:
                return repaired(self._table, attributes, content)
        raise failures.ItemNotFound(canonical(id))

    def delete(self, id: str, expected: Expected | None = None) -> None:
        """Deletes the item if its version is as expected, or if there is none.

        RFC 9110 §13.1.1: a change that "appears to have already been applied" may be a success. So
        a client that lost the answer can send its request again.
        """
        for key in possible_keys(id):
            try:
                self._table.delete(key, None if expected is None else _existing(expected))
            except ConditionFailed as failed:
                if self._table.get(key) is not None:
                    raise _mismatch(key, failed) from None
            else:
                # The condition was on the item that the client reads, and this was it.
                expected = None


def _was_written(existing: Mapping[str, Any], fields: Mapping[str, str | None]) -> bool:
    """Whether an earlier attempt to write the fields, of botocore or of the client, succeeded."""
    return any(
        fields[name] is not None and existing.get(name) == {"S": fields[name]}
        for name in ("version", "write_hash")
    )


def _mismatch(key: str, failed: ConditionFailed) -> failures.StoreError:
    """RFC 9110 §13.1.1: 412 says that the change was not made, which has to be certain."""
    if failed.is_certain:
        return failures.VersionMismatch(key)
    return failures.StoreUnavailable(
        f"item {key} has changed, before or after an attempt that may have succeeded"
    )


def _refuse_too_large(content: Content) -> None:
    if content.surely_too_large():
        raise failures.ItemTooLarge("The content by itself is larger than 400 KB.")


def _existing(expected: Expected | None) -> Condition:
    condition = condition_on(expected)
    if condition is None:
        # It contains no possible version, so DynamoDB need not be asked.
        raise ConditionFailed
    return condition
