"""Responses of functions that stream."""

import asyncio
import http.client
import json

import pytest

from openapi_first.stage.messages.invoker import (
    FunctionFailed,
    FunctionThrottled,
    InvocationResult,
    InvokerError,
)

URI = (
    "arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/"
    "arn:aws:lambda:us-east-1:123456789012:function:f/response-streaming-invocations"
)
NULS = bytes(8)


class Streaming:
    """A function that streams parts; a callable among them is called, and awaited."""

    def __init__(self, *parts):
        self.parts = parts
        self.events = []
        self.closed = False

    async def invoke(self, event):
        raise AssertionError("it streams")

    async def stream(self, event):
        self.events.append(json.loads(event))
        try:
            for part in self.parts:
                if isinstance(part, Exception):
                    raise part
                if callable(part):
                    await part()
                else:
                    yield part
        finally:
            self.closed = True


@pytest.fixture
def streaming(run, documents):
    def start(function, **integration):
        operation = documents.proxy(
            **{
                "x-amazon-apigateway-integration": {
                    "type": "aws_proxy",
                    "httpMethod": "POST",
                    "uri": URI,
                    "responseTransferMode": "STREAM",
                    **integration,
                }
            }
        )
        document = documents.api({"/items": {"get": operation}})
        document["x-amazon-apigateway-minimum-compression-size"] = 0
        return run(document, invoker=function)

    return start


def head(**members):
    return json.dumps(members).encode() + NULS


@pytest.mark.fact("F11/4")
def test_metadata_comes_before_the_payload(streaming):
    sent = head(statusCode=201, headers={"X-Own": "a", "Content-Type": "text/x"}, cookies=["a=1"])
    function = Streaming(sent[:10], sent[10:-3], sent[-3:] + b"ab", b"c", b"", bytes(8))
    stage = streaming(function)
    reply = stage.get("/prod/items?q=1", ("Accept-Encoding", "gzip"))
    assert (reply.status, reply.body) == (201, b"abc" + bytes(8))
    assert reply.one("X-Own") == "a"
    assert reply.one("Set-Cookie") == "a=1"
    assert reply.one("Content-Type") == "text/x"
    assert reply.one("Content-Encoding") is None
    assert reply.one("Transfer-Encoding") == "chunked"
    assert function.events[0]["queryStringParameters"] == {"q": "1"}
    assert stage.stage.warnings == ()


@pytest.mark.fact("F11/4")
def test_a_part_is_sent_before_the_next_is_there(streaming):
    release = asyncio.Event()
    stage = streaming(Streaming(head(), b"first", release.wait, b"second"))
    connection = http.client.HTTPConnection("127.0.0.1", stage.server.port, timeout=10)
    connection.request("GET", "/prod/items")
    response = connection.getresponse()
    assert response.read(5) == b"first"
    stage.server.loop.call_soon_threadsafe(release.set)
    assert response.read() == b"second"
    connection.close()


@pytest.mark.fact("F11/4")
def test_a_payload_may_be_larger_than_a_buffered_one(streaming):
    megabyte = bytes(1 << 20)
    stage = streaming(Streaming(head(), *[megabyte] * 11))
    assert len(stage.get("/prod/items").body) == 11 << 20


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([b""], 502),
        ([b'{"statusCode": 200, "body": "a"}'], 502),
        ([b'{"statusCode": 200}' + bytes(7)], 502),
        ([head(body="a")], 502),
        ([head(statusCode="many")], 502),
        ([head(cookies="a")], 502),
        ([b"[]" + NULS], 502),
        ([b"x" * 20_000 + NULS], 502),
        ([FunctionFailed("Unhandled: ")], 502),
        ([InvokerError("no such function")], 500),
        ([FunctionThrottled("too many")], 500),
    ],
)
def test_a_stream_that_does_not_begin_as_it_must_is_an_error(streaming, parts, status):
    stage = streaming(Streaming(*parts))
    reply = stage.get("/prod/items")
    assert (reply.status, reply.json()) == (status, {"message": "Internal server error"})


def test_a_stream_that_does_not_begin_in_time_is_a_504(streaming):
    function = Streaming(lambda: asyncio.sleep(10))
    assert streaming(function, timeoutInMillis=100).get("/prod/items").status == 504
    assert function.closed


@pytest.mark.parametrize("broken", [FunctionFailed("Unhandled"), lambda: asyncio.sleep(10)])
def test_a_stream_that_breaks_off_closes_the_connection(streaming, caplog, broken):
    function = Streaming(head(), b"first", broken)
    stage = streaming(function, timeoutInMillis=300)
    with pytest.raises(http.client.IncompleteRead):
        stage.get("/prod/items")
    assert any("Unhandled" in text or "streams for longer" in text for text in caplog.messages)
    assert function.closed


def test_a_client_that_leaves_ends_the_stream(streaming):
    function = Streaming(head(), b"first", asyncio.Event().wait)
    stage = streaming(function, timeoutInMillis=60_000)
    connection = http.client.HTTPConnection("127.0.0.1", stage.server.port, timeout=10)
    connection.request("GET", "/prod/items")
    response = connection.getresponse()
    assert response.read(5) == b"first"
    response.close()
    connection.close()

    async def closed():
        while not function.closed:
            await asyncio.sleep(0.01)

    stage.server.run(asyncio.wait_for(closed(), 10))


@pytest.mark.fact("F11/4/1")
def test_a_function_that_does_not_stream_is_reported_and_its_result_is_one_part(streaming):
    class Whole:
        payload = b'{"statusCode": 200}'

        async def invoke(self, event):
            return InvocationResult(self.payload)

    function = Whole()
    stage = streaming(function)
    (warning,) = stage.stage.warnings
    assert "its function does not stream here" in warning
    assert stage.get("/prod/items").status == 502
    function.payload = head(statusCode=200) + b"abc"
    assert stage.get("/prod/items").body == b"abc"
