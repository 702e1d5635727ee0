"""What the gateway no longer waits for is not started later; what runs goes on."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from openapi_first.stage.functions.endpoint import FunctionEndpoint
from openapi_first.stage.functions.pool import FunctionEnvironments
from openapi_first.stage.messages.invocation import (
    ClientGone,
    HungUp,
    TimeLimit,
    invoke,
    waiting_for_turn,
)
from openapi_first.stage.messages.invoker import InvocationResult
from openapi_first.stage.messages.turns import in_turn

GUARD = {
    "type": "apiKey",
    "name": "Authorization",
    "in": "header",
    "x-amazon-apigateway-authtype": "custom",
    "x-amazon-apigateway-authorizer": {
        "type": "token",
        "authorizerUri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
        "arn:aws:lambda:us-east-1:123456789012:function:guard/invocations",
    },
}

MakeInvoker = Callable[[list[bytes]], "Turns | Threads"]


class Turns:
    """One invocation at a time, in the event loop."""

    def __init__(self, ended: list[bytes]) -> None:
        self.ended, self.turn, self.started = ended, asyncio.Lock(), 0

    async def invoke(self, event: bytes) -> InvocationResult:
        with waiting_for_turn():
            await self.turn.acquire()
        try:
            self.started += 1
            await asyncio.sleep(float(json.loads(event)))
            self.ended.append(event)
            return InvocationResult(event)
        finally:
            self.turn.release()


class Threads:
    """One invocation at a time, in a thread."""

    def __init__(self, ended: list[bytes]) -> None:
        self.ended, self.threads, self.started = ended, ThreadPoolExecutor(1), 0

    async def invoke(self, event: bytes) -> InvocationResult:
        return InvocationResult(await in_turn(self.threads, self._run, event))

    def _run(self, event: bytes) -> bytes:
        self.started += 1
        time.sleep(float(json.loads(event)))
        self.ended.append(event)
        return event


@pytest.fixture(params=[Turns, Threads])
def make(request: pytest.FixtureRequest) -> MakeInvoker:
    made: MakeInvoker = request.param
    return made


def client_that_leaves(seconds: float) -> HungUp:
    loop = asyncio.get_running_loop()
    hung_up = loop.create_future()
    loop.call_later(seconds, hung_up.set_result, None)
    return hung_up


def test_one_that_waits_is_dropped_and_one_that_runs_goes_on(make: MakeInvoker) -> None:
    ended: list[bytes] = []

    async def run() -> None:
        function = make(ended)
        outcomes = await asyncio.gather(
            invoke(function, b"0.4", 0.1, None),
            invoke(function, b"0.01", 0.1, None),
            invoke(function, b"0.02", 5, client_that_leaves(0.01)),
            invoke(function, b"0.03", 5, client_that_leaves(60)),
            return_exceptions=True,
        )
        assert [type(each) for each in outcomes] == [
            TimeLimit, TimeLimit, ClientGone, InvocationResult
        ]  # fmt: skip
        assert [each.waited for each in outcomes if isinstance(each, TimeLimit)] == [False, True]
        assert function.started == 2

    asyncio.run(run())
    assert ended == [b"0.4", b"0.03"]


def test_one_that_runs_is_waited_for_whether_or_not_the_client_is_there(make: MakeInvoker) -> None:
    async def run() -> InvocationResult:
        return await invoke(make([]), b"0.1", None, client_that_leaves(0))

    assert asyncio.run(run()).payload == b"0.1"


# Fixtures of the stage's tests have no types.


def test_a_request_whose_client_has_its_answer_or_is_gone_does_not_run_later(
    run: Any, documents: Any, configure: Any, server: Any, tmp_path: Path
) -> None:
    document = documents.one(method="post")
    integration = document["paths"]["/items"]["post"]["x-amazon-apigateway-integration"]
    integration["timeoutInMillis"] = 400

    async def make() -> FunctionEnvironments:
        pool = FunctionEnvironments(configure("handlers.write"), concurrency=1)
        await pool.start()
        return pool

    def post(name: str, seconds: float) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=seconds)
        with contextlib.closing(connection), contextlib.suppress(TimeoutError):
            connection.request("POST", "/prod/items", str(tmp_path / name))
            with connection.getresponse() as response:
                return response.status
        return None

    def eventually(name: str) -> None:
        end = time.monotonic() + 10
        while not (tmp_path / name).exists():
            assert time.monotonic() < end, name
            time.sleep(0.01)

    pool = server.run(make())
    try:
        stage = run(document, invoker=pool)
        with ThreadPoolExecutor() as clients:
            first = clients.submit(post, "running", 10)
            eventually("running.started")
            queued, left = clients.submit(post, "queued", 10), clients.submit(post, "left", 0.05)
            assert [each.result() for each in (first, queued, left)] == [504, 504, None]
        (tmp_path / "go").touch()
        eventually("running.ended")
        assert post("next", 10) in (200, 504)
        eventually("next.ended")
        assert {path.stem for path in tmp_path.glob("*.started")} == {"running", "next"}
        reasons = [each.reason for each in stage.log if each.status in (499, 504)]
        assert sum("--concurrency" in each for each in reasons) == 1
        assert sum("closed the connection" in each for each in reasons) == 1
    finally:
        server.run(pool.stop())


@pytest.mark.fact("F3.1/11")
def test_an_authorizer_has_as_long_as_the_integration(
    run: Any, documents: Any, configure: Any, server: Any
) -> None:
    """As reported for AWS, it is no 504 then: the caller is not authorized."""
    operation = documents.proxy(security=[{"guard": []}])
    operation["x-amazon-apigateway-integration"]["timeoutInMillis"] = 100
    document = documents.api(
        {"/items": {"get": operation}}, components={"securitySchemes": {"guard": GUARD}}
    )
    stalled = socket.create_server(("127.0.0.1", 0))
    endpoint = FunctionEndpoint(f"http://127.0.0.1:{stalled.getsockname()[1]}")

    async def make() -> FunctionEnvironments:
        pool = FunctionEnvironments(configure("handlers.stall"))
        await pool.start()
        return pool

    pool = server.run(make())
    try:
        for guard in (pool, endpoint):
            stage = run(document, functions={"guard": guard})
            reply = stage.get("/prod/items", ("Authorization", "allow"))
            assert (reply.status, reply.body) == (500, b'{"message":null}')
            assert reply.one("x-amzn-ErrorType") == "AuthorizerConfigurationException"
            assert stage.log[0].answered_by == "AUTHORIZER_FAILURE"
            assert stage.log[0].milliseconds < 20_000
            assert stage.log[0].reason == "authorizer guard: no response within 0.1 seconds"
            assert stage.function.events == []
    finally:
        endpoint.close()
        stalled.close()
        server.run(pool.stop())
