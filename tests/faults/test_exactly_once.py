"""A client that sends its request again after an error has its change made once.

The fault meets two calls in a row: both attempts of botocore, or one attempt of two requests. Then
the client sends the same request until it succeeds, as the contract says for a 503.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from random import Random

import pytest

from items.records import Content, Item
from items.settings import BOTO3, CLIENTS
from support import engines
from support.faults.catalogue import DELAYED, FAULTS, REFUSED, SLOW, UNUSUAL
from support.faults.function import Function, Reply, faulty_function
from support.faults.proxy import Fault

# With all of the data on a busy machine; in part, each takes seconds.
pytestmark = pytest.mark.timeout(400)

_MOST_TRIES = 4
_SLOW = {fault.name for fault in (*SLOW, *DELAYED)}
_QUICK = [name for name in FAULTS if name not in _SLOW]
_REFUSED = {fault.name for fault in REFUSED}
_UNUSUAL = {fault.name for fault in UNUSUAL}
_NOT_SENT_AGAIN = {*_REFUSED, "TransactionConflictException"}
"""botocore makes one attempt."""
_ERRORS = (500, 503)
_ENOUGH = 25_000
"""Milliseconds."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    everything = metafunc.config.getoption("--all")
    kinds = CLIENTS if everything else (BOTO3,)
    functions = list(product(engines.to_test(everything), kinds))
    ids = ["-".join(each) for each in functions]
    metafunc.parametrize("function", functions, indirect=True, scope="module", ids=ids)


@pytest.fixture(scope="module")
def function(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Function]:
    name, kind = request.param
    if name == "dynalite" and (lacking := engines.missing("dynalite")):
        pytest.skip(lacking)
    folder = tmp_path_factory.mktemp("function")
    with (
        engines.start(name) as engine,
        faulty_function(engine.endpoint_url, folder, kind=kind) as function,
    ):
        yield function


@pytest.fixture(autouse=True)
def empty(function: Function) -> Iterator[None]:
    """Leaves no item and no fault to the next test."""
    yield
    function.proxy.heal()
    for id in _items(function):
        function.direct.delete(id)


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
    function: Function, change: _Change, item: Item, key: str, limits: tuple[int, ...]
) -> tuple[Reply, int]:
    """The first answer that is not an error, and the number of errors before it. `limits` are the
    milliseconds that the first requests have."""
    for errors in range(_MOST_TRIES):
        limit = limits[errors] if errors < len(limits) else _ENOUGH
        reply = change.send(function, item, key, limit)
        if reply.status not in _ERRORS:
            return reply, errors
        assert reply.status == 500 or reply.headers["Retry-After"] in ("1", "2", "3")
    raise AssertionError(f"{change.name}: {_MOST_TRIES} errors in a row, the last {reply}")


def _is_made_once(
    function: Function, change: _Change, fault: Fault, times: int, limits: tuple[int, ...] = ()
) -> int:
    """Checks answers and table; the number of errors before the answer. The table is empty."""
    item, key = function.direct.create(Content("first")), f"{fault.name} {times}"
    function.proxy.inject(fault, change.call, times=times)
    reply, errors = _until_answered(function, change, item, key, limits)
    function.proxy.heal()
    left = _items(function)
    if change.method == "DELETE":
        assert (reply.status, left) == (204, {})
    elif change.method == "POST":
        created = left.pop(reply.json["id"])
        assert (reply.status, left) == (201, {item.id: item})
        _shows(reply, created)
    else:
        assert (list(left), left[item.id].content) == ([item.id], Content(f"changed {key}"))
        if errors and fault.writes and change.is_conditional and not change.has_key:
            # Nothing says that it was this client's write: the contract announces it.
            assert reply.status == 412
        else:
            assert reply.status == 200
            _shows(reply, left[item.id])
    if change.has_key and (change.is_conditional or change.method == "POST"):
        again = change.send(function, item, key, _ENOUGH)
        assert (again.status, again.text, again.etag) == (reply.status, reply.text, reply.etag)
        assert len(_items(function)) == 1 + (change.method == "POST")
    for id in _items(function):
        function.direct.delete(id)
    return errors


def _items(function: Function) -> dict[str, Item]:
    return {item.id: item for item in function.direct.page(100, None).items}


def _shows(reply: Reply, item: Item) -> None:
    assert (reply.json, reply.etag) == (item.as_json(), f'"{item.version}"')


def test_a_change_that_meets_a_fault_twice_and_is_sent_again_is_made_once(
    function: Function, everything: bool
) -> None:
    """Each quick fault with each change; in part, every fortieth cell."""
    cells = [(name, change) for change in _CHANGES for name in sorted(_QUICK)]
    for name, change in cells if everything else cells[::40]:
        try:
            errors = _is_made_once(function, change, FAULTS[name], 2)
        except AssertionError as error:
            raise AssertionError(f"{change.name}, {name}: {error}") from error
        expected = 0 if name in _UNUSUAL else 2 if name in _NOT_SENT_AGAIN else 1
        assert errors == expected, (change.name, name)


def test_a_change_that_meets_a_slow_answer_twice_and_is_sent_again_is_made_once(
    function: Function, everything: bool
) -> None:
    """Each slow answer with each change; in part, one change meets one slow answer once."""
    cells = [(name, change) for name in sorted(_SLOW) for change in _CHANGES]
    for name, change in cells if everything else [("hang after the call", _CHANGES[3])]:
        # Less time than DynamoDB takes, except for the delayed answers, which come in time.
        limits = (2_500, 2_500) if everything else (1_300,)
        is_delayed = FAULTS[name] in DELAYED
        _is_made_once(function, change, FAULTS[name], len(limits), () if is_delayed else limits)


def test_a_change_that_meets_any_faults_in_any_of_its_calls_is_made_once(
    function: Function, everything: bool
) -> None:
    """Every second call meets one of the faults, the reads that find out who wrote, too."""
    faults = tuple(FAULTS[name] for name in sorted(_QUICK) if name not in _REFUSED)
    choice = Random(7)
    for number in range(150 if everything else 4):
        change = choice.choice(_CHANGES)
        function.proxy.inject_at_random(faults, 0.5)
        errors = 0
        item = function.direct.create(Content("first"))
        for _ in range(60):
            reply = change.send(function, item, f"key {number}", _ENOUGH)
            if reply.status not in _ERRORS:
                break
            errors += 1
        function.proxy.heal()
        table = _items(function)
        own = [table.pop(item.id)] if item.id in table else []
        left = list(table.values())
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
