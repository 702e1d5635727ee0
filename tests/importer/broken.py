"""An import document that breaks no rule, and for each rule one that breaks it alone."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

Document = dict[str, Any]

_X = "x-amazon-apigateway-"
_URI = (
    "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/f/invocations"
)
_AUTHORIZER = {"type": "token", "authorizerUri": _URI, "identitySource": "method.request.header.A"}
_HEADER = "method.response.header.Access-Control-Allow-Origin"
_SOUND: Document = {
    "openapi": "3.0.1",
    "info": {"title": "T", "version": "1"},
    f"{_X}request-validators": {"all": {"validateRequestBody": True}},
    f"{_X}request-validator": "all",
    f"{_X}api-key-source": "HEADER",
    f"{_X}binary-media-types": ["image/png", "application/*"],
    f"{_X}gateway-responses": {
        "DEFAULT_4XX": {"responseParameters": {"gatewayresponse.header.A": "'*'"}},
        "THROTTLED": {"statusCode": "429"},
    },
    "paths": {
        "/things/{id}": {
            "put": {
                "operationId": "putThing",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "q", "in": "query", "required": True, "description": "Q."},
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                    },
                },
                "responses": {"200": {"description": "."}},
                "security": [{"key": [], "guard": []}],
                f"{_X}request-validator": "all",
                f"{_X}integration": {
                    "type": "aws_proxy",
                    "httpMethod": "POST",
                    "uri": _URI,
                    "passthroughBehavior": "when_no_match",
                    "timeoutInMillis": 29000,
                },
            }
        },
        "/things": {
            "options": {
                "responses": {
                    "200": {
                        "description": ".",
                        "headers": {"Access-Control-Allow-Origin": {"schema": {"type": "string"}}},
                    }
                },
                f"{_X}integration": {
                    "type": "mock",
                    "responses": {
                        "default": {"statusCode": "200", "responseParameters": {_HEADER: "'*'"}}
                    },
                },
            }
        },
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "maxLength": 3},
                    "parent": {"$ref": "#/components/schemas/Thing"},
                },
            }
        },
        "securitySchemes": {
            "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
            "guard": {
                "type": "apiKey",
                "name": "A",
                "in": "header",
                f"{_X}authtype": "custom",
                f"{_X}authorizer": _AUTHORIZER,
            },
        },
    },
}


def sound() -> Document:
    """The document that breaks no rule."""
    return copy.deepcopy(_SOUND)


def _at(document: Document, *steps: Any) -> Any:
    for step in steps:
        document = document[step]
    return document


_PUT = ("paths", "/things/{id}", "put")
_OPTIONS = ("paths", "/things", "options")
_THING = ("components", "schemas", "Thing")
_NAME = (*_THING, "properties", "name")
_INTEGRATION = (*_PUT, f"{_X}integration")
_MOCK = (*_OPTIONS, f"{_X}integration", "responses", "default", "responseParameters")
_RESPONSES = f"{_X}gateway-responses"
_SCHEMES = ("components", "securitySchemes")

Change = Callable[[Document], Any]


def _set(*steps: Any) -> Change:
    """A change: the last step is the value, the one before it the key."""
    *owner, key, value = steps

    def change(document: Document) -> None:
        _at(document, *owner)[key] = value

    return change


def _path(path: str, **more: Any) -> Change:
    """A change: another path, with what its variables need."""
    names = [step.strip("{}+") for step in path.split("/") if step.startswith("{")]
    operation = {
        "parameters": [{"name": name, "in": "path", "required": True} for name in names],
        "responses": {},
        f"{_X}integration": _at(_SOUND, *_INTEGRATION),
    }
    return _set("paths", path, {"get": {**operation, **more}})


def _many_paths(document: Document) -> None:
    for index in range(300):
        _path(f"/more{index}")(document)


def _guards(document: Document) -> None:
    guard = _at(document, *_SCHEMES, "guard")
    _at(document, *_SCHEMES).update({f"guard{index}": guard for index in range(10)})


def _two_guards(document: Document) -> None:
    _at(document, *_SCHEMES)["other"] = _at(document, *_SCHEMES, "guard")
    _at(document, *_PUT)["security"] = [{"guard": []}, {"other": []}]


def _unread_path_parameters(document: Document) -> None:
    _at(document, "paths", "/things")["parameters"] = [{"name": "q", "in": "query"}]


def _basic(document: Document) -> None:
    _at(document, *_SCHEMES)["basic"] = {"type": "http", "scheme": "basic"}
    _at(document, *_PUT, "security", 0)["basic"] = []


def _renamed(document: Document) -> None:
    schemas = _at(document, "components", "schemas")
    schemas["My_Thing"] = {"type": "object"}


def _large(document: Document) -> None:
    _at(document, *_NAME)["description"] = "x" * 410_000


BROKEN: dict[str, Change] = {
    "openapi-version": _set("openapi", "3.1.0"),
    "definition-size": _set("info", "description", "x" * 6_300_000),
    "resources": _many_paths,
    "path-begins": _path("things"),
    "path-segment": _path("/a~b"),
    "sibling-variable": _path("/things/{other}/more"),
    "greedy-child": _path("/{proxy+}/more"),
    "method": _set("paths", "/things", "trace", _at(_SOUND, *_OPTIONS)),
    "path-parameters": _unread_path_parameters,
    "parameter-name": _set(*_PUT, "parameters", 1, "name", "filter[a]"),
    "parameter-location": _set(*_PUT, "parameters", 1, "in", "cookie"),
    "parameter-attribute": _set(*_PUT, "parameters", 1, "schema", {"type": "string", "enum": []}),
    "operation-deprecated": _set(*_PUT, "deprecated", True),
    "callbacks": _set(*_PUT, "callbacks", {"done": {}}),
    "response-status": _set(*_PUT, "responses", "default", {"description": "."}),
    "root-security": _set("security", [{"key": []}]),
    "servers": _set("servers", [{"url": "/v1"}]),
    "security-scheme": _set(*_PUT, "security", [{"nobody": []}]),
    "security-type": _basic,
    "reference-elsewhere": _set(*_THING, "properties", "parent", "$ref", "thing.yaml"),
    "reference-unknown": _set(*_THING, "properties", "parent", "$ref", "#/components/schemas/No"),
    "model-name": _renamed,
    "model-draft-4": _set(*_NAME, "maxLength", -1),
    "model-size": _large,
    "model-attribute": _set(*_THING, "patternProperties", {"^a": {}}),
    "composed-reference": _set(*_NAME, "anyOf", [{"$ref": "#/components/schemas/Thing"}]),
    "schema-discriminator": _set(*_THING, "discriminator", {"propertyName": "name"}),
    "schema-example": _set(*_NAME, "example", "a"),
    "schema-nullable": _set(*_NAME, "nullable", True),
    "schema-readOnly": _set(*_NAME, "readOnly", True),
    "schema-deprecated": _set(*_NAME, "deprecated", True),
    "schema-default": _set(*_NAME, "default", "a"),
    "schema-minItems": _set(*_THING, "properties", "list", {"minItems": 1}),
    "schema-maxItems": _set(*_THING, "properties", "list", {"maxItems": 1}),
    "schema-exclusiveMinimum": _set(
        *_THING, "properties", "size", {"minimum": 0, "exclusiveMinimum": True}
    ),
    "schema-format": _set(*_THING, "properties", "size", {"type": "integer", "format": "int32"}),
    "response-primitive": _set(
        *_PUT, "responses", "200", "content", {"application/json": {"schema": {"type": "string"}}}
    ),
    "validator": _set(*_PUT, f"{_X}request-validator", "none"),
    "integration": lambda document: _at(document, *_PUT).pop(f"{_X}integration"),
    "integration-type": _set(*_INTEGRATION, "type", "ftp"),
    "integration-uri": _set(*_INTEGRATION, "uri", ""),
    "integration-timeout": _set(*_INTEGRATION, "timeoutInMillis", 49),
    "integration-long": _set(*_INTEGRATION, "timeoutInMillis", 30_000),
    "passthrough": _set(*_INTEGRATION, "passthroughBehavior", "sometimes"),
    "integration-header": _set(*_MOCK, "method.response.header.Other", "'a'"),
    "mapping": _set(*_MOCK, _HEADER, "*"),
    "gateway-response-type": _set(_RESPONSES, "TEAPOT", {}),
    "gateway-response-fixed": _set(_RESPONSES, "REQUEST_TOO_LARGE", {}),
    "gateway-response-status": _set(_RESPONSES, "THROTTLED", "statusCode", "999"),
    "gateway-response-parameter": _set(
        _RESPONSES, "DEFAULT_4XX", "responseParameters", "header.A", "'*'"
    ),
    "key-source": _set(f"{_X}api-key-source", "QUERY"),
    "binary-media-types": _set(f"{_X}binary-media-types", ["image/png", "application/*", "*/png"]),
    "authorizers": _guards,
    "authorizer-type": _set(*_SCHEMES, "guard", f"{_X}authorizer", "type", "magic"),
    "authorizer-uri": _set(*_SCHEMES, "guard", f"{_X}authorizer", {"type": "token"}),
    "one-authorizer": _two_guards,
    "http-api-extension": _set(f"{_X}cors", {}),
}
