"""Models, validators, authorizers and gateway responses as parts of an import document.

AWS: aws-resource-apigateway-model, -requestvalidator, -authorizer and -gatewayresponse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from openapi_first.aws.authorizers import IAM, SIGV4
from openapi_first.aws.extensions import AUTHORIZER, AUTHTYPE, JSON_SCHEMA
from openapi_first.aws.names import API_KEY_HEADER
from openapi_first.templates.intrinsics.stack import Stack
from openapi_first.templates.rest.pieces import Piece, as_boolean

API_KEY_SCHEME = "api_key"
SIGNED_SCHEME = "sigv4"
_POOLS = "COGNITO_USER_POOLS"
_MODEL_ADDRESS = re.compile(r"https?://[^/]+/restapis/[^/]+/models/([^/]+)")
_SOURCE = re.compile(r"method\.request\.(header|querystring)\.(.+)")

KEY: Mapping[str, Any] = {"type": "apiKey", "name": API_KEY_HEADER, "in": "header"}
SIGNED: Mapping[str, Any] = {
    "type": "apiKey",
    "name": "Authorization",
    "in": "header",
    AUTHTYPE: SIGV4,
}


def model_names(models: Sequence[Piece]) -> dict[str, str]:
    """The component of each model, by the name and by the logical ID of the model."""
    found: dict[str, str] = {}
    for piece in models:
        name = piece.text("Name") or re.sub("[^0-9A-Za-z]", "", piece.resource.logical_id)
        found[name] = found[piece.id] = name
    return found


def schemas(stack: Stack, models: Sequence[Piece], names: Mapping[str, str]) -> dict[str, Any]:
    """The schemas of the models; a reference to a model refers to its component."""
    found = {}
    for piece in models:
        schema = piece.properties.get("Schema", {})
        if isinstance(schema, str):
            try:
                schema = json.loads(schema)
            except (ValueError, RecursionError) as error:
                detail = f"the schema of {piece.resource.logical_id} is not JSON: {error}"
                stack.problems.report(piece.pointer("Schema"), detail, "Write a JSON Schema.")
                continue
        name = names[piece.id]
        found[name] = _referring(schema, names, name)
        if isinstance(found[name], dict):
            found[name][JSON_SCHEMA] = True
    return found


def validators(pieces: Sequence[Piece]) -> dict[str, Any]:
    """By the names that `validator_name` gives."""
    return {
        validator_name(piece): {
            "validateRequestBody": as_boolean(piece.properties.get("ValidateRequestBody")),
            "validateRequestParameters": as_boolean(
                piece.properties.get("ValidateRequestParameters")
            ),
        }
        for piece in pieces
    }


def validator_name(piece: Piece) -> str:
    return piece.text("Name") or piece.resource.logical_id


def authorizer_name(piece: Piece) -> str:
    return piece.text("Name") or piece.resource.logical_id


def security_schemes(authorizers: Sequence[Piece]) -> dict[str, Any]:
    return {authorizer_name(piece): _scheme(piece) for piece in authorizers}


def gateway_responses(pieces: Sequence[Piece]) -> dict[str, Any]:
    """By their types."""
    found = {}
    for piece in pieces:
        members: dict[str, Any] = {}
        if "StatusCode" in piece.properties:
            members["statusCode"] = piece.text("StatusCode")
        for name, to in (
            ("ResponseParameters", "responseParameters"),
            ("ResponseTemplates", "responseTemplates"),
        ):
            if piece.object(name):
                members[to] = piece.object(name)
        found[piece.text("ResponseType")] = members
    return found


def requirement(
    piece: Piece, authorizers: Mapping[str, Piece], stack: Stack
) -> list[dict[str, Any]]:
    """The `security` of a method."""
    needed: dict[str, Any] = {}
    kind = piece.text("AuthorizationType", "NONE").upper()
    if kind == IAM:
        needed[SIGNED_SCHEME] = []
    elif kind != "NONE":
        authorizer = authorizers.get(piece.text("AuthorizerId"))
        if authorizer is None:
            detail = f"the authorizer of {piece.resource.logical_id} is not in this template"
            stack.problems.report(
                piece.pointer("AuthorizerId"), detail, "Declare it, and refer to it by Ref."
            )
        else:
            scopes = [str(scope) for scope in piece.array("AuthorizationScopes")]
            needed[authorizer_name(authorizer)] = scopes
    if as_boolean(piece.properties.get("ApiKeyRequired")):
        needed[API_KEY_SCHEME] = []
    return [needed] if needed else []


def _scheme(piece: Piece) -> dict[str, Any]:
    kind = piece.text("Type").upper()
    source = piece.text("IdentitySource")
    members: dict[str, Any] = {"type": kind.lower()}
    for name, to in (
        ("AuthorizerUri", "authorizerUri"),
        ("AuthorizerCredentials", "authorizerCredentials"),
        ("IdentityValidationExpression", "identityValidationExpression"),
        ("IdentitySource", "identitySource"),
    ):
        if piece.text(name):
            members[to] = piece.text(name)
    if "AuthorizerResultTtlInSeconds" in piece.properties:
        seconds = piece.text("AuthorizerResultTtlInSeconds")
        members["authorizerResultTtlInSeconds"] = int(seconds) if seconds.isdecimal() else seconds
    if kind == _POOLS:
        members["providerARNs"] = [str(arn) for arn in piece.array("ProviderARNs")]
    found = _SOURCE.fullmatch(source)
    name, location = (found[2], found[1]) if found else ("Unused", "header")
    if kind == "REQUEST":
        name, location = "Unused", "header"
    authtype = piece.text("AuthType") or ("cognito_user_pools" if kind == _POOLS else "custom")
    return {
        "type": "apiKey",
        "name": name if found or kind == "REQUEST" else "Authorization",
        "in": "query" if location == "querystring" else "header",
        AUTHTYPE: authtype,
        AUTHORIZER: members,
    }


def _referring(schema: Any, names: Mapping[str, str], own: str) -> Any:
    """A schema whose references to models, and to what is in its own model, are to components."""
    if isinstance(schema, list):
        return [_referring(each, names, own) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {
        key: _referring(value, names, own) for key, value in schema.items() if key != "$schema"
    }
    reference = schema.get("$ref")
    address = _MODEL_ADDRESS.fullmatch(reference) if isinstance(reference, str) else None
    if address is not None:
        found["$ref"] = f"#/components/schemas/{names.get(address[1], address[1])}"
    elif isinstance(reference, str) and reference.startswith("#"):
        found["$ref"] = f"#/components/schemas/{own}{reference[1:]}"
    return found
