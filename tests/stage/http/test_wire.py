"""Sizes the gateway does not read, and input that nobody should send: the stage stays up."""

import contextlib
import http.client
import socket

import pytest

from openapi_first.stage.messages.settings import Settings


def test_a_long_url_and_large_headers_are_refused_unless_set_otherwise(run, documents):
    document = documents.one("/{proxy+}")
    stage = run(document)
    target, headers = "/prod/" + "x" * 20_000, [("X-Large", "y" * 30_000)]
    assert stage.get(target).status == 414
    assert stage.get("/prod/a", *headers).status == 431
    assert stage.function.events == []
    lenient = run(document, settings=Settings(request_size_limits=False))
    assert lenient.get(target, *headers).status == 200


def test_sizes_below_the_limits_are_served(run, documents):
    stage = run(documents.one("/{proxy+}"))
    assert stage.get("/prod/" + "x" * 10_000, ("X-Large", "y" * 20_000)).status == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        b"GET /prod/items HTTP/1.1\r\nHost: x\r\nBad Header\r\n\r\n",
        b"POST /prod/items HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /prod/items HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST /prod/items HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /prod/items HTTP/1.1\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_http_request_is_a_400_and_the_next_one_is_served(run, documents, raw):
    stage = run(documents.one(method="post"))
    with socket.create_connection(("127.0.0.1", stage.server.port), timeout=10) as connection:
        answer = b""
        with contextlib.suppress(OSError):  # closed before it has read everything
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 400") or answer == b""
    assert stage.post("/prod/items", {}).status == 200


@pytest.mark.parametrize(
    "target", ["/prod/\xff\xfe", "/prod/%ff%fe", "/prod/a?q=%ff&\xff=%zz", "/prod/%00"]
)
def test_bytes_that_are_not_utf8_reach_the_function_as_text(run, documents, target):
    stage = run(documents.one("/{proxy+}"))
    with socket.create_connection(("127.0.0.1", stage.server.port), timeout=10) as connection:
        head = f"GET {target} HTTP/1.1\r\nHost: x\r\nX-Odd: \xff\xfe\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode("latin-1"))
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert response.status == 200 or b"\xff" in target.encode("latin-1")
    assert stage.get("/prod/next").status == 200


def test_a_slow_body_is_waited_for(run, documents):
    stage = run(documents.one(method="post"))
    with socket.create_connection(("127.0.0.1", stage.server.port), timeout=10) as connection:
        connection.sendall(b"POST /prod/items HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")
        for byte in b"slow":
            assert stage.post("/prod/items", {}).status == 200  # others do not wait
            connection.sendall(bytes([byte]))
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    assert stage.function.events[-1]["body"] == "slow"
