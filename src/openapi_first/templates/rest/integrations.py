"""Integrations and responses of methods (AWS: aws-properties-apigateway-method-integration)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openapi_first.templates.rest.pieces import as_array, as_boolean, as_object

_COPIED = {
    "CacheKeyParameters": "cacheKeyParameters",
    "CacheNamespace": "cacheNamespace",
    "ConnectionId": "connectionId",
    "ConnectionType": "connectionType",
    "ContentHandling": "contentHandling",
    "Credentials": "credentials",
    "IntegrationHttpMethod": "httpMethod",
    "IntegrationTarget": "integrationTarget",
    "PassthroughBehavior": "passthroughBehavior",
    "RequestParameters": "requestParameters",
    "RequestTemplates": "requestTemplates",
    "ResponseTransferMode": "responseTransferMode",
    "Type": "type",
    "Uri": "uri",
}
_OF_RESPONSE = {
    "ContentHandling": "contentHandling",
    "ResponseParameters": "responseParameters",
    "ResponseTemplates": "responseTemplates",
    "StatusCode": "statusCode",
}
_HEADER = "method.response.header."


def integration(written: Mapping[str, Any]) -> dict[str, Any]:
    """As the extension of an import document has it."""
    found = {to: written[name] for name, to in _COPIED.items() if name in written}
    for key in ("requestParameters", "requestTemplates"):
        if key in found:
            found[key] = {name: _text(value) for name, value in as_object(found[key]).items()}
    if "PassthroughBehavior" in written:
        found["passthroughBehavior"] = str(written["PassthroughBehavior"]).lower()
    if "type" in found:
        found["type"] = str(found["type"]).lower()
    if "TimeoutInMillis" in written:
        found["timeoutInMillis"] = _whole(written["TimeoutInMillis"])
    if "TlsConfig" in written:
        insecure = as_object(written["TlsConfig"]).get("InsecureSkipVerification")
        found["tlsConfig"] = {"insecureSkipVerification": as_boolean(insecure)}
    answers = {
        _text(each.get("SelectionPattern")) or "default": _response(each)
        for each in map(as_object, as_array(written.get("IntegrationResponses")))
    }
    if answers:
        found["responses"] = answers
    return found


def _response(written: Mapping[str, Any]) -> dict[str, Any]:
    found = {to: written[name] for name, to in _OF_RESPONSE.items() if name in written}
    if "statusCode" in found:
        found["statusCode"] = str(found["statusCode"])
    for key in ("responseParameters", "responseTemplates"):
        if key in found:
            found[key] = {name: _text(value) for name, value in as_object(found[key]).items()}
    return found


def responses(written: Any, models: Mapping[str, str]) -> dict[str, Any]:
    """The method responses as responses of an operation; `models` has their components."""
    found: dict[str, Any] = {}
    for each in map(as_object, as_array(written)):
        response: dict[str, Any] = {"description": ""}
        headers = {
            name.removeprefix(_HEADER): {"schema": {"type": "string"}}
            for name in as_object(each.get("ResponseParameters"))
            if name.startswith(_HEADER)
        }
        if headers:
            response["headers"] = headers
        content = request_content(each.get("ResponseModels"), models)
        if content:
            response["content"] = content
        found[str(each.get("StatusCode", "default"))] = response
    return found


def request_content(written: Any, models: Mapping[str, str]) -> dict[str, Any]:
    """The content of a body, by media type; the models Empty and Error are in every API."""
    return {
        media_type: {"schema": {"$ref": f"#/components/schemas/{models.get(str(name), str(name))}"}}
        if str(name) in models
        else {"schema": {"type": "object"}}
        for media_type, name in as_object(written).items()
    }


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _whole(value: Any) -> Any:
    return int(value) if str(value).isdecimal() else value
