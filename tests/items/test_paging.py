"""Each item on one page exactly, pages that fit, and no end that is none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from botocore.awsrequest import AWSPreparedRequest

from items import cursor
from items.calls import TableCalls
from items.direct_client import DirectClient
from items.pages import MAX_RESPONSE_BYTES
from items.records import Content, Item
from items.scans import read_page
from items.store import ItemStore, Page

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def _fill(client: DynamoDBClient, table_name: str, count: int, description: str = "") -> set[str]:
    """Write many items in few requests. BatchWriteItem takes 25 items and 16 MB at once."""
    items = [Item.new(str(uuid4()), Content("n", description), None) for _ in range(count)]
    for start in range(0, count, 25):
        batch = items[start : start + 25]
        answer = client.batch_write_item(
            RequestItems={table_name: [{"PutRequest": {"Item": i.as_attributes()}} for i in batch]}
        )
        assert not answer["UnprocessedItems"]
    return {item.id for item in items}


def _pages(store: ItemStore, limit: int) -> Iterator[Page]:
    """Follow the listing as a client does, cursor by cursor."""
    page = store.page(limit, None)
    yield page
    while page.next_after is not None:
        page = store.page(limit, cursor.decode(cursor.encode(page.next_after)))
        yield page


def _ids(pages: list[Page]) -> list[str]:
    return [item.id for page in pages for item in page.items]


def test_all_items_come_exactly_once_in_full_pages(
    client: DynamoDBClient, table_name: str, store: ItemStore, everything: bool
) -> None:
    count = 25 if everything else 5
    stored = _fill(client, table_name, 100 * count)
    pages = list(_pages(store, 100))
    assert [len(page.items) for page in pages] == [100] * count
    assert len(_ids(pages)) == 100 * count
    assert set(_ids(pages)) == stored


def test_an_empty_table_is_one_empty_page(store: ItemStore) -> None:
    assert list(_pages(store, 20)) == [Page((), None)]


def test_a_page_of_exactly_the_limit_is_the_last(
    client: DynamoDBClient, table_name: str, store: ItemStore
) -> None:
    _fill(client, table_name, 20)
    assert [len(page.items) for page in _pages(store, 20)] == [20]
    assert [len(page.items) for page in _pages(store, 19)] == [19, 1]
    assert [len(page.items) for page in _pages(store, 1)] == [1] * 20


def test_a_listing_goes_on_after_its_last_item_was_deleted(
    client: DynamoDBClient, table_name: str, store: ItemStore
) -> None:
    stored = _fill(client, table_name, 30)
    first = store.page(10, None)
    for item in first.items:
        store.delete(item.id)
    assert first.next_after is not None
    rest = store.page(100, first.next_after)
    assert set(_ids([rest])) == stored - set(_ids([first]))


def test_a_cursor_that_no_item_ever_had_just_begins_elsewhere(
    client: DynamoDBClient, table_name: str, store: ItemStore
) -> None:
    stored = _fill(client, table_name, 10)
    assert set(_ids([store.page(100, str(uuid4()))])) <= stored


def test_pages_of_more_than_a_megabyte_are_cut_and_lose_nothing(
    client: DynamoDBClient, table_name: str, store: ItemStore
) -> None:
    stored = _fill(client, table_name, 60, "a" * 50_000)
    pages = list(_pages(store, 100))
    assert len(pages) >= 3
    assert all(page.items for page in pages[:-1])
    assert sorted(_ids(pages)) == sorted(stored)


def test_control_characters_stay_below_lambdas_limit_and_lose_nothing(
    client: DynamoDBClient, table_name: str, store: ItemStore
) -> None:
    """DynamoDB's megabyte of U+0000 is seven in a proxy response; Lambda takes six."""
    stored = _fill(client, table_name, 40, "\0" * 50_000)
    pages = list(_pages(store, 100))
    assert sorted(_ids(pages)) == sorted(stored)
    # 20 items fill the Scan's megabyte, and are 7 MB to Lambda.
    assert len(pages[0].items) < 20
    for page in pages:
        body = json.dumps(
            {"items": [item.as_json() for item in page.items], "next_cursor": "c" * 28}
        )
        assert len(json.dumps({"statusCode": 200, "body": body})) < MAX_RESPONSE_BYTES
        assert page.items or page.next_after is None


def test_the_largest_items_are_listed(
    client: DynamoDBClient, table_name: str, store: ItemStore
) -> None:
    for _ in range(4):
        store.create(Content("n", "\0" * 400_000))
    pages = list(_pages(store, 100))
    assert len(set(_ids(pages))) == len(_ids(pages)) == 4


def test_a_page_is_one_request(
    client: DynamoDBClient, direct_client: DirectClient, table_name: str, store: ItemStore
) -> None:
    _fill(client, table_name, 50)
    calls: list[object] = []

    def record(request: AWSPreparedRequest, **_: object) -> None:
        assert isinstance(request.body, bytes)
        calls.append(json.loads(request.body))

    emitters = [each.meta.events for each in (client, direct_client)]
    for events in emitters:
        events.register("before-send.dynamodb", record)
    try:
        store.page(20, None)
    finally:
        for events in emitters:
            events.unregister("before-send.dynamodb", record)
    assert calls == [{"TableName": table_name, "Limit": 21}]


class _Foreign(TableCalls):
    """A table with thousands of items of another program, whose keys no cursor can hold, before
    its only item."""

    def __init__(self, count: int, item: Item) -> None:
        self._keys = [f"order#{number}" for number in range(count)] + [item.id]
        self._item = item

    def scan(self, limit: int, after: str | None) -> tuple[list[dict[str, Any]], str | None]:
        begin = 0 if after is None else self._keys.index(after) + 1
        keys = self._keys[begin : begin + limit]
        found: list[dict[str, Any]] = [
            dict(self._item.as_attributes()) if key == self._item.id else {"id": {"S": key}}
            for key in keys
        ]
        return found, keys[-1] if begin + limit < len(self._keys) else None


@pytest.mark.parametrize("count", [19, 20, 21, 1021, 2022, 5000])
def test_thousands_of_foreign_items_in_a_row_do_not_end_a_listing(count: int) -> None:
    item = Item.new(str(uuid4()), Content("n"), None)
    page = read_page(_Foreign(count, item), 20, None)
    assert [each.id for each in page.items] == [item.id]
    assert page.next_after is None
    assert len(page.malformed) == count
