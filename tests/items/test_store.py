"""What the store promises, on each engine."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from items import failures
from items.idempotency import once
from items.records import Content, Item
from items.store import ItemStore
from items.versions import Expected

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_STALE = Expected(frozenset({"0" * 32}))


def _all(store: ItemStore) -> list[Item]:
    return list(store.page(100, None).items)


def test_what_is_created_is_read_back(store: ItemStore) -> None:
    created = store.create(Content("name", "description"))
    assert store.get(created.id) == created
    assert _all(store) == [created]


def test_no_item_is_not_found(store: ItemStore) -> None:
    with pytest.raises(failures.ItemNotFound):
        store.get(str(uuid4()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=255), st.none() | st.text())
def test_any_text_survives_create_and_replace(
    store: ItemStore, name: str, description: str | None
) -> None:
    # One table for all examples: each looks only at the item it made.
    content = Content(name, description)
    created = store.create(content)
    assert store.get(created.id).content == content
    other = store.create(Content("other", "other"))
    assert store.replace(other.id, content).content == content
    assert store.get(other.id).content == content


@pytest.mark.parametrize("text", ["\0", "", "\U0001f600", "e\u0301", "\ufeff", "\u2028", "\uffff"])
def test_texts_known_for_trouble_survive(store: ItemStore, text: str) -> None:
    created = store.create(Content(f"a{text}", text))
    assert store.get(created.id) == created
    assert _all(store) == [created]


def test_replacing_keeps_when_it_was_created(store: ItemStore) -> None:
    created = store.create(Content("before", "old"))
    replaced = store.replace(created.id, Content("after", "new"))
    assert replaced.content == Content("after", "new")
    assert replaced.created_at == created.created_at
    assert replaced.updated_at > created.updated_at
    assert replaced.version != created.version
    assert store.get(created.id) == replaced


def test_replacing_without_a_description_removes_it(store: ItemStore) -> None:
    created = store.create(Content("name", "description"))
    store.replace(created.id, Content("name"))
    assert store.get(created.id).content == Content("name")


def test_replacing_an_unknown_item_creates_nothing(store: ItemStore) -> None:
    for expected in (None, Expected(None), _STALE, Expected(frozenset())):
        with pytest.raises(failures.ItemNotFound):
            store.replace(str(uuid4()), Content("name"), expected)
    assert _all(store) == []


@pytest.mark.parametrize("versions", [{"0" * 32}, set(), {"not a version"}, {""}])
def test_a_stale_write_changes_nothing(store: ItemStore, versions: set[str]) -> None:
    created = store.create(Content("name", "description"))
    expected = Expected(frozenset(versions))
    with pytest.raises(failures.VersionMismatch):
        store.replace(created.id, Content("other"), expected)
    with pytest.raises(failures.VersionMismatch):
        store.delete(created.id, expected)
    assert store.get(created.id) == created


@pytest.mark.parametrize("others", [0, 1, 99, 100, 250])
def test_a_write_goes_on_when_one_of_the_versions_is_current(store: ItemStore, others: int) -> None:
    """DynamoDB's IN takes 100 operands; a header may hold more tags."""
    stale = {f"{number:032x}" for number in range(others)}
    created = store.create(Content("name"))
    replaced = store.replace(
        created.id, Content("other"), Expected(frozenset(stale | {created.version}))
    )
    store.delete(created.id, Expected(frozenset(stale | {replaced.version})))
    assert _all(store) == []


def test_a_write_with_a_key_is_a_success_again_until_another_one_follows(store: ItemStore) -> None:
    created = store.create(Content("1"))
    expected = Expected(frozenset({created.version}))
    replaced = store.replace(created.id, Content("2"), expected, "mine")
    assert store.replace(created.id, Content("2"), expected, "mine") == replaced
    for other in ("theirs", None):
        with pytest.raises(failures.VersionMismatch):
            store.replace(created.id, Content("2"), expected, other)
    following = store.replace(created.id, Content("2"), Expected(frozenset({replaced.version})))
    with pytest.raises(failures.VersionMismatch):
        store.replace(created.id, Content("2"), expected, "mine")
    assert store.get(created.id) == following


def test_any_version_will_do_when_the_item_just_has_to_exist(store: ItemStore) -> None:
    created = store.create(Content("name"))
    store.replace(created.id, Content("other"), Expected(None))
    store.delete(created.id, Expected(None))
    assert _all(store) == []


def test_deleting_again_is_no_error(store: ItemStore) -> None:
    created = store.create(Content("name"))
    store.delete(created.id)
    store.delete(created.id)
    assert _all(store) == []


@pytest.mark.parametrize("expected", [Expected(None), _STALE, Expected(frozenset())])
def test_deleting_what_was_expected_and_is_gone_is_no_error(
    store: ItemStore, expected: Expected
) -> None:
    """RFC 9110 §13.1.1: the change appears to have been applied already."""
    store.delete(str(uuid4()), expected)


def test_the_same_request_with_the_same_key_makes_one_item(store: ItemStore) -> None:
    content = Content("name", "description")
    first = store.create(content, once("key", "k", content))
    assert store.create(content, once("key", "k", content)) == first
    assert _all(store) == [first]


def test_a_replay_answers_with_the_item_as_it_is_now(store: ItemStore) -> None:
    content = Content("name")
    first = store.create(content, once("key", "k", content))
    replaced = store.replace(first.id, Content("other"))
    assert store.create(content, once("key", "k", content)) == replaced


def test_another_request_with_the_same_key_is_a_conflict(store: ItemStore) -> None:
    content, other = Content("name"), Content("name", "")
    first = store.create(content, once("key", "k", content))
    with pytest.raises(failures.IdempotencyConflict):
        store.create(other, once("key", "k", other))
    assert _all(store) == [first]


def test_another_api_key_may_use_the_same_key(store: ItemStore) -> None:
    content = Content("name")
    first = store.create(content, once("one", "k", content))
    assert store.create(content, once("other", "k", content)).id != first.id


def test_after_a_delete_the_key_creates_anew(store: ItemStore) -> None:
    content, other = Content("name"), Content("other")
    first = store.create(content, once("key", "k", content))
    store.delete(first.id)
    second = store.create(other, once("key", "k", other))
    assert (second.id, second.content) == (first.id, other)
    assert second.version != first.version


def test_an_item_of_about_400_kb_is_stored_and_a_larger_one_refused(store: ItemStore) -> None:
    large = Content("name", "a" * 400_000)
    created = store.create(large)
    assert store.get(created.id).content == large
    for size in (409_500, 409_600, 1_000_000, 6_000_000):
        with pytest.raises(failures.ItemTooLarge):
            store.create(Content("name", "a" * size))
        with pytest.raises(failures.ItemTooLarge):
            store.replace(created.id, Content("name", "a" * size))
    assert store.get(created.id) == created


def test_a_missing_table_is_not_taken_for_a_missing_item(client: DynamoDBClient) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        ItemStore(client, "no-such-table").get(str(uuid4()))
