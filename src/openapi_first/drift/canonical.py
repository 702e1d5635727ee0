"""Brings import documents, exports and APIs to one form.

It leaves out what API Gateway drops (descriptions, tags, examples, defaults, `deprecated`,
`required` of bodies, cookie parameters: AWS, api-gateway-known-issues), what it adds (server URLs,
cache namespaces, descriptions of responses), and every order without a meaning. It fills in the
defaults that a document may leave out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from openapi_first.aws import extensions
from openapi_first.aws.authorizers import DEFAULT_TTL_SECONDS, REQUEST
from openapi_first.aws.methods import METHODS
from openapi_first.aws.names import API_KEY_SOURCES
from openapi_first.decimals.numbers import as_integer
from openapi_first.drift.canonical_methods import canonical_method, security_of
from openapi_first.drift.canonical_responses import gateway_responses

_METHODS = frozenset({*map(str.lower, METHODS), extensions.ANY_METHOD})
_NOTES = frozenset({"description", "title", "example", "examples", "default", "externalDocs"})
_UNORDERED = frozenset({"required", "enum", "type"})
_NAMED = frozenset({"properties", "patternProperties", "definitions"})
_AUTHORIZER = ("authorizerUri", "authorizerCredentials", "identityValidationExpression")


def canonical(document: dict[str, Any]) -> dict[str, Any]:
    """The canonical form: an import document, except that `parameters` is a map (`_parameters` in
    `canonical_methods`) and `security` is what API Gateway enforces (`security_of`)."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    validator = document.get(extensions.REQUEST_VALIDATOR)
    paths = {
        path: {
            method: canonical_method(path, written, schemes, validator)
            for method, written in item.items()
            if method in _METHODS
        }
        for path, item in document.get("paths", {}).items()
    }
    methods = [method for item in paths.values() for method in item.values()]
    result: dict[str, Any] = {
        "info": {"version": str(document.get("info", {}).get("version"))},
        "paths": {path: item for path, item in paths.items() if item},
        "components": {
            "schemas": _schemas(document, methods),
            "securitySchemes": _authorizers(schemes, document),
        },
        extensions.REQUEST_VALIDATORS: _validators(document, methods),
        extensions.GATEWAY_RESPONSES: gateway_responses(
            document.get(extensions.GATEWAY_RESPONSES, {})
        ),
        extensions.API_KEY_SOURCE: document.get(extensions.API_KEY_SOURCE, API_KEY_SOURCES[0]),
        extensions.BINARY_MEDIA_TYPES: sorted(document.get(extensions.BINARY_MEDIA_TYPES, [])),
    }
    if document.get(extensions.MINIMUM_COMPRESSION_SIZE) is not None:
        key = extensions.MINIMUM_COMPRESSION_SIZE
        result[key] = int(document[key])
    if document.get(extensions.POLICY):
        result[extensions.POLICY] = _policy(document[extensions.POLICY])
    return result


def _validators(document: dict[str, Any], methods: list[dict[str, Any]]) -> dict[str, Any]:
    """Those that methods name; both of their settings default to false."""
    used = {method.get(extensions.REQUEST_VALIDATOR) for method in methods}
    return {
        name: {
            key: bool(validator.get(key))
            for key in ("validateRequestBody", "validateRequestParameters")
        }
        for name, validator in document.get(extensions.REQUEST_VALIDATORS, {}).items()
        if name in used
    }


def _schemas(document: dict[str, Any], methods: list[dict[str, Any]]) -> dict[str, Any]:
    """The models that methods use; an API may have others, such as `Empty` and `Error`."""
    schemas = document.get("components", {}).get("schemas", {})
    bodies = [method.get("requestBody") for method in methods]
    queue = [bodies, [method["responses"] for method in methods]]
    found: dict[str, Any] = {}
    while queue:
        for name in _references(queue.pop()):
            if name not in found and name in schemas:
                found[name] = _schema(schemas[name])
                queue.append(found[name])
    return found


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference.rpartition("/")[2]
        for item in value.values():
            yield from _references(item)


def _schema(value: Any, key: str = "") -> Any:
    if isinstance(value, list):
        items = [_schema(item) for item in value]
        return sorted(items, key=json.dumps) if key in _UNORDERED else items
    if not isinstance(value, dict):
        return as_integer(value)  # 1 and 1.0 are the same number
    if key in _NAMED:
        return {name: _schema(item) for name, item in value.items()}
    if isinstance(value.get("$ref"), str):
        return {"$ref": f"#/components/schemas/{value['$ref'].rpartition('/')[2]}"}
    return {
        name: _schema(item, name)
        for name, item in value.items()
        if name not in _NOTES and not name.startswith("x-")
    }


def _authorizers(schemes: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Those that methods use. The methods themselves say whether they require an API key."""
    used = {
        name
        for item in document.get("paths", {}).values()
        for method in item.values()
        if isinstance(method, dict)
        for name in security_of(method, schemes).get("authorizers", {})
    }
    return {name: _authorizer(schemes[name]) for name in sorted(used) if name in schemes}


def _authorizer(scheme: dict[str, Any]) -> dict[str, Any]:
    written = scheme[extensions.AUTHORIZER]
    kind = str(written.get("type", "")).lower()
    source = written.get("identitySource")
    if source is None and kind != REQUEST.name:
        source = f"method.request.header.{scheme.get('name', 'Authorization')}"
    ttl = written.get("authorizerResultTtlInSeconds")
    inner: dict[str, Any] = {
        "type": kind,
        "identitySource": sorted(re.split(r"\s*,\s*", source)) if source else [],
        "authorizerResultTtlInSeconds": DEFAULT_TTL_SECONDS if ttl is None else int(ttl),
    }
    if written.get("providerARNs"):
        inner["providerARNs"] = sorted(written["providerARNs"])
    if written.get("jwtConfiguration"):
        inner["jwtConfiguration"] = _jwt(written["jwtConfiguration"])
    inner.update({key: written[key] for key in _AUTHORIZER if written.get(key)})
    return {extensions.AUTHORIZER: inner}


def _jwt(configuration: dict[str, Any]) -> dict[str, Any]:
    """Without the URLs of the issuers' keys, which API Gateway discovers itself."""
    issuers = [
        {**issuer, "audiences": sorted(issuer.get("audiences", ()))}
        for issuer in configuration.get("issuers", ())
    ]
    for issuer in issuers:
        issuer.pop("jwksUri", None)
    algorithms = sorted(configuration.get("defaultAlgorithms", ()))
    return {
        **configuration,
        "issuers": sorted(issuers, key=lambda each: str(each.get("issuer"))),
        "defaultAlgorithms": algorithms,
    }


def _policy(policy: Any) -> Any:
    """API Gateway expands the resource `execute-api:/…` to `arn:…:API/…`; this undoes it."""
    if isinstance(policy, str):
        policy = json.loads(policy)
    text = json.dumps(policy, sort_keys=True)
    return json.loads(
        re.sub(r"arn:[a-z-]+:execute-api:[^:\"]*:[^:\"]*:[^/\"]*/", "execute-api:/", text)
    )
