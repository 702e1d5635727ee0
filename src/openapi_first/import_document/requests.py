"""Requests in the import document: the parameters and bodies that API Gateway can validate."""

from __future__ import annotations

from typing import Any

from openapi_first.aws.names import PARAMETER_NAME
from openapi_first.core.media_types import is_json
from openapi_first.import_document.models import Models
from openapi_first.openapi.model import MediaType, Operation, Parameter, RequestBody
from openapi_first.openapi.styles import has_own_name
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.json_types import json_types


def is_importable(parameter: Parameter) -> bool:
    """Whether API Gateway can import the parameter.

    It has no cookie parameters, and an import with another name fails.
    """
    return parameter.location != "cookie" and bool(PARAMETER_NAME.fullmatch(parameter.name))


def required_at_gateway(parameter: Parameter) -> bool:
    """Whether the request validator can check that the parameter is present.

    It looks for the parameter's own name, and rejects an empty value
    (AWS: api-gateway-method-request-validation).
    """
    if parameter.location == "path":
        return True
    return (
        is_importable(parameter)
        and parameter.required
        and not parameter.allow_empty
        and (parameter.location != "query" or _has_own_name(parameter))
    )


def _has_own_name(parameter: Parameter) -> bool:
    if parameter.media_type is not None:
        return True
    return has_own_name(parameter.style, parameter.explode, json_types(parameter.schema))


def takes_body(operation: Operation) -> bool:
    """Whether the import document has the operation's body. In HTTP the body of a GET, HEAD or
    DELETE has no meaning (OpenAPI 3.0.3 §4.7.10.1), so only the Lambda validates it."""
    return operation.method not in ("GET", "HEAD", "DELETE")


def has_model(operation: Operation, entry: MediaType) -> bool:
    """Whether API Gateway validates bodies of the media type against a model.

    A model validates only JSON, and rejects a missing body
    (AWS: api-gateway-method-request-validation).
    """
    required = operation.body is not None and operation.body.required
    modelled = required and entry.schema is not None and is_json(entry.name)
    return modelled and takes_body(operation)


def request_members(operation: Operation, models: Models) -> dict[str, Any]:
    """The `parameters` and `requestBody` of the operation's method."""
    members: dict[str, Any] = {}
    parameters = [_parameter(each) for each in operation.parameters if is_importable(each)]
    if parameters:
        members["parameters"] = parameters
    if operation.body is not None and takes_body(operation):
        members["requestBody"] = {
            "required": operation.body.required,
            "content": _content(operation, operation.body, models),
        }
    return members


def _parameter(parameter: Parameter) -> dict[str, Any]:
    """API Gateway imports only the name, the location, `required` and the description."""
    rendered = {
        "name": parameter.name,
        "in": parameter.location,
        "required": required_at_gateway(parameter),
        "schema": {"type": "string"},
    }
    if "description" in parameter.node.value:
        rendered["description"] = parameter.node.value["description"]
    return rendered


def _content(operation: Operation, body: RequestBody, models: Models) -> dict[str, Any]:
    return {
        entry.name: modelled(entry, f"{operation.id}Request", models, Direction.REQUEST)
        if has_model(operation, entry)
        else {}
        for entry in body.content
    }


def modelled(entry: MediaType, name: str, models: Models, direction: Direction) -> dict[str, Any]:
    """The Media Type Object with a reference to its model; `name` is for an inline schema."""
    if entry.schema is None:
        return {}
    if entry.name != "application/json":
        name += entry.name.title()
    return {"schema": models.reference(entry.schema, name, direction)}
