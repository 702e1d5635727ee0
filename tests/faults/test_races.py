"""A stage with several workers: they die, they get equal requests at once, they race to write."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from support import engines
from support.faults.catalogue import DELAYED, FAULTS, SLOW
from support.faults.stage import Answer, Client, FaultyStage, faulty_stage

T = TypeVar("T")

# With all of the data on a busy machine; in part, each takes seconds.
pytestmark = pytest.mark.timeout(400)

_QUICK = tuple(
    fault
    for name, fault in sorted(FAULTS.items())
    if name not in {each.name for each in (*SLOW, *DELAYED)}
)
_ERRORS = (500, 502, 503)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    names = engines.to_test(metafunc.config.getoption("--all"))
    metafunc.parametrize("stage", names, indirect=True, scope="module")


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest, everything: bool) -> Iterator[FaultyStage]:
    if request.param == "dynalite" and (lacking := engines.missing("dynalite")):
        pytest.skip(lacking)
    with (
        engines.start(request.param) as engine,
        faulty_stage(engine.endpoint_url, concurrency=4 if everything else 2) as stage,
    ):
        yield stage


@pytest.fixture
def client(stage: FaultyStage) -> Iterator[Client]:
    """Of a stage that has no items before and after."""
    with stage.client() as client:
        yield client
        stage.proxy.heal()
        for item in client.items():
            client.send("DELETE", f"/items/{item['id']}")


def _race(stage: FaultyStage, racers: int, act: Callable[[Client, int], T]) -> list[T]:
    """Runs it in as many threads, all let go at once."""
    barrier = threading.Barrier(racers)

    def run(number: int) -> T:
        with stage.client() as client:
            barrier.wait(30)
            return act(client, number)

    with ThreadPoolExecutor(racers) as pool:
        return list(pool.map(run, range(racers)))


_CHANGES: tuple[tuple[str, str, bool], ...] = (
    ("POST", "PutItem", True),
    ("PUT", "UpdateItem", True),
    ("DELETE", "DeleteItem", False),
)


@pytest.mark.parametrize("after", [True, False], ids=["after", "before"])
def test_a_change_whose_worker_dies_around_its_write_is_made_once(
    stage: FaultyStage, client: Client, everything: bool, after: bool
) -> None:
    """The client has a 502, and sends the request again: 25 times, in part once."""
    times = (25 if after else 9) if everything else (1 if after else 0)
    for number in range(times):
        method, call, has_key = _CHANGES[number % len(_CHANGES)]
        key = f"death {number} {uuid4()}" if has_key else None
        first = client.send("POST", "/items", {"name": "first"})
        path = "/items" if method == "POST" else f"/items/{first.json['id']}"
        body = None if method == "DELETE" else {"name": "changed"}
        tag = None if method == "POST" else first.etag
        before = set(stage.workers())
        stage.proxy.inject(stage.death(after=after), call)
        answers = [
            client.send(method, path, body, If_Match=tag, Idempotency_Key=key) for _ in range(2)
        ]
        assert [each.status for each in answers] == [
            502,
            {"POST": 201, "PUT": 200}.get(method, 204),
        ]
        assert len(before - set(stage.workers())) == 1
        left = client.items()
        if method == "POST":
            assert sorted(left, key=lambda each: each["name"]) == [answers[1].json, first.json]
        else:
            assert left == ([answers[1].json] if method == "PUT" else [])
        for item in left:
            client.send("DELETE", f"/items/{item['id']}")


def test_equal_requests_at_once_make_one_item(
    stage: FaultyStage, client: Client, everything: bool
) -> None:
    """100 with one key, in part 30: one item, and the same answer for all."""
    for _ in range(5 if everything else 1):
        key = str(uuid4())

        def create(client: Client, _: int, key: str = key) -> Answer:
            return client.send("POST", "/items", {"name": key}, Idempotency_Key=key)

        answers = _race(stage, 100 if everything else 30, create)
        assert {answer.status for answer in answers} == {201}
        assert len({answer.etag for answer in answers}) == 1
        item = answers[0].json
        assert all(answer.json == item for answer in answers)
        assert [each for each in client.items() if each["name"] == key] == [item]


def test_of_different_requests_with_one_key_exactly_one_wins(
    stage: FaultyStage, client: Client, everything: bool
) -> None:
    """Half of the clients send one body, half another: those of the loser have a conflict."""
    for _ in range(5 if everything else 1):
        key = str(uuid4())

        def create(client: Client, number: int, key: str = key) -> Answer:
            body = {"name": f"{key} {number % 2}"}
            return client.send("POST", "/items", body, Idempotency_Key=key)

        answers = _race(stage, 100 if everything else 10, create)
        statuses = [Counter(each.status for each in answers[half::2]) for half in (0, 1)]
        assert sorted(statuses, key=str) == [{201: len(answers) / 2}, {409: len(answers) / 2}]
        winner = next(each for each in answers if each.status == 201)
        assert all(each.json == winner.json for each in answers if each.status == 201)
        assert [each for each in client.items() if each["name"].startswith(key)] == [winner.json]


def test_equal_requests_at_once_make_one_item_behind_faults(
    stage: FaultyStage, client: Client, everything: bool
) -> None:
    """A fifth of the calls fails; each client sends its request until it has an answer."""
    for _ in range(3 if everything else 0):
        key = str(uuid4())
        stage.proxy.inject_at_random(_QUICK, 0.2)

        def create(client: Client, _: int, key: str = key) -> Answer:
            return _persistent(client, "POST", "/items", {"name": key}, Idempotency_Key=key)[0]

        answers = _race(stage, 100, create)
        stage.proxy.heal()
        assert [each for each in client.items() if each["name"] == key] == [answers[0].json]
        assert all(each == answers[0] for each in answers)


def _persistent(
    client: Client, method: str, path: str, body: object = None, **headers: str | None
) -> tuple[Answer, int]:
    """The first answer that is not an error, and how many errors there were before it."""
    errors = 0
    while (answer := client.send(method, path, body, **headers)).status in _ERRORS:
        errors += 1
        assert errors < 50, answer
    return answer, errors


@dataclass
class _Counter:
    """A number in an item that several writers increment. Its description lists the increments, so
    that one that is lost or made twice is seen."""

    path: str
    wins: list[str] = field(default_factory=list)
    """The tokens of the increments that were answered with a success."""
    found: list[str] = field(default_factory=list)
    """Those that were answered with an error, then with 412, and are in the item."""
    mismatches: int = 0
    used: list[str] = field(default_factory=list)
    """The entity tags that the successful writes depended on, and those that they made."""
    made: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def increment(self, client: Client, token: str, most_tries: int) -> None:
        for number in range(most_tries):
            read, _ = _persistent(client, "GET", self.path)
            assert read.status == 200
            body = {
                "name": str(int(read.json["name"]) + 1),
                "description": f"{read.json['description']},{token}",
            }
            answer, errors = _persistent(
                client,
                "PUT",
                self.path,
                body,
                If_Match=read.etag,
                Idempotency_Key=f"{token}.{number}",
            )
            with self.lock:
                if answer.status == 200:
                    assert answer.json["description"] == body["description"]
                    self.wins.append(token)
                    self.used.append(read.etag)
                    self.made.append(answer.etag)
                    return
                assert answer.status == 412, answer
                self.mismatches += 1
            is_there = token in self.tokens(_persistent(client, "GET", self.path)[0].json)
            # A 412 that no error came before says that nothing was written.
            assert errors or not is_there, token
            if is_there:
                with self.lock:
                    self.found.append(token)
                return

    @staticmethod
    def tokens(item: dict[str, Any]) -> list[str]:
        return list(item["description"].split(",")[1:])


@pytest.mark.parametrize("share", [0.0, 0.05], ids=["healthy", "faults"])
def test_no_increment_of_many_writers_is_lost_or_doubled(
    stage: FaultyStage, client: Client, everything: bool, share: float
) -> None:
    writers, increments, most_tries = (30, 2, 1000) if everything else (6, 1, 3)
    if share and not everything:
        share = 0.3
    made = client.send("POST", "/items", {"name": "0", "description": "increments"})
    counter = _Counter(f"/items/{made.json['id']}")
    stage.proxy.inject_at_random(_QUICK, share)

    def write(client: Client, number: int) -> None:
        for count in range(increments):
            counter.increment(client, f"{number}.{count}", most_tries)

    _race(stage, writers, write)
    stage.proxy.heal()
    final = client.send("GET", counter.path)
    tokens = counter.tokens(final.json)
    succeeded = counter.wins + counter.found
    assert sorted(tokens) == sorted(succeeded)
    assert len(tokens) == len(set(tokens)) == int(final.json["name"])
    assert not everything or len(tokens) == writers * increments
    assert len(set(counter.used)) == len(counter.used)
    assert len(set(counter.made)) == len(counter.made)
    assert share or not counter.found
    if not share:
        assert set(counter.used) == {made.etag, *counter.made} - {final.etag}
