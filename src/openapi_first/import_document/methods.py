"""The methods of the import document: one for each operation, and the CORS preflights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openapi_first.aws.extensions import INTEGRATION
from openapi_first.aws.methods import ANY
from openapi_first.aws.quotas import LONGEST_TIMEOUT_MS
from openapi_first.import_document.authorizers import invocation_uri
from openapi_first.import_document.extensions.carried_over import (
    in_resource_terms,
    merged,
    written_extensions,
)
from openapi_first.import_document.models import Models
from openapi_first.import_document.protection import enforced_security
from openapi_first.import_document.requests import modelled, request_members
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.openapi.gateway_extensions import FUNCTION_VARIABLE
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.path_templates import variable_names
from openapi_first.resources.cors_headers import preflight_headers
from openapi_first.resources.templates import Template
from openapi_first.schemas.directions import Direction

ANY_MEDIA_TYPE = "*/*"


def rendered_method(
    operation: Operation, template: Template, models: Models, settings: GatewaySettings
) -> dict[str, Any]:
    """The method of an operation, with its own integration or the one that invokes the function.
    `template` is that of the operation's path in the contract."""
    named = operation.own_integration is None or "operationId" in operation.node.value
    method: dict[str, Any] = {"operationId": operation.id} if named else {}
    for key in ("summary", "description", "tags"):
        if key in operation.node.value:
            method[key] = operation.node.value[key]
    method.update(request_members(operation, models))
    method["responses"] = _responses(operation, models)
    security = list(enforced_security(operation, settings))
    if security:
        method["security"] = security
    method.update(written_extensions(operation.node))
    method[INTEGRATION] = _integration(operation, template)
    return method


def _integration(operation: Operation, template: Template) -> Any:
    if operation.own_integration is not None:
        return operation.own_integration.value
    written = operation.node.get(INTEGRATION)
    if written is None:
        return _lambda_integration()
    return merged(in_resource_terms(written.value, template), _lambda_integration())


def _responses(operation: Operation, models: Models) -> dict[str, Any]:
    # A method response has one status; ranges and `default` have none.
    declared = [each for each in operation.responses if each.status.isdecimal()]
    if not declared:
        return {str(operation.success): {"description": ""}}
    responses: dict[str, Any] = {}
    for response in declared:
        rendered: dict[str, Any] = {"description": response.node.value.get("description", "")}
        if response.headers:
            rendered["headers"] = {
                header.name: {"schema": {"type": "string"}} for header in response.headers
            }
        if response.content:
            name = f"{operation.id}Response{response.status}"
            rendered["content"] = {
                entry.name: modelled(entry, name, models, Direction.RESPONSE)
                for entry in response.content
            }
        responses[response.status] = rendered
    return responses


def _lambda_integration() -> dict[str, Any]:
    return {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": invocation_uri("${stageVariables." + FUNCTION_VARIABLE + "}"),
        "passthroughBehavior": "when_no_match",
        "timeoutInMillis": LONGEST_TIMEOUT_MS.limit,
    }


def has_preflight(operations: Sequence[Operation]) -> bool:
    """Whether a path gets an OPTIONS method for preflights. `operations` are all of the path: not
    if one of them answers OPTIONS by itself, or none is ours to open for browsers."""
    answered = any(
        each.method == "OPTIONS" or (each.method == ANY and each.own_integration is not None)
        for each in operations
    )
    return not answered and any(each.own_integration is None for each in operations)


def rendered_preflight(
    resource: str,
    operations: Sequence[Operation],
    contract: Contract,
    settings: GatewaySettings,
    binary_media_types: Sequence[str],
) -> dict[str, Any]:
    """The OPTIONS method of a resource, for the operations that functions serve: a MOCK integration
    (Fetch §3.3.2), or the function when the response depends on the request's origin."""
    request = {"summary": "CORS preflight", **_path_parameters(resource)}
    if settings.static_origin is None:
        return {
            **request,
            "responses": {"204": {"description": "What a browser may send."}},
            INTEGRATION: _lambda_integration(),
        }
    headers = preflight_headers(operations, contract)
    return request | _mock_preflight(
        {"Access-Control-Allow-Origin": settings.static_origin, **headers},
        as_text=ANY_MEDIA_TYPE in binary_media_types,
    )


def _path_parameters(resource: str) -> dict[str, Any]:
    """AWS adds them by itself; other tools refuse a document without (OpenAPI 3.0.3 §4.7.12)."""
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in variable_names(resource)
    ]
    return {"parameters": parameters} if parameters else {}


def _mock_preflight(headers: dict[str, str], *, as_text: bool) -> dict[str, Any]:
    """Needs no API key (AWS: enable-cors-for-resource-using-swagger-importer-tool). `as_text` is
    for an API that takes every media type as binary, to which templates do not apply
    (AWS: how-to-cors)."""
    handling = {"contentHandling": "CONVERT_TO_TEXT"} if as_text else {}
    return {
        "responses": {
            "200": {
                "description": "What a browser may send.",
                "headers": {name: {"schema": {"type": "string"}} for name in headers},
            }
        },
        INTEGRATION: {
            "type": "mock",
            **handling,
            "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "passthroughBehavior": "never",
            "responses": {
                "default": {
                    "statusCode": "200",
                    **handling,
                    "responseParameters": {
                        f"method.response.header.{name}": f"'{value}'"
                        for name, value in headers.items()
                    },
                }
            },
        },
    }
