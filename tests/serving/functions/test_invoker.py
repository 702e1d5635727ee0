"""Functions of a template behind a stage: integrations and authorizers over a socket."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Callable
from typing import Any

from openapi_first.serving.functions.declared import DeclaredFunctions
from openapi_first.stage.app import Stage
from openapi_first.stage.functions.registry import NoFunction
from openapi_first.stage.http.server import bind, serve
from serving.functions.conftest import Project

URI = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:us-east-1:123456789012:function:stack-{}/invocations"
)
Get = Callable[..., tuple[int, Any]]


def integration(name: str, **operation: Any) -> dict[str, Any]:
    return {
        "responses": {"200": {"description": "ok"}},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": URI.format(name),
        },
        **operation,
    }


def authorizer(name: str, kind: str) -> dict[str, Any]:
    return {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {
            "type": kind,
            "authorizerUri": URI.format(name),
            "identitySource": "method.request.header.Authorization",
            "authorizerResultTtlInSeconds": 0,
        },
    }


DOCUMENT = {
    "openapi": "3.0.1",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/good": {"get": integration("Good")},
        "/bad": {"get": integration("Bad")},
        "/none": {"get": integration("None")},
        "/unbuilt": {"get": integration("Unbuilt")},
        "/token": {"get": integration("Good", security=[{"token": []}])},
        "/request": {"get": integration("Good", security=[{"request": []}])},
        "/broken": {"get": integration("Good", security=[{"broken": []}])},
    },
    "components": {
        "securitySchemes": {
            "token": authorizer("Token", "token"),
            "request": authorizer("Request", "request"),
            "broken": authorizer("Bad", "token"),
        }
    },
}
POLICY = """
def policy(effect, arn):
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": arn}
    return {
        "principalId": "p",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"by": KIND},
    }
"""
GOOD = """
import json
def handler(event, context):
    authorizer = event["requestContext"].get("authorizer") or {}
    return {"statusCode": 200, "body": json.dumps(authorizer.get("by"))}
"""


def test_a_stage_calls_each_function_by_its_name_and_others_go_on(project: Project) -> None:
    allowed = "'Allow' if {} == 'yes' else 'Deny'"
    files = {
        "Good": GOOD,
        "Bad": "import nowhere",
    }
    token = "event['authorizationToken']"
    header = "event['headers']['Authorization']"
    for name, value in (("Token", token), ("Request", header)):
        files[name] = (
            f"KIND = {name!r}{POLICY}def handler(event, context):\n"
            f"    return policy({allowed.format(value)}, event['methodArn'])"
        )
    project.write({f"{name}/app.py": text for name, text in files.items()})
    functions = [project.function(name) for name in (*files, "Unbuilt")]

    def ask(get: Get) -> None:
        assert get("/good") == (200, None)
        failed = {"message": "Internal server error"}
        assert get("/bad") == (502, failed)
        assert get("/none") == (500, failed)
        assert get("/unbuilt") == (500, failed)
        assert get("/token", "yes") == (200, "Token")
        assert get("/request", "yes") == (200, "Request")
        assert get("/token", "no")[0] == get("/request", "no")[0] == 403
        assert get("/token")[0] == 401
        assert get("/broken", "yes")[0] == 500
        assert get("/good") == (200, None)

    async def use(declared: DeclaredFunctions) -> None:
        stage = Stage(DOCUMENT, invoker=NoFunction(), functions=declared.invokers)
        (warning,) = (each for each in stage.warnings if "has no handler" in each)
        assert warning.startswith("GET /none: the function 'stack-None' has no handler here")
        listener, stop = bind(), asyncio.Event()
        port = listener.getsockname()[1]

        def get(path: str, credentials: str | None = None) -> tuple[int, Any]:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            headers = {} if credentials is None else {"Authorization": credentials}
            connection.request("GET", f"/prod{path}", headers=headers)
            response = connection.getresponse()
            answer = response.status, json.loads(response.read())
            connection.close()
            return answer

        serving = asyncio.ensure_future(serve(stage.app, listener=listener, stop=stop))
        try:
            await asyncio.to_thread(ask, get)
        finally:
            stop.set()
            await serving

    project.run(functions, use)
    assert any("the function Bad cannot be loaded" in each for each in project.said)
