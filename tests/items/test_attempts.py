"""A change that was perhaps made is never denied."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from items import failures
from items.records import Content, Item
from items.settings import CLIENTS
from items.versions import Expected
from support import engines
from support.faults.catalogue import FAULTS
from support.faults.function import FaultyStore, faulty_store
from support.faults.proxy import Call, Fault

_STALE = Expected(frozenset({"0" * 32}))


@pytest.fixture(scope="module", params=CLIENTS)
def faulty(request: pytest.FixtureRequest, engine: engines.Engine) -> Iterator[FaultyStore]:
    with faulty_store(engine.endpoint_url, kind=request.param) as faulty:
        yield faulty


def _at(item: Item) -> Expected:
    return Expected(frozenset({item.version}))


def _lost_answer(faulty: FaultyStore) -> Fault:
    """DynamoDB acts, another client changes the item that it reads then, and the answer is lost."""

    def act(call: Call) -> None:
        call.forward()
        (item,) = faulty.direct.page(100, None).items
        faulty.direct.replace(item.id, Content("of another"), _at(item))
        call.reset()

    return Fault("reset after the call and another change", act, writes=True)


def test_a_write_that_was_made_and_then_replaced_by_another_is_no_mismatch(
    faulty: FaultyStore,
) -> None:
    """Its client would read "not made" and make it again."""
    item = faulty.direct.create(Content("first"))
    faulty.proxy.inject(_lost_answer(faulty), "UpdateItem")
    with pytest.raises(failures.StoreUnavailable, match="may have succeeded"):
        faulty.store.replace(item.id, Content("own"), _at(item), "hash")
    assert faulty.direct.get(item.id).content == Content("of another")
    with pytest.raises(failures.VersionMismatch):
        faulty.store.replace(item.id, Content("own"), _at(item), "hash")
    faulty.direct.delete(item.id)


@pytest.mark.parametrize(
    ("fault", "may_have_written"),
    [
        ("reset after the call", True),
        ("500 after the call", True),
        ("empty", True),
        ("HTML 502", True),
        ("ThrottlingException", False),
        ("ProvisionedThroughputExceededException", False),
    ],
)
def test_a_stale_write_behind_a_fault_is_a_mismatch_once_that_is_certain(
    faulty: FaultyStore, fault: str, may_have_written: bool
) -> None:
    item = faulty.direct.create(Content("name"))
    first = failures.StoreUnavailable if may_have_written else failures.VersionMismatch
    faulty.proxy.inject(FAULTS[fault], "UpdateItem")
    for error in (first, failures.VersionMismatch):
        with pytest.raises(error):
            faulty.store.replace(item.id, Content("other"), _STALE)
    faulty.proxy.inject(FAULTS[fault], "DeleteItem")
    for error in (first, failures.VersionMismatch):
        with pytest.raises(error):
            faulty.store.delete(item.id, _STALE)
    assert faulty.direct.get(item.id) == item
    faulty.direct.delete(item.id)
