"""The server keeps connections, and hands over what WSGI promises."""

import http.client
import socket
import threading
from contextlib import closing
from wsgiref.validate import validator

import pytest

from openapi_first.stage.wsgi_server import WSGIServer


def echo(environ, start_response):
    """Answers with what it was asked; `wsgiref.validate` judges both sides."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    names = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "HTTP_X_TWICE", "CONTENT_TYPE")
    start_response("200 Fine", [("Content-Type", "text/plain"), ("X-Two", "1"), ("X-Two", "2")])
    return [*(f"{environ.get(name, '')}\n".encode("latin-1") for name in names), body]


def failing_for_delete(environ, start_response):
    if environ["REQUEST_METHOD"] == "DELETE":
        raise ValueError
    return validator(echo)(environ, start_response)


@pytest.fixture(scope="module")
def server():
    with WSGIServer(failing_for_delete) as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def client(server):
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        yield connection


def answered(client, method, path="/", body=None, headers=()):
    client.request(method, path, body, dict(headers))
    answer = client.getresponse()
    return answer.status, answer.read()


def test_a_connection_is_kept_over_requests_with_bodies_and_errors(client):
    client.connect()
    own = client.sock.getsockname()
    assert answered(client, "POST", body=b"a" * 100_000)[1].endswith(b"\n" + b"a" * 100_000)
    assert answered(client, "DELETE", body=b"{}") == (500, b"")
    assert answered(client, "HEAD") == (200, b"")
    assert answered(client, "GET")[0] == 200
    assert client.sock.getsockname() == own


def test_the_application_gets_the_request_and_the_client_its_response(client):
    client.putrequest("PUT", "/a%2Fb%C3%BC?x=%20")
    for name, value in (("X-Twice", "1"), ("X-Twice", "2"), ("Content-Type", "text/x")):
        client.putheader(name, value)
    client.putheader("Content-Length", "2")
    client.endheaders(b"ok")
    answer = client.getresponse()
    assert (answer.status, answer.reason) == (200, "Fine")
    assert answer.headers.get_all("X-Two") == ["1", "2"]
    path = "/a/bü".encode()
    assert answer.read() == b"PUT\n" + path + b"\nx=%20\n1,2\ntext/x\nok"


@pytest.mark.parametrize(
    "header", ["Transfer-Encoding: chunked", "Content-Length: -1", "Content-Length: 1, 2"]
)
def test_a_body_without_a_known_end_is_refused(server, header):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain:
        plain.sendall(f"POST / HTTP/1.1\r\n{header}\r\n\r\n".encode())
        assert plain.makefile("rb").read().startswith(b"HTTP/1.1 411 ")


def test_a_client_that_leaves_in_its_request_ends_nothing(client):
    with socket.create_connection(("127.0.0.1", client.port), timeout=10) as plain:
        plain.sendall(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc")
    assert answered(client, "GET")[0] == 200


def test_a_socket_that_listens_already_is_served():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        running = WSGIServer(echo, listener.detach())
        assert running.port == port
    with running:
        threading.Thread(target=running.handle_request, daemon=True).start()
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            assert answered(connection, "GET")[0] == 200
