"""The import document of a REST API: its body, its own resources, or both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from openapi_first.aws import extensions
from openapi_first.aws.authorizers import IAM
from openapi_first.documents.errors import ContractError
from openapi_first.templates.intrinsics.stack import Stack
from openapi_first.templates.rest import components
from openapi_first.templates.rest.methods import Known, paths
from openapi_first.templates.rest.openapi_3 import as_openapi_3, unknown_methods
from openapi_first.templates.rest.pieces import Piece, RestApi, as_array, as_boolean, as_object

_VERSION = "1.0"
_NO_AUTHORIZER = "NONE"


def import_document(stack: Stack, api: RestApi) -> dict[str, Any]:
    """In OpenAPI 3.0. Errors are reported at their places in the template."""
    document = _body(stack, api.piece)
    models = components.model_names(api.of("Model"))
    authorizers = api.of("Authorizer")
    known = Known(
        {piece.id: piece for piece in authorizers},
        {piece.id: piece for piece in api.of("RequestValidator")},
        models,
    )
    merged = _object_of(document, "paths")
    for path, item in paths(stack, api, known).items():
        merged[path] = {**as_object(merged.get(path)), **item}
    schemas = components.schemas(stack, api.of("Model"), models)
    schemes = components.security_schemes(authorizers)
    methods = api.of("Method")
    if any(as_boolean(piece.properties.get("ApiKeyRequired")) for piece in methods):
        schemes[components.API_KEY_SCHEME] = dict(components.KEY)
    if any(piece.text("AuthorizationType").upper() == IAM for piece in methods):
        schemes[components.SIGNED_SCHEME] = dict(components.SIGNED)
    for name, members in (("schemas", schemas), ("securitySchemes", schemes)):
        if members:
            _object_of(_object_of(document, "components"), name).update(members)
    for key, members in (
        (extensions.REQUEST_VALIDATORS, components.validators(api.of("RequestValidator"))),
        (extensions.GATEWAY_RESPONSES, components.gateway_responses(api.of("GatewayResponse"))),
    ):
        if members:
            _object_of(document, key).update(members)
    _settings(document, api.piece)
    return document


def _body(stack: Stack, piece: Piece) -> dict[str, Any]:
    body = piece.properties.get("Body")
    info = {"title": piece.text("Name") or piece.resource.logical_id, "version": _VERSION}
    if isinstance(body, dict) and body:
        for name, pointer in unknown_methods(body):
            detail = f"{name!r} is not a method, so it is not served: write GET or ANY, for example"
            stack.problems.note(f"{piece.pointer('Body')}{pointer}", detail)
        try:
            document = _without_none(as_openapi_3(body))
            return {**document, "info": {**info, **as_object(document.get("info"))}}
        except ContractError as error:
            for each in error.diagnostics:
                pointer = f"{piece.pointer('Body')}{each.pointer}"
                stack.problems.report(pointer, each.detail, each.remedy)
    elif "BodyS3Location" in piece.properties:
        detail = "the body of the API is in S3, which is not read"
        stack.problems.report(
            piece.pointer("BodyS3Location"), detail, "Name a local file, or write it as Body."
        )
    elif "CloneFrom" in piece.properties:
        detail = "an API cannot be cloned here"
        stack.problems.report(piece.pointer("CloneFrom"), detail, "Write its document as Body.")
    return {"openapi": "3.0.1", "info": info, "paths": {}}


def _without_none(document: dict[str, Any]) -> dict[str, Any]:
    """SAM writes `Authorizer: NONE` as a requirement of that name, which API Gateway ignores, as
    there is no such scheme (AWS SAM: sam-property-function-apifunctionauth)."""
    schemes = as_object(as_object(document.get("components")).get("securitySchemes"))
    if _NO_AUTHORIZER in schemes:
        return document
    paths = {
        path: {key: _open(each) for key, each in item.items()} if isinstance(item, dict) else item
        for path, item in as_object(document.get("paths")).items()
    }
    return {**document, "paths": paths}


def _open(operation: Any) -> Any:
    security = operation.get("security") if isinstance(operation, dict) else None
    if not isinstance(security, list) or {_NO_AUTHORIZER: []} not in security:
        return operation
    return {**operation, "security": [each for each in security if each != {_NO_AUTHORIZER: []}]}


def _settings(document: dict[str, Any], piece: Piece) -> None:
    """The properties that the document has as extensions, where it does not have them itself."""
    found: dict[str, Any] = {}
    types = piece.array("BinaryMediaTypes")
    if types:
        written = document.get(extensions.BINARY_MEDIA_TYPES)
        own = written if isinstance(written, list) else []
        document[extensions.BINARY_MEDIA_TYPES] = list(
            dict.fromkeys([*own, *(str(each).replace("~1", "/") for each in types)])
        )
    size = piece.text("MinimumCompressionSize")
    if size:
        found[extensions.MINIMUM_COMPRESSION_SIZE] = int(size) if size.isdecimal() else size
    if piece.text("ApiKeySourceType"):
        found[extensions.API_KEY_SOURCE] = piece.text("ApiKeySourceType")
    policy = piece.properties.get("Policy")
    if policy is not None:
        found[extensions.POLICY] = _policy(policy)
    endpoint = _endpoint(piece)
    if endpoint:
        found[extensions.ENDPOINT_CONFIGURATION] = endpoint
    for key, value in found.items():
        document.setdefault(key, value)


def _policy(written: Any) -> Any:
    """A policy may be written as JSON in a string."""
    if isinstance(written, str):
        try:
            return json.loads(written)
        except (ValueError, RecursionError):
            return written
    return written


def _endpoint(piece: Piece) -> Mapping[str, Any]:
    configuration = piece.object("EndpointConfiguration")
    found: dict[str, Any] = {}
    if "PRIVATE" in [str(each).upper() for each in as_array(configuration.get("Types"))]:
        found["types"] = ["PRIVATE"]
    if configuration.get("VpcEndpointIds"):
        found["vpcEndpointIds"] = configuration["VpcEndpointIds"]
    if as_boolean(piece.properties.get("DisableExecuteApiEndpoint")):
        found["disableExecuteApiEndpoint"] = True
    return found


def _object_of(owner: dict[str, Any], key: str) -> dict[str, Any]:
    """The member, which becomes an object if it is not one."""
    found = owner[key] = {**as_object(owner.get(key))}
    return found
