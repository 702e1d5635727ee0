"""A deployed function that streams, through boto3 and a service that speaks Lambda's event stream.

The frames are those of application/vnd.amazon.eventstream.
"""

import asyncio
import contextlib
import http.server
import json
import struct
import threading
import zlib

import pytest

from openapi_first.stage.functions.deployed import DeployedFunction
from openapi_first.stage.messages.invoker import (
    FunctionFailed,
    FunctionThrottled,
    InvokerError,
    StreamingInvoker,
)


def frame(kind, payload):
    headers = b""
    for name, value in ((":message-type", "event"), (":event-type", kind)):
        headers += bytes([len(name)]) + name.encode() + b"\x07"
        headers += struct.pack(">H", len(value)) + value.encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return message + struct.pack(">I", zlib.crc32(message))


class Lambda(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == "/2021-11-15/functions/f/response-streaming-invocations"
        if event == "throttle":
            body = b'{"Message": "Rate Exceeded."}'
            self.send_response(429)
            self.send_header("x-amzn-ErrorType", "TooManyRequestsException")
        else:
            self.send_response(200)
            self.send_header("Content-Type", "application/vnd.amazon.eventstream")
            body = frame("PayloadChunk", b"first") + frame("PayloadChunk", b"\x00second")
            if event == "fail":
                end = {"ErrorCode": "Unhandled", "ErrorDetails": "boom"}
                body += frame("InvokeComplete", json.dumps(end).encode())
            elif event == "torn":
                body = body[:-3]
            elif event != "cut":
                body += frame("InvokeComplete", b"{}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def deployed(monkeypatch):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Lambda)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    for name, value in {
        "AWS_ENDPOINT_URL_LAMBDA": f"http://127.0.0.1:{server.server_port}",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    function = DeployedFunction("f")
    function._connect()
    yield function
    asyncio.run(function.__aexit__(None, None, None))
    server.shutdown()
    server.server_close()
    thread.join(10)


def streamed(function, event):
    found = []

    async def read():
        async with contextlib.aclosing(function.stream(json.dumps(event).encode())) as parts:
            async for part in parts:
                found.append(part)

    try:
        asyncio.run(read())
    except Exception as error:
        found.append(error)
    return found


def test_each_part_of_the_payload_is_passed_on(deployed):
    assert isinstance(deployed, StreamingInvoker)
    assert streamed(deployed, {}) == [b"first", b"\x00second"]


def test_a_function_that_fails_ends_the_stream_with_its_error(deployed):
    *parts, error = streamed(deployed, "fail")
    assert parts == [b"first", b"\x00second"]
    assert isinstance(error, FunctionFailed)
    assert str(error) == "Unhandled: boom"


def test_a_function_that_cannot_be_invoked_has_an_invokers_error(deployed):
    (error,) = streamed(deployed, "throttle")
    assert isinstance(error, FunctionThrottled)


@pytest.mark.parametrize("event", ["torn", "cut"])
def test_a_connection_that_breaks_off_is_not_the_end_of_the_payload(deployed, event):
    assert isinstance(streamed(deployed, event)[-1], InvokerError)
