"""One API for all stages that are compared, as an import document and for serverless-offline."""

from __future__ import annotations

from typing import Any

KEY = "a-key-of-twenty-characters-or-more"
MODEL = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string", "maxLength": 3}},
    "additionalProperties": False,
}
_X = "x-amazon-apigateway-"
_URI = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:us-east-1:123456789012:function:f/invocations"
)
_ORIGIN = "gatewayresponse.header.Access-Control-Allow-Origin"
# Method, path, and what the method asks for.
_METHODS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("get", "/echo/{id}", frozenset()),
    ("get", "/reply/{name}", frozenset()),
    ("get", "/files/{proxy+}", frozenset()),
    ("get", "/files/static", frozenset()),
    ("get", "/asking", frozenset({"parameters"})),
    ("post", "/held", frozenset({"model"})),
    ("post", "/both", frozenset({"parameters", "model"})),
    ("get", "/keyed", frozenset({"key"})),
)


def _parameters(path: str, asks: frozenset[str]) -> list[dict[str, Any]]:
    names = [(step.strip("{}+"), "path") for step in path.split("/") if step.startswith("{")]
    if "parameters" in asks:
        names += [("q", "query"), ("x-asked", "header")]
    return [
        {"name": name, "in": place, "required": True, "schema": {"type": "string"}}
        for name, place in names
    ]


def import_document(uri: Any = _URI) -> dict[str, Any]:
    """The document that API Gateway would import; `uri` is the integrations'."""
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri}
    paths: dict[str, dict[str, Any]] = {}
    for method, path, asks in _METHODS:
        paths.setdefault(path, {})[method] = {
            "parameters": _parameters(path, asks),
            "responses": {"200": {"description": "."}},
            f"{_X}integration": integration,
            **({"security": [{"key": []}]} if "key" in asks else {}),
            **({"requestBody": _BODY} if "model" in asks else {}),
        }
    paths["/held"]["options"] = {
        "responses": {
            "204": {
                "description": ".",
                "headers": {"Access-Control-Allow-Origin": {"schema": {"type": "string"}}},
            }
        },
        f"{_X}integration": {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode": 204}'},
            "responses": {
                "default": {
                    "statusCode": "204",
                    "responseParameters": {
                        "method.response.header.Access-Control-Allow-Origin": "'*'"
                    },
                }
            },
        },
    }
    return {
        "openapi": "3.0.1",
        "info": {"title": "Peers", "version": "1"},
        f"{_X}request-validators": {
            "all": {"validateRequestBody": True, "validateRequestParameters": True}
        },
        f"{_X}request-validator": "all",
        f"{_X}gateway-responses": {
            "DEFAULT_5XX": {"responseParameters": {_ORIGIN: "'*'"}},
            "BAD_REQUEST_BODY": {
                "statusCode": "400",
                "responseTemplates": {
                    "application/json": '{"own":"$context.error.validationErrorString"}'
                },
            },
        },
        "paths": paths,
        "components": {
            "schemas": {"Held": MODEL},
            "securitySchemes": {"key": {"type": "apiKey", "name": "x-api-key", "in": "header"}},
        },
    }


_BODY = {
    "required": True,
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Held"}}},
}


def serverless() -> dict[str, Any]:
    """The same for the Serverless Framework, as far as it has words for it."""
    events = []
    for method, path, asks in _METHODS:
        http: dict[str, Any] = {"method": method, "path": path, "private": "key" in asks}
        request: dict[str, Any] = {}
        if "parameters" in asks:
            request["parameters"] = {"querystrings": {"q": True}, "headers": {"x-asked": True}}
        if "model" in asks:
            request["schemas"] = {"application/json": MODEL}
            http["cors"] = path == "/held"
        events.append({"http": {**http, **({"request": request} if request else {})}})
    response = {
        "Type": "AWS::ApiGateway::GatewayResponse",
        "Properties": {
            "RestApiId": {"Ref": "ApiGatewayRestApi"},
            "ResponseType": "BAD_REQUEST_BODY",
            "StatusCode": "400",
            "ResponseTemplates": {
                "application/json": '{"own":"$context.error.validationErrorString"}'
            },
        },
    }
    return {
        "service": "peers",
        "frameworkVersion": "3",
        "provider": {
            "name": "aws",
            "runtime": "python3.11",
            "stage": "prod",
            "apiGateway": {"apiKeys": [{"name": "key", "value": KEY}]},
        },
        "plugins": ["serverless-offline"],
        "functions": {"f": {"handler": "function.handler", "timeout": 2, "events": events}},
        "resources": {"Resources": {"Refused": response}},
    }
