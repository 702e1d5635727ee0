"""A StageClient: the stage's answers, and functions that belong to the test's own process."""

from __future__ import annotations

import asyncio
import base64
import contextvars
import json
import multiprocessing
import os
import sqlite3
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from openapi_first.core.errors import UserError
from openapi_first.serving.testing import StageClient

INVOKE = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{}/invocations"
ROOT = Path(__file__).parents[3]
CONTRACT = """
openapi: 3.0.3
info: {title: Prices, version: "1"}
paths:
  /prices/{id}:
    get:
      operationId: getPrice
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200":
          description: d
          content: {application/json: {schema: {type: object}}}
"""
HANDLER = """
import sys
import compiled
from openapi_first.runtime import lambda_handler
from MODULE import operations
handler = lambda_handler(compiled, operations, logger=None)
"""
OPERATIONS = """
def get_price(id):
    return {"id": id, "price": 3}
"""


def operation(function: str = "f", **more: Any) -> dict[str, Any]:
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": INVOKE.format(function)}
    described = {"responses": {"200": {"description": "d"}}}
    return {**described, "x-amazon-apigateway-integration": integration, **more}


def document(**root: Any) -> dict[str, Any]:
    return {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/a/{name}": {"x-amazon-apigateway-any-method": operation()},
            "/keyed": {"get": operation(security=[{"key": []}])},
            "/guarded": {"get": operation(security=[{"guard": []}])},
        },
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
                "guard": {
                    "type": "apiKey",
                    "name": "Authorization",
                    "in": "header",
                    "x-amazon-apigateway-authtype": "custom",
                    "x-amazon-apigateway-authorizer": {
                        "type": "token",
                        "authorizerUri": INVOKE.format("guard"),
                        "authorizerResultTtlInSeconds": 0,
                    },
                },
            }
        },
        "x-amazon-apigateway-binary-media-types": ["image/png"],
        **root,
    }


def ok(event: Any, context: Any) -> dict[str, Any]:
    return {"statusCode": 200, "body": json.dumps(event)}


def test_the_handler_gets_the_event_that_api_gateway_makes() -> None:
    client = StageClient(document(), handler=ok, stage="dev")
    answer = client.request(
        "post",
        "/a/größe 1%2F2?q=é",
        query={"tag": ["x", "y&z"], "n": 2, "on": True},
        headers={"X-Trace": "1", "x-many": ["a", "b"]},
        json=None,
    )
    event = client.last_event
    assert answer.json() == event
    assert answer.headers["CONTENT-TYPE"] == "application/json"
    assert (event["httpMethod"], event["resource"]) == ("POST", "/a/{name}")
    assert event["path"] == "/a/gr%C3%B6%C3%9Fe%201%2F2"
    assert event["multiValueQueryStringParameters"] == {
        "q": ["é"], "tag": ["x", "y&z"], "n": ["2"], "on": ["true"],
    }  # fmt: skip
    assert event["multiValueHeaders"]["x-many"] == ["a", "b"]
    assert event["headers"]["X-Trace"] == "1"
    assert event["headers"]["Content-Type"] == "application/json"
    assert event["body"] == "null"
    assert event["requestContext"]["stage"] == "dev"
    assert event["requestContext"]["path"] == "/dev/a/gr%C3%B6%C3%9Fe%201%2F2"


def test_bodies_may_be_binary_and_headers_have_several_values() -> None:
    png = bytes(range(256))

    def echo(event: Any, context: Any) -> dict[str, Any]:
        assert event["isBase64Encoded"]
        assert base64.b64decode(event["body"]) == png
        return {
            "statusCode": 201,
            "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"], "Content-Type": ["image/png"]},
            "body": event["body"],
            "isBase64Encoded": True,
        }

    client = StageClient(document(), handler=echo)
    sent = {"Content-Type": "image/png", "Accept": "image/png"}
    answer = client.request("PUT", "/a/b", headers=sent, body=png)
    assert (answer.status, answer.body) == (201, png)
    assert answer.headers.getlist("set-cookie") == ["a=1", "b=2"]
    assert client.request("HEAD", "/a/b", headers=sent, body=png).body == b""
    with pytest.raises(ValueError, match="201 has a body that is not JSON"):
        answer.json()


