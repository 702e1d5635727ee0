"""The canonical form of a method."""

from __future__ import annotations

import re
from typing import Any

from openapi_first.aws import extensions
from openapi_first.aws.authorizers import IAM, SIGV4
from openapi_first.aws.methods import PASSTHROUGH_BEHAVIORS
from openapi_first.aws.names import API_KEY_HEADER
from openapi_first.aws.quotas import LONGEST_TIMEOUT_MS
from openapi_first.drift.canonical_responses import integration_responses

_VARIABLE = re.compile(r"\{([^{}]*?)\+?\}")
_PLAIN = ("uri", "credentials", "connectionId", "contentHandling", "integrationTarget")
_MAPS = ("requestParameters", "requestTemplates")


def canonical_method(
    path: str, method: dict[str, Any], schemes: dict[str, Any], validator: str | None
) -> dict[str, Any]:
    """`validator` is the document's, for a method that does not name one."""
    result: dict[str, Any] = {
        "parameters": _parameters(path, method.get("parameters", [])),
        "responses": {
            str(status): _response(response)
            for status, response in method.get("responses", {}).items()
        },
        "security": security_of(method, schemes),
        extensions.INTEGRATION: _integration(method.get(extensions.INTEGRATION, {})),
    }
    if method.get("operationId"):
        result["operationId"] = method["operationId"]
    content = _content(method.get("requestBody", {}))
    if content:
        result["requestBody"] = {"content": content}
    chosen = method.get(extensions.REQUEST_VALIDATOR, validator)
    if chosen:
        result[extensions.REQUEST_VALIDATOR] = chosen
    return result


def _parameters(path: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """Whether each is required, by location and name, including undeclared path variables."""
    found = {f"path.{name}": True for name in _VARIABLE.findall(path)}
    for parameter in parameters:
        place = parameter["in"]
        if place in ("query", "header", "path"):
            required = place == "path" or bool(parameter.get("required"))
            found[f"{place}.{parameter['name']}"] = required
    return found


def _response(response: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if response.get("headers"):
        found["headers"] = {name: {} for name in response["headers"]}
    content = _content(response)
    if content:
        found["content"] = content
    return found


def _content(owner: dict[str, Any]) -> dict[str, Any]:
    """The model of each media type that has one."""
    return {
        media_type: {"schema": _reference(entry["schema"])}
        for media_type, entry in (owner.get("content") or {}).items()
        if entry.get("schema")
    }


def _reference(schema: dict[str, Any]) -> dict[str, Any]:
    if isinstance(schema.get("$ref"), str):
        return {"$ref": f"#/components/schemas/{schema['$ref'].rpartition('/')[2]}"}
    return schema


def security_of(method: dict[str, Any], schemes: dict[str, Any]) -> dict[str, Any]:
    """Whether the method requires an API key or a signature, and its authorizers with the scopes
    they require. Schemes that API Gateway does not support are left out."""
    found: dict[str, Any] = {}
    if str(method.get(extensions.AUTH, {}).get("type")).upper() == IAM:
        found["iam"] = True
    for requirement in method.get("security", []):
        for name, scopes in requirement.items():
            scheme = schemes.get(name, {})
            if extensions.AUTHORIZER in scheme:
                found.setdefault("authorizers", {})[name] = sorted(scopes)
            elif scheme.get(extensions.AUTHTYPE) == SIGV4:
                found["iam"] = True
            elif scheme.get("type") == "apiKey" and _is_api_key(scheme):
                found["apiKey"] = True
    return found


def _is_api_key(scheme: dict[str, Any]) -> bool:
    return scheme.get("in") == "header" and str(scheme.get("name")).lower() == API_KEY_HEADER


def _integration(written: dict[str, Any]) -> dict[str, Any]:
    kind = str(written.get("type", "")).lower()
    found: dict[str, Any] = {
        "type": kind,
        "passthroughBehavior": str(
            written.get("passthroughBehavior") or PASSTHROUGH_BEHAVIORS[0]
        ).lower(),
        "timeoutInMillis": int(written.get("timeoutInMillis") or LONGEST_TIMEOUT_MS.limit),
    }
    if written.get("httpMethod"):
        found["httpMethod"] = written["httpMethod"].upper()
    found.update({key: written[key] for key in _PLAIN if written.get(key)})
    for key in _MAPS:
        if written.get(key):
            found[key] = dict(written[key])
    if written.get("connectionType", "INTERNET") != "INTERNET":
        found["connectionType"] = written["connectionType"]
    if written.get("cacheKeyParameters"):
        found["cacheKeyParameters"] = sorted(written["cacheKeyParameters"])
    if (written.get("tlsConfig") or {}).get("insecureSkipVerification"):
        found["tlsConfig"] = {"insecureSkipVerification": True}
    if str(written.get("responseTransferMode") or "BUFFERED").upper() != "BUFFERED":
        found["responseTransferMode"] = written["responseTransferMode"]
    # Responses of a proxy are not mapped, even if declared (AWS: set-up-lambda-proxy-integrations).
    if not kind.endswith("_proxy"):
        found["responses"] = integration_responses(written.get("responses") or {})
    return found
