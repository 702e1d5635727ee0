"""Writes the API's current configuration as an export, so that both are compared alike."""

from __future__ import annotations

import json
from typing import Any

from openapi_first.aws import extensions
from openapi_first.aws.authorizers import IAM, SIGV4
from openapi_first.aws.methods import ANY
from openapi_first.aws.names import API_KEY_HEADER
from openapi_first.drift.control_plane import Deployed

_KEY = "api_key"
_IAM = "sigv4"


def current_document(deployed: Deployed) -> dict[str, Any]:
    """The API as it would be deployed now."""
    api = deployed.api
    names = {each["id"]: each["name"] for each in deployed.validators}
    authorizers = {each["id"]: each["name"] for each in deployed.authorizers}
    document: dict[str, Any] = {
        "openapi": "3.0.1",
        "info": {"title": api.get("name"), "version": api.get("version")},
        "paths": {
            resource["path"]: {
                extensions.ANY_METHOD if name == ANY else name.lower(): _method(
                    method, names, authorizers
                )
                for name, method in resource["resourceMethods"].items()
            }
            for resource in deployed.resources
            if resource.get("resourceMethods")
        },
        "components": {
            "schemas": {
                each["name"]: _json(each.get("schema") or "{}") for each in deployed.models
            },
            "securitySchemes": {
                _KEY: {"type": "apiKey", "name": API_KEY_HEADER, "in": "header"},
                _IAM: {"type": "apiKey", extensions.AUTHTYPE: SIGV4},
                **{each["name"]: _authorizer(each) for each in deployed.authorizers},
            },
        },
        extensions.REQUEST_VALIDATORS: {
            each["name"]: {
                key: each[key] for key in ("validateRequestBody", "validateRequestParameters")
            }
            for each in deployed.validators
        },
        extensions.GATEWAY_RESPONSES: {
            each["responseType"]: each
            for each in deployed.gateway_responses
            if not each.get("defaultResponse")
        },
    }
    for key, name in (
        ("apiKeySource", extensions.API_KEY_SOURCE),
        ("binaryMediaTypes", extensions.BINARY_MEDIA_TYPES),
        ("minimumCompressionSize", extensions.MINIMUM_COMPRESSION_SIZE),
    ):
        if api.get(key) is not None:
            document[name] = api[key]
    if api.get("policy"):
        # API Gateway returns the policy with each quote escaped once more.
        document[extensions.POLICY] = _json(api["policy"].replace('\\"', '"'))
    return document


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {"not JSON": text}


def _authorizer(authorizer: dict[str, Any]) -> dict[str, Any]:
    return {"type": "apiKey", "in": "header", extensions.AUTHORIZER: authorizer}


def _method(
    method: dict[str, Any], validators: dict[str, str], authorizers: dict[str, str]
) -> dict[str, Any]:
    written: dict[str, Any] = {
        "parameters": [
            {**_parameter(name), "required": required}
            for name, required in (method.get("requestParameters") or {}).items()
        ],
        "responses": {
            status: _response(response)
            for status, response in (method.get("methodResponses") or {}).items()
        },
        "security": _security(method, authorizers),
    }
    if method.get("operationName"):
        written["operationId"] = method["operationName"]
    if method.get("requestModels"):
        written["requestBody"] = {"content": _content(method["requestModels"])}
    if method.get("requestValidatorId"):
        name = validators.get(method["requestValidatorId"], method["requestValidatorId"])
        written[extensions.REQUEST_VALIDATOR] = name
    integration = dict(method.get("methodIntegration") or {})
    responses = integration.pop("integrationResponses", None) or {}
    integration["responses"] = {
        each.get("selectionPattern") or "default": each for each in responses.values()
    }
    written[extensions.INTEGRATION] = integration
    return written


def _parameter(name: str) -> dict[str, str]:
    """`name` is like `method.request.querystring.limit`."""
    _, _, place, own = name.split(".", 3)
    return {"name": own, "in": "query" if place == "querystring" else place}


def _response(response: dict[str, Any]) -> dict[str, Any]:
    headers = response.get("responseParameters") or {}
    return {
        "headers": {name.removeprefix("method.response.header."): {} for name in headers},
        "content": _content(response.get("responseModels") or {}),
    }


def _content(models: dict[str, str]) -> dict[str, Any]:
    return {
        media_type: {"schema": {"$ref": f"#/components/schemas/{name}"}}
        for media_type, name in models.items()
    }


def _security(method: dict[str, Any], authorizers: dict[str, str]) -> list[dict[str, list[str]]]:
    found: list[dict[str, list[str]]] = []
    if method.get("apiKeyRequired"):
        found.append({_KEY: []})
    if method.get("authorizationType") == IAM:
        found.append({_IAM: []})
    if method.get("authorizerId"):
        name = authorizers.get(method["authorizerId"], method["authorizerId"])
        found.append({name: method.get("authorizationScopes") or []})
    return found
