"""What is validated is what is sent: headers, media types, encoded bodies, and no body at all."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.runtime import Problem, Reply, lambda_handler
from support.compiled import Operations, compiled_module, event

OBJECT = {"schema": {"type": "object", "required": ["a"]}}
OK: dict[str, Any] = {
    "description": "",
    "headers": {
        "X-Total-Count": {"schema": {"type": "integer", "maximum": 9}},
        "X-Ids": {"schema": {"type": "array", "items": {"type": "integer"}}},
        "X-Ratio": {"schema": {"type": "number", "multipleOf": 0.01}},
        "Set-Cookie": {"schema": {"type": "string", "pattern": "^[a-z]=1"}},
    },
    "content": {
        "application/json": OBJECT,
        "text/plain": {"schema": {"type": "string", "maxLength": 5}},
        "application/octet-stream": {},
    },
}
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/things": {
            method: {
                "operationId": f"{method}Things",
                "responses": {
                    "200": OK,
                    "204": {"description": "none"},
                    "409": {
                        "description": "conflict",
                        "content": {"application/problem+json": {}},
                    },
                },
            }
            for method in ("get", "head", "post")
        }
    },
}
DOCUMENT["paths"]["/things"]["post"]["requestBody"] = {  # type: ignore[index]
    "required": True,
    "content": {"application/json": OBJECT, "text/plain": {}},
}

Serve = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Serve:
    """Sends one request to operations that return, or raise, an answer."""
    compiled = compiled_module(tmp_path_factory.mktemp("things"), DOCUMENT)

    def call(answer: Any, sent: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        operations = Operations("operations")

        def operation(**arguments: Any) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return answer(**arguments) if callable(answer) else answer

        for method in ("get", "head", "post"):
            setattr(operations, f"{method}_things", operation)
        return lambda_handler(compiled, operations, **options)(sent or event(), None)

    return call


def answering(answer: Response[Any]) -> dict[str, Any]:
    """Options of a handler whose middleware answers."""
    return {"middlewares": [lambda app, next_middleware: answer]}


def first(answer: dict[str, Any], name: str) -> Any:
    lines = answer["multiValueHeaders"].get(name)
    return None if lines is None else lines[0]


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ({"X-Total-Count": 3}, ["3"]),
        ({"X-Ids": [1, 2]}, ["1,2"]),
        ({"X-Ratio": 0.58}, ["0.58"]),
        ({"Set-Cookie": ["a=1", "b=1"]}, ["a=1", "b=1"]),
        ({"X-Other": True}, ["true"]),
        ({"X-Other": ["a", "b"]}, ["a", "b"]),
    ],
)
def test_a_value_of_a_header_is_sent_as_text(
    serve: Serve, headers: dict[str, Any], sent: list[str]
) -> None:
    (name,) = headers
    for answer in (
        serve(Reply({"a": 1}, headers=headers)),
        serve(None, **answering(Response(200, "application/json", '{"a": 1}', headers))),
    ):
        assert answer["statusCode"] == 200, answer
        assert answer["multiValueHeaders"][name] == sent


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Total-Count": 10},
        {"X-Total-Count": 1.5},
        {"x-total-count": [1, 2]},
        {"X-Total-Count": True},
        {"X-Ids": ["a"]},
        {"X-Ratio": 0.585},
        {"Set-Cookie": ["a=1", "b=2"]},
        {"X-Total-Count": {1}},
        {"X-Other": "a\r\nb"},
        {"X-Other": "\u20ac"},
        {"X Other": "a"},
    ],
)
def test_a_header_that_is_wrong_as_it_is_sent_is_a_500(
    serve: Serve, headers: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    (name,) = headers
    made = Response(200, "application/json", '{"a": 1}', headers)
    for answer in (serve(Reply({"a": 1}, headers=headers)), serve(None, **answering(made))):
        assert answer["statusCode"] == 500
        assert set(answer["multiValueHeaders"]) <= {
            "Content-Type",
            "Access-Control-Allow-Origin",
            "Access-Control-Expose-Headers",
            "X-Content-Type-Options",
        }
        logged = str([record.__dict__ for record in caplog.records])
        assert name.lower() in logged.lower()


def test_a_header_that_cannot_be_sent_is_named_in_every_mode(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    for mode in ("enforce", "report", "off"):
        monkeypatch.setenv("RESPONSE_VALIDATION", mode)
        for answer in (
            serve(Reply({"a": 1}, headers={"X-A": object()})),
            serve(Problem(409, headers={"X-A": object()})),  # type: ignore[dict-item]
        ):
            assert answer["statusCode"] == 500
            assert "the header X-A has a value" in json.loads(answer["body"])["detail"]
        assert serve(Reply({"a": 1}, status=600))["statusCode"] == 500


def test_headers_of_problems_are_written_too(serve: Serve) -> None:
    answer = serve(Problem(409, headers={"Retry-After": 5}))  # type: ignore[dict-item]
    assert (answer["statusCode"], first(answer, "Retry-After")) == (409, "5")

    def change(app: Any, next_middleware: Any) -> Any:
        response = next_middleware(app)
        response.headers["X-Number"] = 5
        return response

    refused = serve(None, event(method="POST"), middlewares=[change])
    assert (refused["statusCode"], first(refused, "X-Number")) == (400, "5")


def test_cookies_of_a_middleware_are_validated(serve: Serve) -> None:
    for value, status in (("1", 200), ("2", 500)):
        cookies = [Cookie(name="a", value=value), Cookie(name="b", value="1")]
        made = Response(200, "application/json", {"a": 1}, {"set-cookie": "c=1"}, cookies)
        answer = serve(None, **answering(made))
        assert answer["statusCode"] == status
        if status == 200:
            lines = answer["multiValueHeaders"]["set-cookie"]
            assert [line[:3] for line in lines] == ["c=1", "a=1", "b=1"]


ACCEPTS = ["text/plain", "application/json;q=0", "a/b;q=x,,;", "*/*;q=0", "text/*;q=0.9, */*;q=0.1"]


@pytest.mark.parametrize("accept", [None, *ACCEPTS])
@pytest.mark.parametrize(
    ("value", "media_type"),
    [
        ({"a": 1}, "application/json"),
        (b"\xff", "application/octet-stream"),
        ("text", "text/plain"),
    ],
)
def test_accept_never_makes_a_good_answer_a_500(
    serve: Serve, value: Any, media_type: str, accept: str | None
) -> None:
    answer = serve(value, event(headers={"Accept": accept} if accept else {}))
    assert answer["statusCode"] == 200, answer
    chosen = first(answer, "Content-Type")
    assert chosen == media_type or (
        not isinstance(value, dict) and chosen in ("text/plain", "application/octet-stream")
    )


@given(accept=st.text(st.sampled_from('*/;,=q.01 "applictonjsxe'), max_size=30))
def test_no_accept_header_is_a_500(serve: Serve, accept: str) -> None:
    assert serve({"a": 1}, event(headers={"Accept": accept}))["statusCode"] == 200


def test_the_client_chooses_among_media_types_that_can_carry_the_value(serve: Serve) -> None:
    for accept in ("text/plain", "application/octet-stream"):
        assert first(serve("text", event(headers={"Accept": accept})), "Content-Type") == accept
    assert first(serve(b"text", event(headers={"Accept": "text/plain"})), "Content-Type") == (
        "text/plain"
    )
    # Too long for text/plain.
    assert first(serve("longer", event()), "Content-Type") == "application/octet-stream"


def test_a_content_type_among_the_headers_is_the_media_type(serve: Serve) -> None:
    answer = serve(Reply("text", headers={"content-type": "text/plain; charset=utf-8"}))
    assert answer["statusCode"] == 200
    types = {
        name: lines
        for name, lines in answer["multiValueHeaders"].items()
        if name.lower() == "content-type"
    }
    assert types == {"Content-Type": ["text/plain; charset=utf-8"]}
    assert serve(Reply("text", headers={"content-type": "text/csv"}))["statusCode"] == 500


def test_what_a_media_type_cannot_carry_is_not_sent_as_something_else(serve: Serve) -> None:
    assert serve(Reply({"a": 1}, media_type="application/octet-stream"))["statusCode"] == 500
    assert serve(Reply(b'{"a": 1}', media_type="application/json"))["statusCode"] == 500


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("mode", ["enforce", "report", "off"])
@pytest.mark.parametrize("media_type", ["a/b\r\nX-A: 1", "\u20ac/a", b"text/plain", 5])
def test_a_media_type_that_no_header_can_have_is_never_sent(
    serve: Serve, media_type: Any, mode: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESPONSE_VALIDATION", mode)
    answer = serve(Reply("text", media_type=media_type), event(method=method))
    assert answer["statusCode"] == 500
    assert first(answer, "Content-Type") == "application/problem+json"
    assert first(answer, "Access-Control-Allow-Origin") == "*"
    if method == "HEAD":
        assert answer["body"] == ""
    else:
        assert "its media type is not a string" in json.loads(answer["body"])["detail"]


def test_bytes_are_not_json_where_the_media_type_has_no_schema_either(serve: Serve) -> None:
    assert serve(Reply(b"\xff", status=409))["statusCode"] == 500
    for data, status in ((b"{}", 409), (b"{", 500)):
        coded = Reply(gzip.compress(data), 409, {"Content-Encoding": "gzip"})
        assert serve(coded)["statusCode"] == status


CODINGS = {"gzip": gzip.compress, "deflate": zlib.compress, "x-gzip": gzip.compress}


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("media_type", [None, "application/json"])
def test_an_encoded_reply_is_validated_decoded_and_sent_as_it_is(
    serve: Serve, coding: str, media_type: str | None
) -> None:
    headers = {"Content-Encoding": coding}
    for value, status in (({"a": 1}, 200), ({"b": 1}, 500), ([], 500)):
        data = CODINGS[coding](json.dumps(value).encode())
        made = Response(200, "application/json", data, headers)
        written = Response(200, "application/json", base64.b64encode(data).decode(), headers)
        written.base64_encoded = True
        answers = [serve(None, **answering(made)), serve(None, **answering(written))]
        if media_type or status == 200:  # bytes of another form are the octet stream
            answers.append(serve(Reply(data, headers=headers, media_type=media_type)))
        for answer in answers:
            assert answer["statusCode"] == status, answer
            if status == 200:
                assert answer["isBase64Encoded"] is True
                assert base64.b64decode(answer["body"]) == data
                assert first(answer, "Content-Encoding") == coding
                assert first(answer, "Content-Type") == "application/json"


@pytest.mark.parametrize(
    ("value", "coding", "status"),
    [
        (b"not gzip", "gzip", 500),
        (gzip.compress(b"{not json", mtime=0), "gzip", 500),
        (gzip.compress(b"\xff", mtime=0), "gzip", 500),
        ({"a": 1}, "gzip", 500),
        ({"a": 1}, "identity", 200),
        (b"anything", "br", 200),
        (gzip.compress(b" " * (9 << 20)), "gzip", 200),
    ],
)
def test_a_body_that_is_not_in_its_coding_is_a_500(
    serve: Serve, value: Any, coding: str, status: int
) -> None:
    reply = Reply(value, headers={"Content-Encoding": coding}, media_type="application/json")
    assert serve(reply)["statusCode"] == status


def test_an_encoded_body_is_not_compressed_again(serve: Serve) -> None:
    data = gzip.compress(b'{"a": 1}')
    accepting = event(headers={"Accept-Encoding": "gzip"})

    def compressing(app: Any, next_middleware: Any) -> Any:
        response = next_middleware(app)
        response.compress = True
        return response

    def sent(answer: Any) -> Any:
        return serve(answer, accepting, middlewares=[compressing])

    coded = Reply(data, headers={"Content-Encoding": "gzip"}, media_type="application/json")
    assert base64.b64decode(sent(coded)["body"]) == data
    assert gzip.decompress(base64.b64decode(sent(b"\xff\x00")["body"])) == b"\xff\x00"
    assert "Content-Encoding" not in sent(Reply(None, 204))["multiValueHeaders"]


@pytest.mark.parametrize("status", [204, HTTPStatus.NO_CONTENT])
def test_nothing_is_sent_where_http_allows_no_content(serve: Serve, status: int) -> None:
    for made in (
        serve(Reply({"b": 1}, status)),
        serve(None, **answering(Response(status, "application/json", "{}"))),
        serve(None, **answering(Response(status, "application/json"))),
    ):
        assert (made["statusCode"], made["body"], first(made, "Content-Type")) == (204, "", None)


def test_the_answer_to_head_has_the_headers_of_get_and_no_body(serve: Serve) -> None:
    head = event(method="HEAD")
    for made in (
        serve(Reply({"a": 1}, headers={"X-Total-Count": 1}), head),
        serve(None, head, **answering(Response(200, "application/json", '{"b": 1}'))),
    ):
        assert (made["statusCode"], made["body"]) == (200, "")
        assert first(made, "Content-Type") == "application/json"
    assert serve(Reply({"a": 1}, headers={"X-Total-Count": 10}), head)["statusCode"] == 500
    assert serve(None, head)["statusCode"] == 200
    for failed in (serve(KeyError(), head), serve(Reply({}, 418), head)):
        assert (failed["statusCode"], failed["body"]) == (500, "")
        assert first(failed, "Content-Type") == "application/problem+json"


def text(body: str, coding: str) -> dict[str, Any]:
    return event(method="POST", headers={"Content-Encoding": coding}, body=body)


def encoded(data: bytes, coding: str, media_type: str = "application/json") -> dict[str, Any]:
    headers: dict[str, str | list[str]] = {"Content-Type": media_type, "Content-Encoding": coding}
    body = base64.b64encode(data).decode()
    return event(method="POST", headers=headers, body=body, encoded=True)


def echo(**arguments: Any) -> Any:
    return Reply(arguments["body"], media_type="application/json")


@pytest.mark.parametrize("coding", CODINGS)
def test_an_encoded_request_is_decoded(serve: Serve, coding: str) -> None:
    answer = serve(echo, encoded(CODINGS[coding](b'{"a": 1}'), coding))
    assert (answer["statusCode"], answer["body"]) == (200, '{"a":1}')
    assert serve(echo, encoded(CODINGS[coding](b'{"b": 1}'), coding))["statusCode"] == 400


def test_what_api_gateway_has_decoded_is_read_as_it_is(serve: Serve) -> None:
    assert serve(echo, encoded(b'{"a": 1}', "gzip"))["statusCode"] == 200
    assert serve(echo, text('{"a": 1}', "gzip"))["statusCode"] == 200


@pytest.mark.parametrize(
    ("sent", "status", "supported"),
    [
        (encoded(b"x", "br"), 415, "gzip, deflate"),
        (encoded(gzip.compress(b"{}"), "gzip, br"), 415, "gzip, deflate"),
        (text("x", "zstd"), 415, "gzip, deflate"),
        (text("\x1f\ufffd", "gzip"), 415, "identity"),
        (encoded(gzip.compress(b'{"a": 1}')[:-4], "gzip"), 400, None),
        (encoded(gzip.compress(b" " * (9 << 20)), "gzip"), 413, None),
        (encoded(b"x", "deflate"), 400, None),
    ],
)
def test_a_coding_that_cannot_be_undone_is_an_error_of_the_client(
    serve: Serve, sent: dict[str, Any], status: int, supported: str | None
) -> None:
    answer = serve(echo, sent)
    assert answer["statusCode"] == status, answer
    assert first(answer, "Accept-Encoding") == supported


def test_a_function_that_takes_the_coding_undoes_it_itself(tmp_path: Path) -> None:
    parameter = {"name": "Content-Encoding", "in": "header", "schema": {"type": "string"}}
    post = {
        "operationId": "call",
        "parameters": [parameter],
        "requestBody": {"content": {"application/octet-stream": {}}},
        "responses": {"204": {"description": ""}},
    }
    seen: list[Any] = []

    def call(content_encoding: str, body: bytes) -> None:
        seen.append((content_encoding, body))

    operations = Operations("operations")
    operations.call = call  # type: ignore[attr-defined]
    document = {**DOCUMENT, "paths": {"/things": {"post": post}}}
    handler = lambda_handler(compiled_module(tmp_path, document), operations)
    data = gzip.compress(b"x")
    assert handler(encoded(data, "gzip", "application/octet-stream"), None)["statusCode"] == 204
    assert seen == [("gzip", data)]
