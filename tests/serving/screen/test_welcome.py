"""What `contract serve` says at its start: a request that the API has, a key where one is asked."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from openapi_first.serving.access.local_tokens import LocalToken
from openapi_first.serving.builds import ServedContract
from openapi_first.serving.screen.welcome import Greeting, welcome
from openapi_first.stage.access.api_keys import ApiKey
from openapi_first.stage.api.importer import read_document

BASE = "http://127.0.0.1:3000/prod"
KEY = ApiKey("local", "local-development-key")


def text(paths: dict[str, Any], keys: tuple[ApiKey, ...] = (KEY,), **others: Any) -> str:
    document = {
        "openapi": "3.0.1",
        "info": {"title": "Shop", "version": "2"},
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "name": "x-api-key", "in": "header"}}
        },
        **others,
    }
    api = read_document(document)
    return welcome(Greeting(api, "2", len(api.methods), BASE, keys))


def method(key: bool = False, *required: str) -> dict[str, Any]:
    parameters = [{"name": name, "in": "query", "required": True} for name in required]
    return {
        "parameters": parameters,
        "security": [{"key": []}] if key else [],
        "x-amazon-apigateway-integration": {"type": "mock"},
    }


@pytest.mark.parametrize(
    ("paths", "request_line"),
    [
        ({"/a": {"get": method()}}, f"curl -i {BASE}/a"),
        ({"/a": {"post": method()}}, f"curl -i -X POST {BASE}/a"),
        ({"/a": {"options": method()}}, f"curl -i -X OPTIONS {BASE}/a"),
        ({"/a": {"options": method(), "put": method()}}, f"curl -i -X PUT {BASE}/a"),
        ({"/a": {"post": method()}, "/b/{id}": {"get": method()}}, f"curl -gi '{BASE}/b/{{id}}'"),
        ({"/b/{id}": {"get": method()}, "/a": {"get": method()}}, f"curl -i {BASE}/a"),
        ({"/a": {"get": method(False, "q")}, "/b": {"get": method()}}, f"curl -i {BASE}/b"),
        ({"/a": {"x-amazon-apigateway-any-method": method()}}, f"curl -i {BASE}/a"),
        (
            {"/a": {"get": method(True)}},
            f"curl -i -H 'x-api-key: local-development-key' {BASE}/a",
        ),
        ({"/a": {"get": method()}, "/b": {"get": method(True)}}, f"curl -i {BASE}/a"),
    ],
)
def test_the_request_is_one_that_the_api_has(paths: dict[str, Any], request_line: str) -> None:
    assert f"\n  {request_line}\n" in text(paths)


def test_the_request_has_what_the_gateway_asks_for() -> None:
    asking = method(True, "b", "a")
    asking["parameters"].append({"name": "X-Own", "in": "header", "required": True})
    assert (
        f"\n  curl -i -H 'x-api-key: local-development-key' -H 'X-Own: VALUE' '{BASE}/a?a=VALUE"
        "&b=VALUE'\n" in text({"/a": {"get": asking}})
    )
    uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations"
    scheme = {
        "type": "apiKey", "name": "Authorization", "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": uri},
    }  # fmt: skip
    document = {"/a": {"get": {**method(), "security": [{"bearer": []}]}}}
    found = text(document, components={"securitySchemes": {"bearer": scheme}})
    assert f'\n  curl -i -H "Authorization: Bearer $TOKEN" {BASE}/a\n' in found


def test_the_request_is_signed_for_a_method_that_asks_for_it() -> None:
    scheme = {
        "type": "apiKey", "name": "Authorization", "in": "header",
        "x-amazon-apigateway-authtype": "awsSigv4",
    }  # fmt: skip
    document = {"/a": {"get": {**method(), "security": [{"iam": []}]}}}
    found = text(document, components={"securitySchemes": {"iam": scheme}})
    signature = "--aws-sigv4 aws:amz:us-east-1:execute-api --user local:local"
    assert f"\n  curl -i {signature} {BASE}/a\n" in found


CONTRACT = """
openapi: 3.0.3
info: {title: Shop, version: "2"}
security: [{bearer: []}]
paths:
  /a/{name}/{day}:
    get:
      operationId: getA
      parameters:
        - {name: name, in: path, required: true, schema: {type: string}, example: "Ada L'O"}
        - {name: day, in: path, required: true, schema: {type: string, format: date}}
        - {name: tag, in: query, required: true, schema: {type: array, items: {type: string}},
           example: [a, "b c"]}
        - {name: X-Trace, in: header, required: true, schema: {type: integer, minimum: 7}}
        - {name: other, in: query, schema: {type: string}}
      responses: {"200": {description: ok}}
    post:
      operationId: makeA
      parameters:
        - {name: name, in: path, required: true, schema: {type: string, example: Bo}}
        - {name: day, in: path, required: true, schema: {type: string, example: Mon}}
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [n], properties: {n: {type: string, enum: ["it's"]}}}
      responses: {"200": {description: ok}}