def test_a_request_without_the_key_is_forbidden_before_the_function() -> None:
    client = StageClient(document(), handler=ok)
    assert client.request("GET", "/keyed").status == 200
    answer = client.request("GET", "/keyed", send_key=False)
    assert (answer.status, answer.json()) == (403, {"message": "Forbidden"})
    assert client.last_event is None
    assert client.last_access is not None
    assert client.last_access.answered_by == "INVALID_API_KEY"
    assert client.request("GET", "/keyed", headers={"X-API-KEY": "x" * 20}).status == 403
    assert client.request("GET", "/nowhere").status == 403


def test_an_authorizer_is_a_function_of_the_test() -> None:
    def guard(event: Any, context: Any) -> dict[str, Any]:
        if event["authorizationToken"] == "nobody":
            raise Exception("Unauthorized")
        statement = {
            "Effect": "Allow" if event["authorizationToken"] == "me" else "Deny",
            "Action": "execute-api:Invoke",
            "Resource": event["methodArn"],
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        return {"principalId": "p", "policyDocument": policy, "context": {"team": "north"}}

    client = StageClient(document(), handler=ok, functions={"guard": guard}, raise_errors=True)
    statuses = [
        client.request("GET", "/guarded", headers={"Authorization": token}).status
        for token in ("me", "you", "nobody")
    ]
    assert statuses == [200, 403, 401]
    assert [each.function for each in client.invocations] == ["guard"]
    assert client.request("GET", "/guarded", headers={"Authorization": "me"}).status == 200
    assert [each.function for each in client.invocations] == ["guard", None]
    assert client.last_event["requestContext"]["authorizer"]["team"] == "north"


def test_an_authorizer_whose_function_is_missing_accepts_a_token() -> None:
    client = StageClient(document(), handler=ok)
    token = client.tokens["guard"]
    assert client.access_tokens == client.tokens
    assert client.request("GET", "/guarded", headers={"Authorization": token}).status == 200
    assert client.request("GET", "/guarded", headers={"Authorization": "x"}).status == 401


def test_what_a_handler_raises_is_a_502_with_its_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(event: Any, context: Any) -> None:
        raise KeyError("price")

    client = StageClient(document(), handler=broken)
    answer = client.request("GET", "/a/b")
    assert (answer.status, answer.json()) == (502, {"message": "Internal server error"})
    assert isinstance(client.invocations[0].error, KeyError)
    printed = capsys.readouterr().err
    assert "in broken" in printed
    assert "KeyError: 'price'" in printed
    with pytest.raises(KeyError) as raised:
        StageClient(document(), handler=broken, raise_errors=True).request("GET", "/a/b")
    assert raised.traceback[-1].name == "broken"


@pytest.mark.parametrize(
    "result",
    [None, {"body": {}}, {"statusCode": 200, "body": object()}, "text"],
    ids=["None", "no status", "no JSON", "text"],
)
def test_a_result_that_api_gateway_does_not_take_is_a_502(result: object) -> None:
    client = StageClient(document(), handler=lambda event, context: result)
    assert client.request("GET", "/a/b").status == 502


def test_a_handler_that_ends_its_process_is_a_502() -> None:
    client = StageClient(document(), handler=lambda event, context: sys.exit(3))
    assert client.request("GET", "/a/b").status == 502


def test_a_test_may_end_in_the_handler() -> None:
    def fails(event: Any, context: Any) -> None:
        pytest.fail("called")

    with pytest.raises(pytest.fail.Exception, match="called"):
        StageClient(document(), handler=fails).request("GET", "/a/b")


def test_the_handler_runs_in_the_thread_of_the_test() -> None:
    chosen = contextvars.ContextVar("chosen", default="")
    chosen.set("by the test")
    connection = sqlite3.connect(":memory:")

    def handler(event: Any, context: Any) -> dict[str, Any]:
        assert connection.execute("select 1").fetchone() == (1,)
        asyncio.run(asyncio.sleep(0))
        return {"statusCode": 200, "body": f"{chosen.get()} {threading.get_ident()}"}

    client = StageClient(document(), handler=handler)
    assert client.request("GET", "/a/b").text == f"by the test {threading.get_ident()}"
    connection.close()


async def _in_a_loop(client: StageClient) -> list[int]:
    direct = client.request("GET", "/a/b")
    others = [asyncio.to_thread(client.request, "GET", "/a/b") for _ in range(3)]
    return [each.status for each in (direct, *await asyncio.gather(*others))]


def test_an_asynchronous_test_may_send_requests() -> None:
    chosen = contextvars.ContextVar("chosen", default="")

    def handler(event: Any, context: Any) -> dict[str, Any]:
        asyncio.run(asyncio.sleep(0))
        return {"statusCode": 200, "body": chosen.get()}

    assert asyncio.run(_in_a_loop(StageClient(document(), handler=handler))) == [200] * 4


def test_the_context_is_lambdas_and_the_environment_stays_the_tests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Any] = []

    def handler(event: Any, context: Any) -> dict[str, Any]:
        seen.append((context, os.environ["_X_AMZN_TRACE_ID"]))
        event.clear()
        return {"statusCode": 204}

    monkeypatch.delenv("_X_AMZN_TRACE_ID", raising=False)
    client = StageClient(document(), functions={"f": handler}, timeout=3)
    assert client.request("GET", "/a/b").status == 204
    assert client.last_event["httpMethod"] == "GET"
    ((context, trace),) = seen
    assert context.function_name == "f"
    assert context.invoked_function_arn.endswith(":function:f")
    assert 2000 < context.get_remaining_time_in_millis() <= 3000
    assert trace.startswith("Root=1-")
    assert "_X_AMZN_TRACE_ID" not in os.environ


