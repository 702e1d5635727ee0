"""Renders the document that API Gateway (REST) imports.

It names no account, region or function: integration URIs hold import-time variables
(AWS: import-api-aws-variables) and the stage variable `function`, so the same bytes import through
the console, the CLI and SAM.
"""

from __future__ import annotations

from typing import Any

from contract.compiler import exposed_headers
from contract.faults import ContractError
from contract.gateway_responses import gateway_responses
from contract.importable import refused
from contract.model import Contract, MediaType, Operation, Parameter
from contract.models import Models
from contract.schemas import Direction

__all__ = ["FUNCTION_VARIABLE", "VALIDATOR", "import_document"]

FUNCTION_VARIABLE = "function"
"""The stage variable that names the function, with its alias: `items:live`."""

VALIDATOR = "all"

_URI = (
    "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
    "${stageVariables." + FUNCTION_VARIABLE + "}/invocations"
)
_TIMEOUT_MS = 29_000
_VALIDATORS = "x-amazon-apigateway-request-validators"
_VALIDATOR = "x-amazon-apigateway-request-validator"


def import_document(contract: Contract, *, allow_origin: str = "*") -> dict[str, Any]:
    """The import document, as plain data; the same contract always gives the same.

    Raises ContractError for what API Gateway would refuse to import.
    """
    faults = list(refused(contract))
    if faults:
        raise ContractError(faults)
    models = Models(contract.openapi)
    root = contract.root.value
    paths: dict[str, dict[str, Any]] = {}
    for operation in contract.operations:
        item = paths.setdefault(operation.path, {})
        item[operation.method.lower()] = _method(operation, models)
    for path, item in paths.items():
        if "options" not in item:
            operations = [each for each in contract.operations if each.path == path]
            item["options"] = _preflight(operations, contract, allow_origin)
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
            allow_origin, exposed_headers(contract)
        ),
        "paths": paths,
        "components": {"schemas": models.schemas, "securitySchemes": _security_schemes(contract)},
    }
    return document


def _method(operation: Operation, models: Models) -> dict[str, Any]:
    method: dict[str, Any] = {"operationId": operation.id}
    for key in ("summary", "description", "tags"):
        if key in operation.node.value:
            method[key] = operation.node.value[key]
    if operation.parameters:
        method["parameters"] = [_parameter(parameter) for parameter in operation.parameters]
    if operation.body is not None:
        method["requestBody"] = {
            "required": operation.body.required,
            "content": _content(
                operation.body.content, f"{operation.id}Request", models, Direction.REQUEST
            ),
        }
    method["responses"] = {}
    for response in operation.responses:
        rendered: dict[str, Any] = {"description": response.node.value.get("description", "")}
        if response.headers:
            rendered["headers"] = {
                header.name: {"schema": {"type": "string"}} for header in response.headers
            }
        if response.content:
            name = f"{operation.id}Response{response.status}"
            rendered["content"] = _content(response.content, name, models, Direction.RESPONSE)
        method["responses"][response.status] = rendered
    if operation.security:
        method["security"] = list(operation.security)
    if _VALIDATOR in operation.node.value:
        method[_VALIDATOR] = operation.node.value[_VALIDATOR]
    method["x-amazon-apigateway-integration"] = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": _URI,
        "passthroughBehavior": "when_no_match",
        "timeoutInMillis": _TIMEOUT_MS,
    }
    return method


def _parameter(parameter: Parameter) -> dict[str, Any]:
    """Name, place, presence and description are all that API Gateway takes."""
    rendered = {
        "name": parameter.name,
        "in": parameter.location,
        "required": parameter.required,
        "schema": {"type": "string"},
    }
    if "description" in parameter.node.value:
        rendered["description"] = parameter.node.value["description"]
    return rendered


def _content(
    content: tuple[MediaType, ...], name: str, models: Models, direction: Direction
) -> dict[str, Any]:
    rendered: dict[str, Any] = {}
    for entry in content:
        rendered[entry.name] = {}
        if entry.schema is not None:
            rendered[entry.name]["schema"] = models.reference(entry.schema, name, direction)
    return rendered


def _preflight(
    operations: list[Operation], contract: Contract, allow_origin: str
) -> dict[str, Any]:
    """A MOCK integration that answers CORS preflights, without an API key
    (AWS: enable-cors-for-resource-using-swagger-importer-tool)."""
    names = {"Content-Type"}
    schemes = contract.root.value.get("components", {}).get("securitySchemes", {})
    for operation in operations:
        names.update(
            parameter.name for parameter in operation.parameters if parameter.location == "header"
        )
        for requirement in operation.security:
            for name in requirement:
                scheme = schemes.get(name, {})
                if scheme.get("type") == "apiKey" and scheme.get("in") == "header":
                    names.add(scheme["name"])
                elif scheme.get("type") != "apiKey":
                    names.add("Authorization")
    methods = sorted({operation.method for operation in operations} | {"OPTIONS"})
    values = {
        "Access-Control-Allow-Origin": allow_origin,
        "Access-Control-Allow-Methods": ",".join(methods),
        "Access-Control-Allow-Headers": ",".join(sorted(names, key=str.lower)),
        "Access-Control-Max-Age": "600",
    }
    return {
        "summary": "CORS preflight",
        "responses": {
            "200": {
                "description": "What a browser may send.",
                "headers": {name: {"schema": {"type": "string"}} for name in values},
            }
        },
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "passthroughBehavior": "never",
            "responses": {
                "default": {
                    "statusCode": "200",
                    "responseParameters": {
                        f"method.response.header.{name}": f"'{value}'"
                        for name, value in values.items()
                    },
                }
            },
        },
    }


def _security_schemes(contract: Contract) -> dict[str, Any]:
    schemes = contract.root.value.get("components", {}).get("securitySchemes", {})
    return {
        name: {key: scheme[key] for key in ("type", "name", "in") if key in scheme}
        for name, scheme in schemes.items()
    }
