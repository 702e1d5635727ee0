"""The paths of a REST API that a template declares resource by resource.

AWS: aws-resource-apigateway-resource, aws-resource-apigateway-method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openapi_first.aws import extensions
from openapi_first.aws.methods import ANY, METHODS
from openapi_first.templates.intrinsics.parameters import text_of
from openapi_first.templates.intrinsics.stack import Stack
from openapi_first.templates.rest.components import requirement, validator_name
from openapi_first.templates.rest.integrations import integration, request_content, responses
from openapi_first.templates.rest.pieces import Piece, RestApi, as_boolean, as_object

_ROOT = "-root"
"""What the attribute RootResourceId adds to the id of an API."""
_LOCATIONS = {"header": "header", "path": "path", "querystring": "query"}


@dataclass(frozen=True, slots=True)
class Known:
    """What methods refer to: authorizers and validators by id, components by names of models."""

    authorizers: Mapping[str, Piece]
    validators: Mapping[str, Piece]
    models: Mapping[str, str]


def paths(stack: Stack, api: RestApi, known: Known) -> dict[str, Any]:
    """The path items with an operation for each method."""
    templates = _path_templates(stack, api)
    found: dict[str, Any] = {}
    for piece in api.of("Method"):
        path = templates.get(piece.text("ResourceId"))
        method = piece.text("HttpMethod").upper()
        if path is None:
            stack.problems.report(
                piece.pointer("ResourceId"),
                f"the resource of {piece.resource.logical_id} is not in this template",
                "Refer to an AWS::ApiGateway::Resource, or to RootResourceId.",
            )
        elif method not in (*METHODS, ANY):
            stack.problems.report(
                piece.pointer("HttpMethod"),
                f"{method!r} is not a method",
                f"Write one of {', '.join((*METHODS, ANY))}.",
            )
        else:
            key = extensions.ANY_METHOD if method == ANY else method.lower()
            found.setdefault(path, {})[key] = _operation(stack, piece, known)
    return found


def _path_templates(stack: Stack, api: RestApi) -> dict[str, str]:
    """By the ids of the resources."""
    pieces = {piece.id: piece for piece in api.of("Resource")}
    found = {f"{api.piece.id}{_ROOT}": "/"}
    for piece in pieces.values():
        waiting: list[Piece] = []
        at: Piece | None = piece
        while at is not None and at.id not in found and at not in waiting:
            waiting.append(at)
            at = pieces.get(at.text("ParentId"), at if at.text("ParentId") == at.id else None)
        for each in reversed(waiting):
            parent = found.get(each.text("ParentId"))
            if parent is None:
                stack.problems.report(
                    each.pointer("ParentId"),
                    f"the parent of {each.resource.logical_id} is not above it in this template",
                    "Refer to an AWS::ApiGateway::Resource, or to RootResourceId.",
                )
                break
            found[each.id] = f"{parent.rstrip('/')}/{each.text('PathPart')}"
    return found


def _operation(stack: Stack, piece: Piece, known: Known) -> dict[str, Any]:
    operation: dict[str, Any] = {}
    if piece.text("OperationName"):
        operation["operationId"] = piece.text("OperationName")
    parameters = []
    for name, required in piece.object("RequestParameters").items():
        location, _, rest = name.removeprefix("method.request.").partition(".")
        if not name.startswith("method.request.") or location not in _LOCATIONS or not rest:
            stack.problems.report(
                piece.pointer("RequestParameters"),
                f"{name!r} is not a request parameter",
                "Write method.request.<header|path|querystring>.<name>.",
            )
            continue
        parameters.append(
            {
                "name": rest,
                "in": _LOCATIONS[location],
                "required": as_boolean(text_of(required)),
                "schema": {"type": "string"},
            }
        )
    if parameters:
        operation["parameters"] = parameters
    content = request_content(piece.properties.get("RequestModels"), known.models)
    if content:
        operation["requestBody"] = {"required": True, "content": content}
    operation["responses"] = responses(piece.properties.get("MethodResponses"), known.models)
    security = requirement(piece, known.authorizers, stack)
    if security:
        operation["security"] = security
    validator = known.validators.get(piece.text("RequestValidatorId"))
    if validator is not None:
        operation[extensions.REQUEST_VALIDATOR] = validator_name(validator)
    elif piece.text("RequestValidatorId"):
        stack.problems.report(
            piece.pointer("RequestValidatorId"),
            f"the validator of {piece.resource.logical_id} is not in this template",
            "Declare it, and refer to it by Ref.",
        )
    written = as_object(piece.properties.get("Integration"))
    if written:
        operation[extensions.INTEGRATION] = integration(written)
    return operation
