"""Renders the document that API Gateway (REST) imports.

It names no account, region or function: integration URIs hold import-time variables
(AWS: import-api-aws-variables) and the stage variable `function`, so the same bytes import through
the console, the CLI and SAM.
"""

from __future__ import annotations

import re
from typing import Any

from openapi_first.core.media_types import is_json
from openapi_first.import_document.authorizers import invocation_uri, rendered_scheme
from openapi_first.import_document.binary_media_types import ANY, binary_media_types
from openapi_first.import_document.import_checks import refused
from openapi_first.import_document.models import Models
from openapi_first.import_document.preflight import mock_preflight
from openapi_first.import_document.protection import enforced_security, unprotected
from openapi_first.import_document.responses import gateway_responses
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.openapi.cors_headers import exposed_headers, preflight_headers
from openapi_first.openapi.errors import ContractError
from openapi_first.openapi.model import Contract, MediaType, Operation, Parameter, RequestBody
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.json_types import json_types

FUNCTION_VARIABLE = "function"
"""The stage variable that names the function, with its alias: `items:live`."""

VALIDATOR = "all"

_NAME = re.compile("[a-zA-Z0-9._$-]+")
_TIMEOUT_MS = 29_000
_DEFAULTS = GatewaySettings()
_VALIDATORS = "x-amazon-apigateway-request-validators"
_VALIDATOR = "x-amazon-apigateway-request-validator"


def import_document(contract: Contract, settings: GatewaySettings = _DEFAULTS) -> dict[str, Any]:
    """The import document, as plain data; the same contract and settings always give the same.

    Raises ContractError for what API Gateway would refuse to import, and for operations that it
    would leave open to everyone though they ask for security.
    """
    faults = [*refused(contract), *unprotected(contract, settings)]
    if faults:
        raise ContractError(faults)
    return unchecked_document(contract, settings)


def unchecked_document(contract: Contract, settings: GatewaySettings = _DEFAULTS) -> dict[str, Any]:
    """The import document, whether API Gateway would take it or not."""
    models = Models(contract)
    root = contract.root.value
    paths: dict[str, dict[str, Any]] = {}
    for operation in contract.operations:
        item = paths.setdefault(operation.path, {})
        item[operation.method.lower()] = _method(operation, models, settings)
    for path, item in paths.items():
        if "options" not in item:
            operations = [each for each in contract.operations if each.path == path]
            item["options"] = _preflight(operations, contract, settings)
    document: dict[str, Any] = {
        "openapi": "3.0.1",
        "info": {
            key: root["info"][key]
            for key in ("title", "version", "description")
            if key in root["info"]
        },
        _VALIDATORS: root.get(
            _VALIDATORS,
            {VALIDATOR: {"validateRequestBody": True, "validateRequestParameters": True}},
        ),
        _VALIDATOR: root.get(_VALIDATOR, VALIDATOR),
        "x-amazon-apigateway-api-key-source": "HEADER",
        "x-amazon-apigateway-gateway-responses": gateway_responses(
            settings.static_origin or "*", exposed_headers(contract)
        ),
        "paths": paths,
        "components": {
            "schemas": models.schemas,
            "securitySchemes": _security_schemes(contract, settings),
        },
    }
    binary = settings.binary_media_types or binary_media_types(contract)
    if binary:
        document["x-amazon-apigateway-binary-media-types"] = list(binary)
    return document


def _method(operation: Operation, models: Models, settings: GatewaySettings) -> dict[str, Any]:
    method: dict[str, Any] = {"operationId": operation.id}
    for key in ("summary", "description", "tags"):
        if key in operation.node.value:
            method[key] = operation.node.value[key]
    parameters = [each for each in operation.parameters if is_importable(each)]
    if parameters:
        method["parameters"] = [_parameter(parameter) for parameter in parameters]
    if operation.body is not None and takes_body(operation):
        method["requestBody"] = {
            "required": operation.body.required,
            "content": _requests(operation, operation.body, models),
        }
    # Ranges and `default` name no status, and a method response has one.
    answers = [each for each in operation.responses if each.status.isdecimal()]
    method["responses"] = {} if answers else {str(operation.success): {"description": ""}}
    for response in answers:
        rendered: dict[str, Any] = {"description": response.node.value.get("description", "")}
        if response.headers:
            rendered["headers"] = {
                header.name: {"schema": {"type": "string"}} for header in response.headers
            }
        if response.content:
            name = f"{operation.id}Response{response.status}"
            rendered["content"] = {
                entry.name: _modelled(entry, name, models, Direction.RESPONSE)
                for entry in response.content
            }
        method["responses"][response.status] = rendered
    security = list(enforced_security(operation, settings))
    if security:
        method["security"] = security
    if _VALIDATOR in operation.node.value:
        method[_VALIDATOR] = operation.node.value[_VALIDATOR]
    method["x-amazon-apigateway-integration"] = _integration()
    return method


