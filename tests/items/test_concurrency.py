"""What holds when requests race: DynamoDB's conditions decide, and decide once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from items import failures
from items.idempotency import once
from items.records import Content, Item
from items.store import ItemStore
from items.versions import Expected

T = TypeVar("T")

_RACERS = 16


def _race(act: Callable[[int], T]) -> list[T]:
    """Run it in as many threads, all let go at once."""
    barrier = Barrier(_RACERS)

    def run(number: int) -> T:
        barrier.wait(timeout=30)
        return act(number)

    with ThreadPoolExecutor(_RACERS) as pool:
        return list(pool.map(run, range(_RACERS)))


def test_racing_creates_with_one_key_store_one_item(store: ItemStore) -> None:
    content = Content("name", "description")
    created = _race(lambda _: store.create(content, once("key", "k", content)))
    assert len(set(created)) == 1
    assert list(store.page(100, None).items) == created[:1]


def test_racing_creates_with_one_key_and_other_bodies_store_one_item(store: ItemStore) -> None:
    def create(number: int) -> Item | None:
        content = Content(f"name {number}")
        try:
            return store.create(content, once("key", "k", content))
        except failures.IdempotencyConflict:
            return None

    winners = [item for item in _race(create) if item is not None]
    assert len(winners) == 1
    assert list(store.page(100, None).items) == winners


def test_of_racing_writes_with_one_version_exactly_one_wins(store: ItemStore) -> None:
    created = store.create(Content("name"))
    expected = Expected(frozenset({created.version}))

    def replace(number: int) -> Item | None:
        try:
            return store.replace(created.id, Content(f"name {number}"), expected)
        except failures.VersionMismatch:
            return None

    winners = [item for item in _race(replace) if item is not None]
    assert len(winners) == 1
    assert store.get(created.id) == winners[0]


def test_a_write_and_a_delete_of_one_version_never_both_succeed(store: ItemStore) -> None:
    """Several deletes may: what is gone has been deleted."""
    created = store.create(Content("name"))
    expected = Expected(frozenset({created.version}))

    def act(number: int) -> str | None:
        try:
            if number % 2:
                store.replace(created.id, Content("other"), expected)
                return "replaced"
            store.delete(created.id, expected)
        except (failures.VersionMismatch, failures.ItemNotFound):
            return None
        return "deleted"

    done = [each for each in _race(act) if each is not None]
    assert done == ["replaced"] or set(done) == {"deleted"}


def test_a_key_raced_by_creates_and_deletes_is_never_refused_nor_doubled(store: ItemStore) -> None:
    content = Content("name")
    key = once("key", "k", content)

    def act(number: int) -> None:
        for _ in range(5):
            if number % 4 == 0:
                store.delete(key.id)
                continue
            try:
                assert store.create(content, key).id == key.id
            except failures.StoreUnavailable:
                # Allowed: each of its few rounds met a delete, and 503 asks to try again.
                # test_failures.py holds how many rounds there are, which no race can.
                continue

    _race(act)
    assert {item.id for item in store.page(100, None).items} <= {key.id}
    assert store.create(content, key).id == key.id
