import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from openapi_first.stage.http.server import PortInUse, bind, serve

SERVING = """
import asyncio, contextlib, json, signal, sys
from openapi_first.stage.app import Stage
from openapi_first.stage.http import server
from openapi_first.stage.http.server import bind, serve
from openapi_first.stage.messages.invoker import InvocationResult

server.GRACE_SECONDS = float(sys.argv[2])

document = {
    "openapi": "3.0.3",
    "paths": {
        "/x": {"post": {"x-amazon-apigateway-integration": {"type": "aws_proxy", "uri": "u"}}}
    },
}

class Slow:
    async def invoke(self, event):
        print("invoked", flush=True)
        await asyncio.sleep(float(sys.argv[1]))
        return InvocationResult(json.dumps({"statusCode": 200, "body": "done"}).encode())

def waits(number, seconds):
    print("waits for", number, flush=True)

async def main():
    stage = Stage(document, invoker=Slow())
    listener = bind()
    print(listener.getsockname()[1], flush=True)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, asyncio.current_task().cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await serve(stage.app, listener=listener, stop=stop, on_wait=waits)
    print("cleaned up", flush=True)

asyncio.run(main())
"""


@contextlib.contextmanager
def serving(seconds, grace):
    """A stage whose function takes some seconds: its process and its port."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SERVING, str(seconds), str(grace)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def sent(port, request):
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(request.replace("\n", "\r\n").encode())
    return connection


def received(connection):
    """All until the server closes the connection."""
    with connection, connection.makefile("rb") as stream:
        return stream.read()


def test_port_zero_is_a_free_port_known_before_anything_is_served():
    with bind() as listener:
        host, port = listener.getsockname()
        assert host == "127.0.0.1"
        assert port > 0


def test_a_taken_port_is_named():
    with bind() as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortInUse) as caught:
            bind(port=port)
        assert str(caught.value).startswith(f"port {port} on 127.0.0.1 is in use: ")
        with pytest.raises(PortInUse):
            asyncio.run(serve(None, port=port))


def test_a_closed_port_can_be_taken_again_at_once():
    with bind() as listener:
        port = listener.getsockname()[1]
    bind(port=port).close()


BUSY = "POST /prod/x HTTP/1.1\nHost: x\nContent-Length: 0\n\n"
HALF = "POST /prod/x HTTP/1.1\nHost: x\nContent-Length: 9\n\n12345"
IDLE = "GET /prod/nowhere HTTP/1.1\nHost: x\n\n"
EVENTS = "GET /_stage/events HTTP/1.1\nHost: localhost\n\n"


def test_an_idle_server_ends_at_once_and_lets_its_caller_clean_up():
    with serving(60, 60) as (process, port):
        idle, events = sent(port, IDLE), sent(port, EVENTS)
        assert idle.recv(4096).startswith(b"HTTP/1.1 403")
        assert events.recv(4096).startswith(b"HTTP/1.1 200")
        started = time.monotonic()
        os.kill(process.pid, signal.SIGTERM)
        out, err = process.communicate(timeout=30)
        assert time.monotonic() - started < 30
        received(events)
        assert received(idle) == b""
    assert process.returncode == 0
    assert out == "cleaned up\n"
    assert err == "GET /nowhere: the API has no GET /nowhere\n"


def test_a_request_under_way_is_answered_before_the_server_ends():
    with serving(0.5, 60) as (process, port):
        busy = sent(port, BUSY)
        assert process.stdout.readline() == "invoked\n"
        os.kill(process.pid, signal.SIGTERM)
        head, _, body = received(busy).partition(b"\r\n\r\n")
        assert (head[:12], body) == (b"HTTP/1.1 200", b"done")
        assert process.communicate(timeout=30) == ("waits for 1\ncleaned up\n", "")


@pytest.mark.parametrize(("grace", "signals"), [(0.1, 1), (60, 2)], ids=["late", "second-signal"])
def test_who_cannot_be_answered_in_time_gets_an_error_of_the_gateway(grace, signals):
    with serving(60, grace) as (process, port):
        half, busy = sent(port, HALF), sent(port, BUSY)  # the first is read first
        assert process.stdout.readline() == "invoked\n"
        started = time.monotonic()
        os.kill(process.pid, signal.SIGTERM)
        assert process.stdout.readline() == "waits for 2\n"
        if signals > 1:
            os.kill(process.pid, signal.SIGINT)
        head, _, body = received(busy).partition(b"\r\n\r\n")
        assert (head[:12], body) == (b"HTTP/1.1 502", b'{"message": "Internal server error"}')
        head, _, body = received(half).partition(b"\r\n\r\n")
        assert (head[:12], body) == (b"HTTP/1.1 503", b'{"message": "Service Unavailable"}')
        out, err = process.communicate(timeout=30)
    assert time.monotonic() - started < 30
    assert out == "cleaned up\n"
    assert err == "POST /x: the stage ended before the function responded\n"


def test_what_is_not_http_gets_a_400_and_no_noise(server, capfd):
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(b"\x16\x03\x01 not http\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 400")
    assert capfd.readouterr().err == ""


def test_a_connection_serves_many_requests_each_with_its_own_headers(run, documents):
    stage = run(documents.one())
    request = "GET /prod/items HTTP/1.1\r\nHost: x\r\nX-{0}-Name: {0}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", stage.server.port), timeout=5) as connection:
        # Pipelined: the second is read while the first is being answered.
        connection.sendall("".join(request.format(n) for n in ("One", "Two", "Three")).encode())
        received = b""
        while received.count(b"HTTP/1.1 200") < 3:
            received += connection.recv(65536)
    names = [
        [n for n in event["headers"] if n.endswith("-Name")] for event in stage.function.events
    ]
    assert names == [["X-One-Name"], ["X-Two-Name"], ["X-Three-Name"]]


def test_headers_up_to_the_gateways_limit_are_read(run, documents):
    stage = run(documents.one())
    assert stage.get("/prod/items", ("X-Long", "x" * 20_000)).status == 200


def test_an_upgrade_is_served_as_plain_http(run, documents):
    stage = run(documents.one())
    reply = stage.get("/prod/items", ("Connection", "Upgrade"), ("Upgrade", "websocket"))
    assert reply.status == 200
    assert "Upgrade" not in stage.function.event["headers"]


def test_answers_are_not_held_back_for_an_acknowledgement():
    """What asyncio looks at before it sets TCP_NODELAY on a connection."""
    with bind() as listener:
        assert listener.proto == socket.IPPROTO_TCP
