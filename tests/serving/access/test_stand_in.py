"""A stand-in for the function of a Lambda authorizer decides as a function would."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openapi_first.serving.access.local_access import LocalAccess
from openapi_first.serving.access.places import place_of
from openapi_first.stage.api.importer import read_document
from openapi_first.stage.app import Stage
from openapi_first.stage.functions.registry import NoFunction

URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/guard/invocations"
MOCK = {
    "type": "mock",
    "requestTemplates": {"application/json": '{"statusCode": 200}'},
    "responses": {"default": {"statusCode": "200"}},
}


def document(authorizer: dict[str, Any]) -> dict[str, Any]:
    scheme = {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {"authorizerUri": URI, **authorizer},
    }
    paths: dict[str, Any] = {
        "/read": {"get": {"security": [{"guard": []}]}},
        "/things/{id}": {"get": {"security": [{"guard": ["write"]}]}},
    }
    for item in paths.values():
        item["get"]["x-amazon-apigateway-integration"] = MOCK
    return {
        "openapi": "3.0.1",
        "info": {"title": "Shop", "version": "1"},
        "paths": paths,
        "components": {"securitySchemes": {"guard": scheme}},
    }


Call = Callable[..., int]


def caller(stage: Stage) -> Call:
    """Sends a GET to the stage and returns the status."""

    def call(target: str, **headers: str) -> int:
        path, _, query = target.partition("?")
        lines = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
            "query_string": query.encode(), "headers": lines, "scheme": "http",
            "http_version": "1.1", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        }  # fmt: skip
        statuses = []

        received = iter([{"type": "http.request", "body": b""}])

        async def receive() -> dict[str, Any]:
            for message in received:
                return message
            # The client waits for its answer.
            return await asyncio.Future()

        async def send(message: Any) -> None:
            statuses.append(message.get("status"))

        asyncio.run(stage.app(scope, receive, send))
        status = statuses[0]
        assert isinstance(status, int)
        return status

    return call


def guarded(
    folder: Path, authorizer: dict[str, Any], scheme: dict[str, Any] | None
) -> tuple[Call, LocalAccess, str]:
    """A call of a stage, what lets it in, and what stands before the credential."""
    found = document(authorizer)
    api = read_document(found)
    schemes = None if scheme is None else {"guard": scheme}
    access = LocalAccess.of(
        api, {}, None, (), schemes=schemes, key_folders=(folder, folder), with_refused=True
    )
    stage = Stage(found, invoker=NoFunction(), functions=access.stand_ins, key_set=access.key_set)
    read = api.methods[0].security.authorizer
    assert read is not None
    return caller(stage), access, place_of(read, scheme).prefix


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the key set, which all tests share."""
    return tmp_path_factory.mktemp("project")


BEARER = {"type": "http", "scheme": "bearer"}
BASIC = {"type": "http", "scheme": "basic"}
KEY = {"type": "apiKey", "in": "header", "name": "Authorization"}
WORD = {"type": "token", "identityValidationExpression": "^(Bearer )?[a-z]{8,12}$"}


@pytest.mark.parametrize(
    ("authorizer", "scheme"),
    [
        ({"type": "token"}, None),
        ({"type": "token"}, BEARER),
        ({"type": "token"}, KEY),
        ({"type": "token", "authorizerResultTtlInSeconds": 0}, BEARER),
        ({"type": "token", "identityValidationExpression": r"^Bearer [-\w.]+$"}, BEARER),
        ({"type": "token", "identityValidationExpression": r"^Bearer [-\w.]+$"}, KEY),
        (WORD, BEARER),
        (WORD, KEY),
        ({"type": "request"}, BEARER),
        ({"type": "request"}, BASIC),
        ({"type": "request", "identitySource": "method.request.header.Cookie"},
         {"type": "apiKey", "in": "cookie", "name": "session"}),
    ],
)  # fmt: skip
def test_it_accepts_the_token_that_was_made_and_refuses_the_others(
    keys: Path, authorizer: dict[str, Any], scheme: dict[str, Any] | None
) -> None:
    call, access, prefix = guarded(keys, authorizer, scheme)
    name = "Cookie" if prefix == "session=" else "Authorization"

    def status(path: str, value: str) -> int:
        return call(f"/prod{path}", **{name: prefix + value})

    (token,) = access.tokens
    assert not access.warnings
    assert status("/read", token.value) == status("/things/7", token.value) == 200
    assert status("/read", token.value[:-1]) == 401
    for reason, value in token.refused.items():
        lacks_scope = reason == "without a scope"
        assert status("/read", value) == (200 if lacks_scope else 401), reason
        assert status("/things/7", value) == (403 if lacks_scope else 401), reason
    assert call("/prod/read") == 401


def test_all_identity_sources_of_a_request_are_asked_for(keys: Path) -> None:
    sources = "method.request.header.Authorization, method.request.querystring.tenant"
    both = {"type": "request", "identitySource": f"{sources}, context.identity.sourceIp"}
    call, access, prefix = guarded(keys, both, BEARER)
    (token,) = access.tokens
    assert token.also == (("querystring", "tenant", "local"),)
    assert call("/prod/read", Authorization=prefix + token.value) == 401
    assert call("/prod/read?tenant=local", Authorization=prefix + token.value) == 200


def test_an_expression_that_nothing_matches_is_a_warning(keys: Path) -> None:
    impossible = {"type": "token", "identityValidationExpression": "a(?!b)(?=b)"}
    _, access, _ = guarded(keys, impossible, BEARER)
    assert access.tokens == ()
    (warning,) = access.warnings
    assert re.search(r"^guard: no token could be made that matches a\(", warning)


def test_a_function_that_is_here_needs_no_stand_in(tmp_path: Path) -> None:
    api = read_document(document({"type": "token"}))
    access = LocalAccess.of(
        api, {}, None, ("guard",), schemes=None, key_folders=(tmp_path, tmp_path),
        with_refused=False,
    )  # fmt: skip
    assert access == LocalAccess()
    assert list(tmp_path.iterdir()) == []
