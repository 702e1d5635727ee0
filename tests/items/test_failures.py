"""A database that is away, slow or busy is told from one that refuses, and told soon."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from items import connection, failures
from items.idempotency import once
from items.records import Content, Item
from items.scans import Page
from items.settings import CLIENTS
from items.store import ItemStore
from items.versions import Expected

_ID = "5f0c6a0e-6d6f-4d9c-9d54-3f1f4ce9c1a7"
_VERSION = "0" * 32
_MOMENT = "2026-11-24T09:30:00.000000Z"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture(params=CLIENTS)
def store_at(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[int], ItemStore]]:
    """The store with the very client the function has, at a port of this machine."""
    clients = []

    def make(port: int) -> ItemStore:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{port}")
        clients.append(connection.client(request.param))
        return ItemStore(clients[-1], "items")

    yield make
    for client in clients:
        client.close()


@contextmanager
def _answers(*answers: tuple[int, dict[str, Any]] | None) -> Iterator[tuple[int, list[str]]]:
    """A DynamoDB that gives these answers in turn; None closes the connection without one.

    Yields its port and the operations it was asked for.
    """
    asked: list[str] = []
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(self.headers["X-Amz-Target"].rpartition(".")[2])
            answer = left.pop(0)
            if answer is None:
                self.close_connection = True
                return
            content = answer[1]
            if answer[0] == 200:
                content = {**content, "ConsumedCapacity": {"TableName": "items"}}
            body = json.dumps(content).encode()
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1], asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert not left


def _refusal(code: str, message: str = "", status: int = 400) -> tuple[int, dict[str, Any]]:
    return status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message}


_CONDITION_FAILED = _refusal("ConditionalCheckFailedException", "The conditional request failed")


def test_an_unreachable_database_is_unavailable_at_once(
    store_at: Callable[[int], ItemStore],
) -> None:
    with socket.socket() as taken:
        # Bound and not listening: connections are refused, and nobody else gets the port.
        taken.bind(("127.0.0.1", 0))
        store = store_at(taken.getsockname()[1])
        started = time.monotonic()
        for act in (
            lambda: store.get(_ID),
            lambda: store.page(20, None),
            lambda: store.create(Content("name")),
            lambda: store.replace(_ID, Content("name")),
            lambda: store.delete(_ID),
        ):
            with pytest.raises(failures.StoreUnavailable):
                act()
        assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ProvisionedThroughputExceededException", 400),
        ("ThrottlingException", 400),
        ("RequestLimitExceeded", 400),
        ("InternalServerError", 500),
        ("ServiceUnavailable", 503),
    ],
)
def test_a_busy_database_is_asked_again_and_then_unavailable(
    store_at: Callable[[int], ItemStore], code: str, status: int
) -> None:
    refusal = _refusal(code, "busy", status)
    with _answers(refusal, refusal) as (port, asked), pytest.raises(failures.StoreUnavailable):
        store_at(port).get(_ID)
    assert asked == ["GetItem"] * 2


def test_a_refusal_that_is_not_about_size_stays_what_it_is(
    store_at: Callable[[int], ItemStore],
) -> None:
    with _answers(_refusal("ValidationException", "ExpressionAttributeNames unused")) as (port, _):
        store = store_at(port)
        with pytest.raises(Exception, match="unused") as raised:
            store.delete(_ID)
    assert not isinstance(raised.value, failures.StoreError)


def test_a_create_whose_answer_was_lost_is_not_a_conflict(
    store_at: Callable[[int], ItemStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """botocore sends it again, and the condition fails on our own item."""
    monkeypatch.setattr("items.records.new_version", lambda: _VERSION)
    stored = Item(_ID, Content("name"), _MOMENT, _MOMENT, _VERSION).as_attributes()
    with _answers(None, _CONDITION_FAILED, (200, {"Item": stored})) as (port, asked):
        assert store_at(port).create(Content("name")).version == _VERSION
    assert asked == ["PutItem", "PutItem", "GetItem"]


def test_a_replace_whose_answer_was_lost_is_not_a_mismatch(
    store_at: Callable[[int], ItemStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("items.store.new_version", lambda: _VERSION)
    stored = Item(_ID, Content("name"), _MOMENT, _MOMENT, _VERSION).as_attributes()
    with _answers(None, _CONDITION_FAILED, (200, {"Item": stored})) as (port, _):
        expected = Expected(frozenset({"f" * 32}))
        assert store_at(port).replace(_ID, Content("name"), expected).version == _VERSION


def test_a_delete_whose_answer_was_lost_is_a_success(
    store_at: Callable[[int], ItemStore],
) -> None:
    with _answers(None, _CONDITION_FAILED, (200, {})) as (port, asked):
        store_at(port).delete(_ID, Expected(frozenset({_VERSION})))
    assert asked == ["DeleteItem", "DeleteItem", "GetItem"]


def test_an_item_that_keeps_vanishing_ends_in_unavailable(
    store_at: Callable[[int], ItemStore],
) -> None:
    content = Content("name")
    vanishing = [_CONDITION_FAILED, (200, {})] * 3
    with _answers(*vanishing) as (port, asked), pytest.raises(failures.StoreUnavailable):
        store_at(port).create(content, once("key", "k", content))
    assert asked == ["PutItem", "GetItem"] * 3


def test_an_item_that_vanished_once_is_created_anew(
    store_at: Callable[[int], ItemStore],
) -> None:
    content = Content("name")
    with _answers(_CONDITION_FAILED, (200, {}), (200, {})) as (port, _):
        assert store_at(port).create(content, once("key", "k", content)).content == content


def test_a_page_is_not_empty_after_a_few_scans_without_an_item(
    store_at: Callable[[int], ItemStore],
) -> None:
    """DynamoDB may find nothing and yet not be at the end."""
    more = (200, {"Items": [], "Count": 0, "LastEvaluatedKey": {"id": {"S": _ID}}})
    item = Item(_ID, Content("name"), _MOMENT, _MOMENT, _VERSION)
    found = (200, {"Items": [item.as_attributes()], "Count": 1})
    with _answers(more, more, found) as (port, asked):
        assert store_at(port).page(20, None) == Page((item,), None)
    assert asked == ["Scan"] * 3
    with _answers(more, more, more) as (port, asked):
        assert store_at(port).page(20, None) == Page((), _ID)
    nowhere = (200, {"Items": [], "Count": 0, "LastEvaluatedKey": {"id": {"S": "no UUID"}}})
    with _answers(*[nowhere] * 3) as (port, asked), pytest.raises(failures.StoreUnavailable):
        store_at(port).page(20, None)


def test_a_create_without_a_key_is_never_refused_for_a_key(
    store_at: Callable[[int], ItemStore],
) -> None:
    """Its answer is lost, and another client changes the item before botocore sends it again."""
    changed = Item(_ID, Content("changed"), _MOMENT, _MOMENT, "f" * 32)
    found = (200, {"Item": changed.as_attributes()})
    with _answers(None, _CONDITION_FAILED, found) as (port, _):
        assert store_at(port).create(Content("name")) == changed
