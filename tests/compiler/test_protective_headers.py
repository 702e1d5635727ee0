"""Every response says that its media type is not to be guessed, and who may store it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openapi_first.runtime import Problem, Reply
from support.compiled import contract_of, event, serve

KEY = {"key": {"type": "apiKey", "in": "header", "name": "x-api-key"}}
ETAG = {"ETag": {"schema": {"type": "string"}}}
OK: dict[str, Any] = {"description": "", "content": {"application/json": {}}}


def document(
    headers: dict[str, Any] | None = None,
    *,
    secured: bool = True,
    openapi: str = "3.1.0",
    more: dict[str, Any] | None = None,
    **operation: Any,
) -> dict[str, Any]:
    responses = {"200": {**OK, "headers": headers or {}}, **(more or {})}
    found = contract_of(openapi=openapi, responses=responses, **operation)
    found["components"]["securitySchemes"] = KEY
    if secured:
        found["security"] = [{"key": []}]
    return found


def sent(
    folder: Path, contract: dict[str, Any], answer: Any = None, **request: Any
) -> tuple[int, dict[str, list[str]]]:
    """The status and the headers, by their names in lower case."""

    def call(**_: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return {} if answer is None else answer

    handler, _ = serve(folder, contract, call)
    response = handler(event(**request), None)
    headers = response["multiValueHeaders"]
    assert len({name.lower() for name in headers}) == len(headers)
    return response["statusCode"], {name.lower(): value for name, value in headers.items()}


def cache_control(*arguments: Any, **options: Any) -> list[str] | None:
    status, headers = sent(*arguments, **options)
    assert status == 200
    assert headers["x-content-type-options"] == ["nosniff"]
    return headers.get("cache-control")


@pytest.mark.parametrize(
    ("contract", "expected"),
    [
        (document(), ["no-store"]),
        (document(ETAG), ["private, no-cache"]),
        (document({"etag": ETAG["ETag"]}), ["private, no-cache"]),
        (document(ETAG, secured=False), None),
        (document(ETAG, security=[]), None),
        (document(security=[{"key": []}, {}]), ["no-store"]),
        (document(security=[{}]), None),
        (
            document(secured=False, **{"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}),
            ["no-store"],
        ),
        (document(secured=False, **{"x-amazon-apigateway-auth": {"type": "NONE"}}), None),
    ],
    ids=[
        *("behind a key", "with an ETag", "with an etag", "open", "opened", "key is optional"),
        *("only optional", "signed", "not signed"),
    ],
)
def test_what_only_the_caller_may_have_is_stored_only_where_an_etag_revalidates_it(
    tmp_path: Path, contract: dict[str, Any], expected: list[str] | None
) -> None:
    assert cache_control(tmp_path, contract) == expected


@pytest.mark.parametrize(
    ("header", "secured", "expected"),
    [
        ({"schema": {"const": "private, max-age=60"}}, True, ["private, max-age=60"]),
        ({"schema": {"enum": ["max-age=60"]}}, True, ["max-age=60"]),
        ({"schema": {"type": "string", "default": "public"}}, False, ["public"]),
        ({"schema": {"$ref": "#/components/schemas/Policy"}}, False, ["max-age=5"]),
        ({"schema": {"type": "string"}}, True, ["no-store"]),
        ({"schema": {"type": "string"}}, False, None),
        ({"schema": {"enum": ["no-cache", "no-store"]}}, True, ["no-store"]),
        ({"schema": {"type": "string", "pattern": "^max-age="}}, True, None),
        ({"schema": {"default": "a", "pattern": "^no"}}, True, ["no-store"]),
        (
            {"schema": {"type": "array", "items": {}, "const": ["private", "no-cache"]}},
            True,
            ["private,no-cache"],
        ),
        ({"schema": {"const": None}}, True, None),
        ({"schema": {"const": "line\nbreak"}}, True, None),
        ({"schema": True}, True, ["no-store"]),
    ],
    ids=str,
)
def test_the_contract_says_how_long_a_response_may_be_stored(
    tmp_path: Path, header: dict[str, Any], secured: bool, expected: list[str] | None
) -> None:
    contract = document({"cache-control": header}, secured=secured)
    contract["components"]["schemas"]["Policy"] = {"const": "max-age=5"}
    assert cache_control(tmp_path, contract) == expected


def test_the_value_of_the_function_and_of_a_middleware_stays(tmp_path: Path) -> None:
    answer = Reply({}, headers={"cache-control": "max-age=9"})
    assert cache_control(tmp_path / "function", document(ETAG), answer) == ["max-age=9"]

    def middleware(app: Any, next_middleware: Any) -> Any:
        response = next_middleware(app)
        response.headers["CACHE-CONTROL"] = "max-age=8"
        return response

    handler, _ = serve(tmp_path / "middleware", document(), middlewares=[middleware])
    headers = handler(event(), None)["multiValueHeaders"]
    assert headers["CACHE-CONTROL"] == ["max-age=8"]
    assert "Cache-Control" not in headers


def test_a_required_header_that_the_engine_adds_is_there(tmp_path: Path) -> None:
    required = {
        "Cache-Control": {"required": True, "schema": {"type": "string"}},
        "x-content-type-options": {"required": True, "schema": {"enum": ["nosniff"]}},
    }
    contract = document(required, openapi="3.0.3")
    assert cache_control(tmp_path / "added", contract) == ["no-store"]
    contract["security"] = []
    status, headers = sent(tmp_path / "missing", contract)
    assert (status, "cache-control" in headers) == (500, False)


def test_a_value_that_the_contract_does_not_allow_is_not_sent(tmp_path: Path) -> None:
    required = {"X-Content-Type-Options": {"required": True, "schema": {"enum": ["a", "b"]}}}
    status, headers = sent(tmp_path / "missing", document(required))
    assert status == 500  # 500 is not declared, so nothing is declared about its headers
    assert headers["x-content-type-options"] == ["nosniff"]
    reply = Reply({}, headers={"Cache-Control": "public"})
    contract = document({"Cache-Control": {"schema": {"const": "no-store"}}})
    assert sent(tmp_path / "other", contract, reply)[0] == 500


def test_a_response_of_304_has_the_cache_control_of_the_one_that_it_stands_for(
    tmp_path: Path,
) -> None:
    unmodified = {"304": {"description": ""}}
    status, headers = sent(tmp_path / "own", document(ETAG, more=unmodified), Reply(status=304))
    assert (status, headers["cache-control"]) == (304, ["private, no-cache"])
    declared = {
        "304": {"description": "", "headers": {"Cache-Control": {"schema": {"const": "a"}}}}
    }
    _, headers = sent(tmp_path / "declared", document(ETAG, more=declared), Reply(status=304))
    assert headers["cache-control"] == ["a"]
    contract = document(ETAG, secured=False, more=unmodified)
    assert "cache-control" not in sent(tmp_path / "open", contract, Reply(status=304))[1]


@pytest.mark.parametrize(
    ("answer", "request_", "status"),
    [
        (Problem(404, "none"), {}, 404),
        (Problem(409, "conflict"), {}, 409),
        (RuntimeError("failed"), {}, 500),
        (Reply({}, status=299), {}, 500),
        (Reply({}, headers={"X-A": "\ud800"}), {}, 500),
        (None, {"query": {"n": ["a"]}}, 400),
    ],
    ids=["declared", "a range", "failed", "undeclared", "unsendable", "refused"],
)
def test_the_engines_errors_are_protected_like_the_operations_own(
    tmp_path: Path, answer: Any, request_: dict[str, Any], status: int
) -> None:
    errors = {"404": {"description": ""}, "4XX": {"description": ""}}
    query = {"name": "n", "in": "query", "schema": {"type": "integer"}}
    contract = document(ETAG, more=errors, parameters=[query])
    found, headers = sent(tmp_path, contract, answer, **request_)
    assert found == status
    assert headers["x-content-type-options"] == ["nosniff"]
    assert headers["cache-control"] == ["no-store"]


def test_preflights_and_unknown_paths_are_protected(tmp_path: Path) -> None:
    for request in ({"method": "OPTIONS"}, {"resource": "/none"}, {"method": "PUT"}):
        _, headers = sent(tmp_path / str(len(str(request))), document(), **request)
        assert headers["x-content-type-options"] == ["nosniff"]
        assert "cache-control" not in headers


def test_an_event_that_cannot_be_served_gets_a_protected_response(tmp_path: Path) -> None:
    handler, _ = serve(tmp_path, document())
    for broken in ({}, {"httpMethod": "GET", "resource": "/things"}, {**event(), "path": 1}):
        headers = handler(broken, None)["multiValueHeaders"]
        assert headers["X-Content-Type-Options"] == ["nosniff"], broken
