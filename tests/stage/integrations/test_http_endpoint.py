"""Endpoints of HTTP integrations that misbehave, and URIs that a document may have."""

import socket
import threading

import pytest

KINDS = ("http", "http_proxy")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def raw_endpoint():
    """Starts an endpoint that answers each request with the same bytes: its port, and the heads of
    the requests."""
    listeners, threads = [], []

    def start(answer, family=socket.AF_INET):
        listener = socket.create_server(
            ("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family
        )
        heads = []

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    heads.append(connection.recv(65536))
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        listeners.append(listener)
        threads.append(thread)
        return listener.getsockname()[1], heads

    yield start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    for thread in threads:
        thread.join(10)


@pytest.fixture
def calling(run, documents):
    def start(kind, uri, **options):
        operation = {
            "responses": {"200": {"description": "a response"}},
            "x-amazon-apigateway-integration": {
                "type": kind,
                "uri": uri,
                "httpMethod": "GET",
                "responses": {"default": {"statusCode": "200"}},
            },
        }
        return run(documents.api({"/a": {"get": operation}}), **options)

    return start


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", "999 is not a status of HTTP"),
        (b"HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n", "600 is not a status of HTTP"),
        (b"", "the connection was closed before a response"),
        (b"HTTP/1.1 200", "the connection was closed before a response"),
        (b"\x00\x01\r\n\r\n", "illegal status line"),
        (b"HTTP/1.1 200 OK\r\nBad Name: 1\r\n\r\n", "illegal header line"),
    ],
    ids=["999", "600", "nothing", "torn", "garbage", "bad-header"],
)
def test_what_is_not_http_is_a_network_error_and_the_log_says_why(
    calling, raw_endpoint, caplog, kind, answer, reason
):
    port, _ = raw_endpoint(answer)
    reply = calling(kind, f"http://127.0.0.1:{port}/").get("/prod/a")
    assert (reply.status, reply.json()["message"]) == (
        504,
        "Network error communicating with endpoint",
    )
    assert reason in caplog.text


@pytest.mark.parametrize("kind", KINDS)
def test_informational_responses_are_left_out(calling, raw_endpoint, kind):
    port, _ = raw_endpoint(b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + OK)
    assert calling(kind, f"http://127.0.0.1:{port}/").get("/prod/a").body == b"ok"


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
@pytest.mark.parametrize("kind", KINDS)
def test_an_endpoint_of_ipv6_is_called(calling, raw_endpoint, kind):
    try:
        port, heads = raw_endpoint(OK, socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no address of IPv6")
    assert calling(kind, f"http://[::1]:{port}/x").get("/prod/a").body == b"ok"
    assert heads[0].startswith(b"GET /x HTTP/1.1\r\n")
    assert b"host: [::1]:%d\r\n" % port in heads[0].lower()


@pytest.mark.parametrize(
    ("uri", "target"),
    [
        ("/café?q=ü", b"/caf%C3%A9?q=%C3%BC"),
        ("/a b", b"/a%20b"),
        ("/%2F%zz;a=1|'\"", b"/%2F%zz;a=1|'\""),
        ("?a=1", b"/?a=1"),
        ("", b"/"),
    ],
)
def test_what_cannot_stand_in_a_request_line_is_encoded(calling, raw_endpoint, uri, target):
    port, heads = raw_endpoint(OK)
    assert calling("http", f"http://127.0.0.1:{port}{uri}").get("/prod/a").body == b"ok"
    assert heads[0].split(b" HTTP/1.1")[0] == b"GET " + target


def test_a_stage_variable_of_an_endpoint_needs_a_value(calling, raw_endpoint):
    port, heads = raw_endpoint(OK)
    uri = "http://${stageVariables.host}/x"
    stage = calling("http", uri, stage_variables={"host": f"127.0.0.1:{port}"})
    assert stage.get("/prod/a").body == b"ok"
    stage = calling("http", uri)
    assert stage.get("/prod/a").status == 500
    (warning,) = stage.stage.warnings
    assert "stage variables in it have no value: --variable host=VALUE" in warning
    assert len(heads) == 1


@pytest.mark.parametrize("uri", ["nonsense", "http://", "ftp://127.0.0.1/", "127.0.0.1:80", "/a"])
def test_what_is_no_uri_of_http_is_reported_as_such(calling, uri):
    stage = calling("http", uri)
    (warning,) = stage.stage.warnings
    assert warning.startswith(f"GET /a: {uri!r} is not a URI of HTTP")
    assert stage.get("/prod/a").status == 500


@pytest.mark.parametrize(
    ("sent", "line"),
    [
        ("caf%C3%A9", b"X-Q: caf\xe9\r\n"),
        ("%E2%98%83", b"X-Q: \xe2\x98\x83\r\n"),
        ("a%0D%0AX-Evil:%201", b""),
    ],
    ids=["latin-1", "utf-8", "line-break"],
)
def test_a_mapped_value_of_any_characters_is_one_header_or_none(
    run, documents, raw_endpoint, sent, line
):
    port, heads = raw_endpoint(OK)
    operation = {
        "parameters": [{"in": "query", "name": "q"}],
        "responses": {"200": {"description": "a response"}},
        "x-amazon-apigateway-integration": {
            "type": "http",
            "uri": f"http://127.0.0.1:{port}/",
            "httpMethod": "GET",
            "requestParameters": {"integration.request.header.X-Q": "method.request.querystring.q"},
            "responses": {"default": {"statusCode": "200"}},
        },
    }
    stage = run(documents.api({"/a": {"get": operation}}))
    assert stage.get(f"/prod/a?q={sent}").body == b"ok"
    assert line in heads[0]
    assert b"Evil" not in heads[0]


@pytest.mark.parametrize("host", ["{h}", "127.0.0.1:{h}"])
def test_a_host_that_a_request_fills_is_judged_for_each_request(run, documents, raw_endpoint, host):
    port, _ = raw_endpoint(OK)
    operation = {
        "parameters": [{"in": "path", "name": "h", "required": True}],
        "responses": {"200": {"description": "a response"}},
        "x-amazon-apigateway-integration": {
            "type": "http_proxy",
            "uri": f"http://{host}/x",
            "httpMethod": "GET",
            "requestParameters": {"integration.request.path.h": "method.request.path.h"},
        },
    }
    stage = run(documents.api({"/a/{h}": {"get": operation}}))
    assert stage.stage.warnings == ()
    own = str(port) if ":" in host else f"127.0.0.1:{port}"
    assert stage.get(f"/prod/a/{own}").body == b"ok"
    assert stage.get("/prod/a/80@example.com").status == 500
