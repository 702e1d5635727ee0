"""No answer of DynamoDB, however slow, holds a request beyond its deadline."""

from __future__ import annotations

import io
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from items import connection, operations
from items.settings import CLIENTS
from items.store import ItemStore
from openapi_first.runtime import lambda_handler
from support.compiled import Handler, compiled_module, event

ROOT = Path(__file__).parents[2]
ID = "5f0c6a0e-6d6f-4d9c-9d54-3f1f4ce9c1a7"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n"
EMPTY = json.dumps(
    {
        "Items": [],
        "Count": 0,
        "ScannedCount": 0,
        "ConsumedCapacity": {"TableName": "items", "CapacityUnits": 0.5},
    }
).encode()
THROTTLED = json.dumps({"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException"}).encode()


class DynamoDB(socketserver.ThreadingTCPServer):
    """Answers every request with `script`: bytes to send, and seconds to wait for between."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.script: list[bytes | float] = []
        self.requests = 0


class _Answer(socketserver.StreamRequestHandler):
    server: DynamoDB

    def handle(self) -> None:
        while line := self.rfile.readline():
            length = 0
            while line not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
                line = self.rfile.readline()
            self.rfile.read(length)
            self.server.requests += 1
            try:
                for step in self.server.script:
                    if isinstance(step, bytes):
                        self.wfile.write(step)
                    else:
                        time.sleep(step)
            except OSError:
                return


def whole(body: bytes, status: bytes = b"200 OK") -> bytes:
    head = HEAD.replace(b"200 OK", status)
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def drip(text: bytes) -> list[bytes | float]:
    return [step for byte in text for step in (bytes([byte]), 0.1)]


class Context:
    aws_request_id = "lambda-id"

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int((self._end - time.monotonic()) * 1000)


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[DynamoDB]:
    with DynamoDB() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return compiled_module(tmp_path_factory.mktemp("items"), (ROOT / "openapi.yaml").read_text())


LOG = io.StringIO()


@pytest.fixture(params=CLIENTS)
def handler(
    request: pytest.FixtureRequest,
    dynamodb: DynamoDB,
    compiled: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Handler]:
    host, port = dynamodb.server_address[:2]
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://{host!s}:{port}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    client = connection.client(request.param)
    monkeypatch.setattr(operations, "store", lambda: ItemStore(client, "items"))
    dynamodb.requests = 0
    LOG.seek(0)
    LOG.truncate()
    yield lambda_handler(compiled, operations, logger=Logger(service="deadline", stream=LOG))
    client.close()


SLOW: dict[str, list[bytes | float]] = {
    "the head drips": drip(HEAD * 3),
    "the body drips": [HEAD + b"Content-Length: 90\r\n\r\n", *drip(b"{" + b" " * 89)],
    "a chunked body drips": [
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
        *drip(b"1\r\n{\r\n" * 20),
    ],
    "nothing arrives": [3.0],
}
_TRIES = 3
"""A busy machine may stop the test for a moment, and then the time is not the service's."""
CALLS = {
    "get": event(resource="/items/{id}", path={"id": ID}),
    "list": event(resource="/items"),
    "delete": event(method="DELETE", resource="/items/{id}", path={"id": ID}),
}


@pytest.mark.parametrize(
    ("fault", "call"),
    [
        ("the head drips", "get"),
        ("the body drips", "list"),
        ("a chunked body drips", "get"),
        ("nothing arrives", "delete"),
    ],
)
def test_a_slow_answer_is_a_503_before_lambda_ends_the_call(
    handler: Handler, dynamodb: DynamoDB, fault: str, call: str
) -> None:
    dynamodb.script = SLOW[fault]
    for _ in range(_TRIES):
        dynamodb.requests = 0
        LOG.seek(0)
        LOG.truncate()
        started = time.monotonic()
        answer = handler(CALLS[call], Context(1.3))
        took = time.monotonic() - started
        if took < 1.3 and dynamodb.requests == 1:
            break
    assert took < 1.3
    assert answer["statusCode"] == 503, answer
    assert answer["multiValueHeaders"]["Retry-After"][0] in ("1", "2", "3")
    assert dynamodb.requests == 1
    error, served = [json.loads(line) for line in LOG.getvalue().splitlines()]
    assert "the time of the request is over" in error["exception"]
    assert (served["operation"], served["status"]) == (error["operation"], 503)
    # The next request is served, on a new connection.
    dynamodb.script = [whole(EMPTY)]
    assert handler(CALLS["list"], Context(5))["statusCode"] == 200


def test_no_call_begins_without_time_for_it(handler: Handler, dynamodb: DynamoDB) -> None:
    assert handler(CALLS["get"], Context(0.9))["statusCode"] == 503
    assert dynamodb.requests == 0


def test_retries_and_throttles_are_counted_and_end_at_the_deadline(
    handler: Handler, dynamodb: DynamoDB
) -> None:
    dynamodb.script = [whole(THROTTLED, b"400 Bad Request")]
    for seconds, counts in (
        (8, {"DynamoDBThrottles": 2, "DynamoDBRetries": 1}),
        (2, {"DynamoDBThrottles": 1}),
    ):
        assert handler(CALLS["get"], Context(seconds))["statusCode"] == 503
        assert json.loads(LOG.getvalue().splitlines()[-1])["counts"] == counts


def test_outside_a_request_calls_have_the_clients_timeouts(
    handler: Handler, dynamodb: DynamoDB
) -> None:
    dynamodb.script = [HEAD + b"Content-Length: %d\r\n\r\n" % len(EMPTY), 0.2, EMPTY]
    assert operations.store().page(1, None).items == ()
