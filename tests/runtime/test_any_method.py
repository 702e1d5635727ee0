"""Operations for any method, and those with their own integration, in the Lambda."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openapi_first.runtime import Reply, current_request, lambda_handler
from support.compiled import Operations, compiled_module, contract_of, event, serve

ANY = "x-amazon-apigateway-any-method"


def served_by_method(folder: Path, document: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """The handler of operations that answer with their own name and the method of the request."""
    compiled = compiled_module(folder, document)
    operations = Operations("operations")

    def named(name: str) -> Callable[..., Any]:
        return lambda **_: {"by": name, "method": current_request().event["httpMethod"]}

    for name in compiled.SIGNATURES:
        setattr(operations, name, named(name))
    return lambda_handler(compiled, operations)


def test_the_operation_for_any_method_serves_the_methods_without_one(tmp_path: Path) -> None:
    document = contract_of()
    item = document["paths"]["/things"]
    item[ANY] = {"responses": item["get"]["responses"]}
    item["delete"] = {"x-amazon-apigateway-integration": {"type": "mock"}}
    handler = served_by_method(tmp_path, document)
    for method, name in (("GET", "call"), ("PUT", "any_things"), ("PATCH", "any_things")):
        answer = handler(event(method=method), None)
        assert json.loads(answer["body"]) == {"by": name, "method": method}
    assert handler(event(method="PUT", resource="/others"), None)["statusCode"] == 404
    preflight = handler(event(method="OPTIONS"), None)
    assert preflight["statusCode"] == 204
    methods = preflight["multiValueHeaders"]["Access-Control-Allow-Methods"]
    assert methods == ["DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT"]


def test_a_head_request_to_the_operation_for_any_method_needs_no_body(tmp_path: Path) -> None:
    plain = {"200": {"description": "", "content": {"text/plain": {}}}}
    document = contract_of(responses=plain)
    item = document["paths"]["/things"]
    item[ANY] = item.pop("get")
    handler, _ = serve(tmp_path, document, lambda: Reply(None, 200))
    assert handler(event(method="HEAD"), None)["statusCode"] == 200
    assert handler(event(method="GET"), None)["statusCode"] == 500


def test_an_operation_with_its_own_integration_needs_no_function(tmp_path: Path) -> None:
    document = contract_of()
    document["paths"]["/queue"] = {
        "post": {
            "operationId": "enqueue",
            "x-amazon-apigateway-integration": {"type": "aws", "uri": "arn:aws:sqs"},
            "parameters": [{"name": "q", "in": "query", "style": "pipeDelimited", "schema": {}}],
        }
    }
    handler, _ = serve(tmp_path, document)
    assert handler(event(), None)["statusCode"] == 200
    assert handler(event(method="POST", resource="/queue"), None)["statusCode"] == 404