components: {securitySchemes: {bearer: {type: http, scheme: bearer}}}
"""


def contract_text(folder: Path, contract: str, tokens: tuple[LocalToken, ...]) -> str:
    (folder / "openapi.yaml").write_text(contract)
    settings = folder / "pyproject.toml"
    settings.write_text('[tool.contract.authorizers.bearer]\ntype = "token"\n')
    build = ServedContract(folder / "openapi.yaml", settings, ("*",)).build(folder / "build")
    greeting = Greeting(
        build.api, "2", 2, BASE, tokens=tokens, schemes=build.schemes, example=build.example
    )
    return welcome(greeting)


def test_the_request_has_the_examples_of_the_contract(tmp_path: Path) -> None:
    token = LocalToken("bearer", "a.b.c")
    found = contract_text(tmp_path, CONTRACT, (token,))
    assert len(found.splitlines()) <= 12
    assert "\n  TOKEN=a.b.c\n" in found
    words = shlex.split(found.splitlines()[-1])
    assert words[:2] == ["curl", "-i"]
    assert re.fullmatch(rf"{BASE}/a/Ada%20L%27O/\d{{4}}-\d\d-\d\d\?tag=a&tag=b%20c", words[-1])
    assert words[2:-1] == ["-H", "Authorization: Bearer $TOKEN", "-H", "X-Trace: 7"]
    only_post = CONTRACT.replace("    get:\n", "    delete:\n", 1)
    words = shlex.split(contract_text(tmp_path, only_post, (token,)).splitlines()[-1])
    assert words[:4] == ["curl", "-i", "-X", "POST"]
    assert words[-3:] == ["--data-raw", '{"n": "it\'s"}', f"{BASE}/a/Bo/Mon"]


def test_a_key_is_named_only_where_an_operation_asks_for_one() -> None:
    assert "local-development-key" not in text({"/a": {"get": method()}})
    asking = {"/a": {"get": method(True)}}
    assert "  API key    local-development-key\n" in text(asking)
    by_authorizer = {"x-amazon-apigateway-api-key-source": "AUTHORIZER"}
    assert "local-development-key" not in text(asking, **by_authorizer)
    off = ApiKey("off", "a-key-that-is-disabled", enabled=False)
    assert "a-key-that-is-disabled" not in text(asking, (off, KEY))
    assert "API key" not in text(asking, ())


def test_an_api_without_operations_is_welcome_too() -> None:
    assert "Shop 2, 0 operations" in text({})
    assert "curl" not in text({})


def test_no_host_is_said_to_be_called_since_the_stage_calls_none_by_itself() -> None:
    integration = {"type": "http_proxy", "httpMethod": "GET", "uri": "https://legacy.example/x"}
    shown = text({"/x": {"get": {"x-amazon-apigateway-integration": integration}}})
    assert "legacy.example" not in shown
