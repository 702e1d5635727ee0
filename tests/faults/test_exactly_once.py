"""A client that sends its request again after an error has its change made once.

The fault meets two calls in a row: both attempts of botocore, or one attempt of two requests. Then
the client sends the same request until it succeeds, as the contract says for a 503.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import pytest

from items.records import Content, Item
from support import engines
from support.faults.catalogue import DELAYED, FAULTS, REFUSED, SLOW
from support.faults.function import Function, Reply, faulty_function

_MOST_TRIES = 4
_SLOW = {fault.name for fault in (*SLOW, *DELAYED)}
_QUICK = [name for name in FAULTS if name not in _SLOW]
_REFUSED = {fault.name for fault in REFUSED}
_NOT_SENT_AGAIN = {*_REFUSED, "TransactionConflictException"}
"""botocore makes one attempt."""
_ERRORS = (500, 503)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    names = engines.to_test(metafunc.config.getoption("--all"))
    metafunc.parametrize("function", names, indirect=True, scope="module")


@pytest.fixture(scope="module")
def function(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Function]:
    if request.param == "dynalite" and (lacking := engines.missing("dynalite")):
        pytest.skip(lacking)
    folder = tmp_path_factory.mktemp("function")
    with (
        engines.start(request.param) as engine,
        faulty_function(engine.endpoint_url, folder) as function,
    ):
        yield function


@dataclass(frozen=True)
class _Change:
    """A request that changes items, and the calls that make its change."""

    name: str
    method: str
    call: str
    is_conditional: bool = False
    has_key: bool = False

    def send(self, function: Function, item: Item, key: str, milliseconds: int) -> Reply:
        return function.send(
            self.method,
            None if self.method == "POST" else item.id,
            None if self.method == "DELETE" else {"name": f"changed {key}"},
            milliseconds=milliseconds,
            If_Match=f'"{item.version}"' if self.is_conditional else None,
            Idempotency_Key=key if self.has_key else None,
        )


_CHANGES = (
    _Change("create with key", "POST", "PutItem", has_key=True),
    _Change("update with key", "PUT", "UpdateItem", has_key=True),
    _Change("update with If-Match", "PUT", "UpdateItem", is_conditional=True),
    _Change("update with both", "PUT", "UpdateItem", is_conditional=True, has_key=True),
    _Change("delete with If-Match", "DELETE", "DeleteItem", is_conditional=True),
)


def _until_answered(
    function: Function, change: _Change, item: Item, key: str, milliseconds: int
) -> tuple[Reply, int]:
    """The first answer that is no error, and how many errors there were before it."""
    for errors in range(_MOST_TRIES):
        reply = change.send(function, item, key, milliseconds)
        if reply.status not in _ERRORS:
            return reply, errors
        assert reply.status == 500 or reply.headers["Retry-After"] in ("1", "2", "3")
    raise AssertionError(f"{change.name}: {_MOST_TRIES} errors in a row, the last {reply}")


def _is_made_once(
    function: Function, change: _Change, key: str, *, milliseconds: int = 25_000
) -> int:
    """Checks answers and table. The number of errors before the answer."""
    item = function.direct.create(Content("first"))
    others = {each.id for each in function.direct.page(100, None).items} - {item.id}
    reply, errors = _until_answered(function, change, item, key, milliseconds)
    function.proxy.heal()
    left = {
        each.id: each for each in function.direct.page(100, None).items if each.id not in others
    }
    if change.method == "DELETE":
        assert (reply.status, left) == (204, {})
    elif change.method == "POST":
        created = left.pop(reply.json["id"])
        assert (reply.status, left) == (201, {item.id: item})
        _shows(reply, created)
    else:
        assert list(left) == [item.id]
        assert left[item.id].content == Content(f"changed {key}")
        if reply.status != 412:
            assert reply.status == 200
            _shows(reply, left[item.id])
        else:
            # Its own change is the one that its precondition met: the contract says so.
            assert (errors > 0, change.has_key) == (True, False)
    if change.has_key:
        again = change.send(function, item, key, milliseconds)
        if change.is_conditional or change.method == "POST":
            assert (again.status, again.text, again.etag) == (reply.status, reply.text, reply.etag)
        assert len(function.direct.page(100, None).items) == len(others) + (
            2 if change.method == "POST" else 1
        )
    for each in function.direct.page(100, None).items:
        function.direct.delete(each.id)
    return errors


def _shows(reply: Reply, item: Item) -> None:
    assert (reply.json, reply.etag) == (item.as_json(), f'"{item.version}"')


def test_a_change_that_meets_a_fault_twice_and_is_sent_again_is_made_once(
    function: Function, everything: bool
) -> None:
    """Each quick fault with each change; in part, every tenth cell."""
    cells = [(name, change) for change in _CHANGES for name in sorted(_QUICK)]
    for number, (name, change) in enumerate(cells if everything else cells[::10]):
        function.proxy.inject(FAULTS[name], change.call, times=2)
        try:
            errors = _is_made_once(function, change, f"{name} {number}")
        except AssertionError as error:
            raise AssertionError(f"{change.name}, {name}: {error}") from error
        assert errors == (2 if name in _NOT_SENT_AGAIN else 1), (change.name, name)


@pytest.mark.parametrize("name", sorted(_SLOW))
def test_a_change_that_meets_a_slow_answer_twice_and_is_sent_again_is_made_once(
    function: Function, everything: bool, name: str
) -> None:
    """Each change; in part, one of them meets one slow answer once."""
    if not everything and name != "hang after the call":
        return
    function.proxy.heal()
    for change in _CHANGES if everything else _CHANGES[3:4]:
        function.proxy.inject(FAULTS[name], change.call, times=2 if everything else 1)
        # A request that has less time than DynamoDB takes; the late answers of others are in time.
        milliseconds = 25_000 if name.startswith("delay") else 2_500 if everything else 1_300
        _is_made_once(function, change, name, milliseconds=milliseconds)


def test_a_change_that_meets_any_faults_in_any_of_its_calls_is_made_once(
    function: Function, everything: bool
) -> None:
    """Every second call meets one of the faults, the reads that find out who wrote, too."""
    faults = tuple(FAULTS[name] for name in sorted(_QUICK) if name not in _REFUSED)
    choice = Random(7)
    for number in range(400 if everything else 12):
        change = choice.choice(_CHANGES)
        function.proxy.inject_at_random(faults, 0.5)
        errors = 0
        item = function.direct.create(Content("first"))
        for _ in range(60):
            reply = change.send(function, item, f"key {number}", 25_000)
            if reply.status not in _ERRORS:
                break
            errors += 1
        function.proxy.heal()
        left = [each for each in function.direct.page(100, None).items if each.id != item.id]
        own = [each for each in function.direct.page(100, None).items if each.id == item.id]
        if change.method == "POST":
            assert (reply.status, len(left), len(own)) == (201, 1, 1), change
            _shows(reply, left[0])
        elif change.method == "DELETE":
            assert (reply.status, left, own) == (204, [], [])
        else:
            assert (left, own[0].content) == ([], Content(f"changed key {number}"))
            assert reply.status == 200 or (reply.status == 412 and errors and not change.has_key)
        for each in (*left, *own):
            function.direct.delete(each.id)