def _integration() -> dict[str, Any]:
    return {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": invocation_uri("${stageVariables." + FUNCTION_VARIABLE + "}"),
        "passthroughBehavior": "when_no_match",
        "timeoutInMillis": _TIMEOUT_MS,
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    """Name, place, presence and description are all that API Gateway takes."""
    rendered = {
        "name": parameter.name,
        "in": parameter.location,
        "required": required_at_gateway(parameter),
        "schema": {"type": "string"},
    }
    if "description" in parameter.node.value:
        rendered["description"] = parameter.node.value["description"]
    return rendered


def is_importable(parameter: Parameter) -> bool:
    """Whether a request parameter of API Gateway can be made of it (AWS:
    rest-api-parameter-mapping-sources; an import with another name fails)."""
    return parameter.location != "cookie" and bool(_NAME.fullmatch(parameter.name))


def required_at_gateway(parameter: Parameter) -> bool:
    """Whether the request validator can ask for the parameter by its name.

    The members of an exploded object come under names of their own (OpenAPI 3.0.3 §4.7.12.4), and
    one that may be empty would be refused as blank (AWS: api-gateway-method-request-validation).
    """
    if parameter.location == "path":
        return True
    spread = (
        parameter.location == "query"
        and parameter.media_type is None
        and (
            parameter.style == "deepObject"
            or (parameter.explode and "object" in json_types(parameter.schema))
        )
    )
    asked = is_importable(parameter) and parameter.required
    return asked and not spread and not parameter.allow_empty


def takes_body(operation: Operation) -> bool:
    """Whether the import document has the operation's body. HTTP gives the body of a GET, HEAD or
    DELETE no meaning (OpenAPI 3.0.3 §4.7.10.1), so the Lambda alone sees to it."""
    return operation.method not in ("GET", "HEAD", "DELETE")


def has_model(operation: Operation, entry: MediaType) -> bool:
    """Whether requests of the media type are held to a model. A model reads JSON, and refuses no
    body at all (AWS: api-gateway-method-request-validation)."""
    required = operation.body is not None and operation.body.required
    modelled = required and entry.schema is not None and is_json(entry.name)
    return modelled and takes_body(operation)


def _requests(operation: Operation, body: RequestBody, models: Models) -> dict[str, Any]:
    return {
        entry.name: _modelled(entry, f"{operation.id}Request", models, Direction.REQUEST)
        if has_model(operation, entry)
        else {}
        for entry in body.content
    }


def _modelled(entry: MediaType, name: str, models: Models, direction: Direction) -> dict[str, Any]:
    if entry.schema is None:
        return {}
    if entry.name != "application/json":
        name += entry.name.title()
    return {"schema": models.reference(entry.schema, name, direction)}


def _preflight(
    operations: list[Operation], contract: Contract, settings: GatewaySettings
) -> dict[str, Any]:
    """Answered by the gateway; by the Lambda where it takes a look at the origin to know which."""
    if settings.static_origin is None:
        return {
            "summary": "CORS preflight",
            "responses": {"204": {"description": "What a browser may send."}},
            "x-amazon-apigateway-integration": _integration(),
        }
    headers = preflight_headers(operations, contract)
    return mock_preflight(
        {"Access-Control-Allow-Origin": settings.static_origin, **headers},
        as_text=ANY in settings.binary_media_types,
    )


def _security_schemes(contract: Contract, settings: GatewaySettings) -> dict[str, Any]:
    schemes = contract.root.value.get("components", {}).get("securitySchemes", {})
    return {
        name: rendered
        for name, scheme in schemes.items()
        if (rendered := rendered_scheme(name, scheme, settings.authorizers.get(name)))
    }
