"""A REST API after an import.

An import changes what AWS records show that it changes (AWS: api-gateway-known-issues): models
refer to each other by URL, only name, location and presence of parameters remain, and variables are
replaced.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

API_ID, ACCOUNT, REGION = "a1b2c3d4e5", "123456789012", "eu-west-1"
MODELS = f"https://apigateway.amazonaws.com/restapis/{API_ID}/models/"
PREFIX = "x-amazon-apigateway-"
_SETTINGS = {
    "binary-media-types": "binaryMediaTypes",
    "minimum-compression-size": "minimumCompressionSize",
    "security-policy": "securityPolicy",
    "endpoint-access-mode": "endpointAccessMode",
}
_TYPES = (
    *("ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR"),
    *("AUTHORIZER_FAILURE", "BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "DEFAULT_4XX"),
    *("DEFAULT_5XX", "EXPIRED_TOKEN", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"),
    *("INVALID_API_KEY", "INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED"),
    *("REQUEST_TOO_LARGE", "RESOURCE_NOT_FOUND", "THROTTLED", "UNAUTHORIZED"),
    *("UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED"),
)


@dataclass
class RestApi:
    """The API, in the shape in which the control plane returns it."""

    api: dict[str, Any]
    resources: list[dict[str, Any]]
    models: list[dict[str, Any]]
    validators: list[dict[str, Any]]
    authorizers: list[dict[str, Any]]
    gateway_responses: list[dict[str, Any]]

    def method(self, path: str, method: str) -> dict[str, Any]:
        found: dict[str, Any] = self.resource(path)["resourceMethods"][method]
        return found

    def resource(self, path: str) -> dict[str, Any]:
        return next(each for each in self.resources if each["path"] == path)

    def model(self, name: str) -> dict[str, Any]:
        return next(each for each in self.models if each["name"] == name)

    def gateway_response(self, name: str) -> dict[str, Any]:
        return next(each for each in self.gateway_responses if each["responseType"] == name)


def imported(document: dict[str, Any]) -> RestApi:
    """The API that `ImportRestApi` creates from a document."""
    text = json.dumps(document)
    for name, value in (("AccountId", ACCOUNT), ("Region", REGION), ("Partition", "aws")):
        text = text.replace(f"${{AWS::{name}}}", value)
    document = json.loads(text)
    schemes = document.get("components", {}).get("securitySchemes", {})
    validators = [
        {
            "id": f"v{index}",
            "name": name,
            "validateRequestBody": settings.get("validateRequestBody", False),
            "validateRequestParameters": settings.get("validateRequestParameters", False),
        }
        for index, (name, settings) in enumerate(
            document.get(f"{PREFIX}request-validators", {}).items()
        )
    ]
    authorizers = [
        _authorizer(f"u{index}", name, scheme)
        for index, (name, scheme) in enumerate(schemes.items())
        if f"{PREFIX}authorizer" in scheme
    ]
    info = document["info"]
    api = {
        "id": API_ID,
        "name": info["title"],
        "version": info["version"],
        "createdDate": 1700000000,
        "apiKeySource": document.get(f"{PREFIX}api-key-source", "HEADER"),
        "endpointConfiguration": {"types": ["REGIONAL"], "ipAddressType": "ipv4"},
        "disableExecuteApiEndpoint": False,
        "rootResourceId": "r0",
    }
    if "description" in info:
        api["description"] = info["description"]
    for name, member in _SETTINGS.items():
        if f"{PREFIX}{name}" in document:
            api[member] = document[f"{PREFIX}{name}"]
    resources = [{"id": "r0", "path": "/"}]
    for index, (path, item) in enumerate(document["paths"].items(), 1):
        resource = resources[0] if path == "/" else {"id": f"r{index}", "path": path}
        resource["resourceMethods"] = {
            _name(method): _method(
                path, method, written, str(resource["id"]), document, validators, authorizers
            )
            for method, written in item.items()
        }
        if path != "/":
            resources.append(resource)
    return RestApi(
        api,
        resources,
        [_model(name, schema) for name, schema in document["components"]["schemas"].items()],
        validators,
        authorizers,
        [
            _gateway_response(name, document.get(f"{PREFIX}gateway-responses", {}).get(name))
            for name in _TYPES
        ],
    )


def _name(method: str) -> str:
    return "ANY" if method.startswith("x-") else method.upper()


def _model(name: str, schema: Any) -> dict[str, Any]:
    text = json.dumps(schema).replace("#/components/schemas/", MODELS)
    return {"id": f"m{name}", "name": name, "schema": text, "contentType": "application/json"}


def _gateway_response(name: str, written: dict[str, Any] | None) -> dict[str, Any]:
    stock = {"application/json": '{"message":$context.error.messageString}'}
    if written is None:
        return {
            "responseType": name,
            "responseParameters": {},
            "responseTemplates": stock,
            "defaultResponse": True,
        }
    return {
        "responseType": name,
        **({"statusCode": written["statusCode"]} if "statusCode" in written else {}),
        "responseParameters": written.get("responseParameters", {}),
        "responseTemplates": written.get("responseTemplates", stock),
        "defaultResponse": False,
    }


def _authorizer(identifier: str, name: str, scheme: dict[str, Any]) -> dict[str, Any]:
    written = dict(scheme[f"{PREFIX}authorizer"])
    written["type"] = written["type"].upper()
    written.setdefault("authorizerResultTtlInSeconds", 300)
    if written["type"] != "REQUEST":
        written.setdefault("identitySource", f"method.request.header.{scheme['name']}")
    kind = scheme.get(f"{PREFIX}authtype", "custom")
    return {"id": identifier, "name": name, "authType": kind, **written}


def _method(
    path: str,
    method: str,
    written: dict[str, Any],
    resource: str,
    document: dict[str, Any],
    validators: list[dict[str, Any]],
    authorizers: list[dict[str, Any]],
) -> dict[str, Any]:
    kinds = {"query": "querystring", "header": "header", "path": "path"}
    parameters = {
        f"method.request.{kinds[each['in']]}.{each['name']}": each.get("required", False)
        for each in written.get("parameters", [])
        if each["in"] in kinds
    }
    for segment in path.split("/"):
        if segment.startswith("{"):
            parameters[f"method.request.path.{segment.strip('{}+')}"] = True
    held: dict[str, Any] = {
        "httpMethod": _name(method),
        "authorizationType": "NONE",
        "apiKeyRequired": False,
        "methodResponses": {
            status: _method_response(status, response)
            for status, response in written.get("responses", {}).items()
        },
        "methodIntegration": _integration(written[f"{PREFIX}integration"], resource),
    }
    if parameters:
        held["requestParameters"] = parameters
    if "operationId" in written:
        held["operationName"] = written["operationId"]
    models = _models(written.get("requestBody", {}))
    if models:
        held["requestModels"] = models
    chosen = written.get(f"{PREFIX}request-validator", document.get(f"{PREFIX}request-validator"))
    for validator in validators:
        if validator["name"] == chosen:
            held["requestValidatorId"] = validator["id"]
    for requirement in written.get("security", []):
        for name, scopes in requirement.items():
            authorizer = next((each for each in authorizers if each["name"] == name), None)
            if authorizer is None:
                held["apiKeyRequired"] = True
                continue
            cognito = authorizer["type"] == "COGNITO_USER_POOLS"
            held["authorizationType"] = authorizer["type"] if cognito else "CUSTOM"
            held["authorizerId"] = authorizer["id"]
            if scopes:
                held["authorizationScopes"] = scopes
    return held


def _models(owner: dict[str, Any]) -> dict[str, str]:
    return {
        media_type: entry["schema"]["$ref"].rpartition("/")[2]
        for media_type, entry in owner.get("content", {}).items()
        if "schema" in entry
    }


def _method_response(status: str, written: dict[str, Any]) -> dict[str, Any]:
    held: dict[str, Any] = {"statusCode": status}
    if written.get("headers"):
        held["responseParameters"] = {
            f"method.response.header.{name}": False for name in written["headers"]
        }
    if _models(written):
        held["responseModels"] = _models(written)
    return held


def _integration(written: dict[str, Any], resource: str) -> dict[str, Any]:
    held = {key: value for key, value in written.items() if key != "responses"}
    held["type"] = held["type"].upper()
    held["passthroughBehavior"] = held.get("passthroughBehavior", "when_no_match").upper()
    held.setdefault("timeoutInMillis", 29000)
    held["cacheNamespace"], held["cacheKeyParameters"] = resource, []
    if held["type"].startswith("HTTP"):
        held["connectionType"] = "INTERNET"
    responses = {}
    for pattern, each in written.get("responses", {}).items():
        responses[each["statusCode"]] = dict(each)
        if pattern != "default":
            responses[each["statusCode"]]["selectionPattern"] = pattern
    if responses:
        held["integrationResponses"] = responses
    return held