def test_the_context_has_the_version_or_alias_by_which_each_function_is_invoked() -> None:
    seen: list[str] = []

    def handler(event: Any, context: Any) -> dict[str, Any]:
        seen.append(context.invoked_function_arn)
        return {"statusCode": 204}

    def guard(event: Any, context: Any) -> dict[str, Any]:
        seen.append(context.invoked_function_arn)
        allow = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}
        return {"principalId": "a", "policyDocument": {"Statement": [allow]}}

    text = json.dumps(document()).replace("/guard/", "/guard:${stageVariables.v}/")
    described = json.loads(text)
    described["paths"]["/a/{name}"]["get"] = operation("f:live")
    functions = {"f": handler, "guard": guard}
    client = StageClient(described, functions=functions, stage_variables={"v": "2"})
    assert client.request("GET", "/guarded", headers={"authorization": "a"}).status == 204
    assert client.request("GET", "/a/b").status == 204
    assert [arn.rpartition(":function:")[2] for arn in seen] == ["guard:2", "f", "f:live"]


def test_a_function_that_takes_longer_than_its_timeout_fails() -> None:
    def slow(event: Any, context: Any) -> dict[str, Any]:
        time.sleep(0.02)
        return {"statusCode": 200}

    assert StageClient(document(), handler=slow, timeout=0.01).request("GET", "/a/b").status == 502
    assert StageClient(document(), handler=slow).request("GET", "/a/b").status == 200


def test_a_clock_that_stands_still_does_not_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    client = StageClient(document(), handler=ok)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    monkeypatch.setattr(time, "time", lambda: 1.0)
    assert client.request("GET", "/a/b").status == 200
    assert client.last_event["requestContext"]["requestTimeEpoch"] == 1000


def test_a_process_that_was_forked_uses_the_client_of_its_parent() -> None:
    client = StageClient(document(), handler=ok)
    client.request("GET", "/a/b")
    child = multiprocessing.get_context("fork").Process(target=_ends_with_status, args=(client,))
    child.start()
    child.join(20)
    assert child.exitcode == 20


def _ends_with_status(client: StageClient) -> None:
    os._exit(client.request("GET", "/a/b").status // 10)


def test_threads_may_share_a_client_and_a_handler_may_use_another() -> None:
    inner = StageClient(document(), handler=ok)

    def handler(event: Any, context: Any) -> dict[str, Any]:
        return {"statusCode": inner.request("GET", event["path"]).status}

    client = StageClient(document(), handler=handler)
    with ThreadPoolExecutor(4) as threads:
        answers = threads.map(lambda number: client.request("GET", f"/a/{number}"), range(20))
        assert {answer.status for answer in answers} == {200}


def test_two_clients_have_their_own_functions_keys_and_stages() -> None:
    first = StageClient(document(), handler=lambda event, context: {"statusCode": 201})
    second = StageClient(
        document(),
        handler=lambda event, context: {"statusCode": 202, "body": event["stageVariables"]["v"]},
        stage_variables={"v": "2"},
        stage="two",
        api_key="k" * 20,
    )
    assert first.request("GET", "/keyed").status == 201
    assert (second.request("GET", "/keyed").status, second.api_key) == (202, "k" * 20)
    assert second.request("GET", "/keyed").text == "2"
    assert second.request("GET", "/keyed", headers={"x-api-key": first.api_key}).status == 403


def test_an_integration_without_its_function_is_a_500_that_says_why() -> None:
    client = StageClient(document())
    assert client.request("GET", "/a/b").status == 500
    assert client.last_access is not None
    assert "has no handler here" in (client.last_access.reason or "")
    assert any("it responds with 500" in each for each in client.warnings)


def test_a_contract_is_compiled_for_a_handler_that_is_named(tmp_path: Path) -> None:
    clients = [_project(tmp_path / name, name) for name in ("shop_one", "shop_two")]
    for client in clients:
        answer = client.request("GET", "/prices/7")
        assert (answer.status, answer.json()) == (200, {"id": "7", "price": 3})
    assert not list((tmp_path / "shop_one").glob("build"))
    assert "compiled" not in sys.modules or sys.modules["compiled"].TITLE != "Prices"


def _project(folder: Path, module: str) -> StageClient:
    package = folder / "src" / module
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "handler.py").write_text(HANDLER.replace("MODULE", module))
    (package / "operations.py").write_text(OPERATIONS)
    (folder / "openapi.yaml").write_text(CONTRACT)
    settings = f'[tool.contract]\nhandler = "{module}.handler.handler"\n'
    (folder / "pyproject.toml").write_text(settings)
    return StageClient(folder / "openapi.yaml")


def test_a_handler_of_another_contract_is_refused(tmp_path: Path) -> None:
    _project(tmp_path / "shop", "shop_three")
    other = tmp_path / "other.yaml"
    other.write_text(CONTRACT.replace("Prices", "Other"))
    with pytest.raises(UserError, match="another compiled contract"):
        StageClient(other, handler="shop_three.handler.handler")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("template.yaml", "Resources: {}", "use running_stage"),
        ("openapi.yaml", CONTRACT, r"StageClient\(..., handler=...\)"),
        ("list.yaml", "[]", "neither an OpenAPI document nor a template"),
        ("missing.yaml", None, "missing.yaml"),
    ],
)
def test_what_cannot_be_served_here_is_refused(
    tmp_path: Path, name: str, text: str | None, message: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(UserError, match=message):
        StageClient(tmp_path / name)


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        ("nothing", "is not module.function"),
        ("no_such_module.handler", "no module 'no_such_module'"),
        ("json.no_such_function", "has no function 'no_such_function'"),
    ],
)
def test_a_handler_that_is_not_there_is_refused(handler: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        StageClient(document(), handler=handler)


def test_the_sample_is_served_with_a_fake_of_its_store() -> None:
    client = StageClient(ROOT / "openapi.yaml", handler=ok)
    answer = client.request("POST", "/items", json={"name": 1})
    assert answer.status == 400
    assert client.last_event is None
    assert answer.headers["content-type"] == "application/problem+json"
