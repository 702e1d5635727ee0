"""Renders the document that API Gateway (REST) imports.

It contains no account, region or function, unless the contract names them: integration URIs have
import-time variables (AWS: import-api-aws-variables) and the stage variable `function`, so the same
bytes can be imported by the console, the CLI and SAM.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openapi_first.aws import extensions
from openapi_first.aws.names import API_KEY_SOURCES
from openapi_first.core.media_types import is_json, media_type_of
from openapi_first.import_document.authorizers import rendered_scheme
from openapi_first.import_document.extensions.carried_over import carry_over, merged
from openapi_first.import_document.gateway_responses import gateway_responses
from openapi_first.import_document.import_checks import DEFAULT_VALIDATOR, import_errors
from openapi_first.import_document.methods import (
    ANY_MEDIA_TYPE,
    has_preflight,
    rendered_method,
    rendered_preflight,
)
from openapi_first.import_document.models import Models
from openapi_first.import_document.protection import unprotected_schemes
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.openapi.cors_headers import exposed_headers
from openapi_first.openapi.errors import ContractError
from openapi_first.openapi.model import Contract, method_key
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.lowering import SchemaLowering

_DEFAULTS = GatewaySettings()


def import_document(
    contract: Contract,
    settings: GatewaySettings = _DEFAULTS,
    lowered: Mapping[Direction, SchemaLowering] | None = None,
) -> dict[str, Any]:
    """The import document as plain data, always the same for the same contract and settings.

    `lowered` are the contract's lowerings, if others share them. Raises ContractError as
    `check_importable` does.
    """
    check_importable(contract, settings)
    return render_document(contract, settings, Models(contract, lowered))


def check_importable(contract: Contract, settings: GatewaySettings) -> None:
    """Raises ContractError for what API Gateway would refuse to import, and for operations with
    security that nothing would enforce."""
    errors = [error for _, error in import_errors(contract)]
    errors += unprotected_schemes(contract, settings)
    if errors:
        raise ContractError(errors)


def render_document(
    contract: Contract, settings: GatewaySettings, models: Models
) -> dict[str, Any]:
    """The import document, even if API Gateway would refuse it; `models` collects its models."""
    root = contract.root.value
    paths: dict[str, dict[str, Any]] = {}
    binary = _binary_media_types(contract, settings)
    for operation in contract.operations:
        item = paths.setdefault(operation.path, {})
        item[method_key(operation.method)] = rendered_method(operation, models, settings)
    for path, item in paths.items():
        operations = [each for each in contract.operations if each.path == path]
        if has_preflight(operations):
            served = [each for each in operations if each.own_integration is None]
            item["options"] = rendered_preflight(served, contract, settings, binary)
    document: dict[str, Any] = {
        "openapi": "3.0.1",
        "info": {
            key: root["info"][key]
            for key in ("title", "version", "description")
            if key in root["info"]
        },
        extensions.REQUEST_VALIDATORS: {
            DEFAULT_VALIDATOR: {"validateRequestBody": True, "validateRequestParameters": True}
        },
        extensions.REQUEST_VALIDATOR: DEFAULT_VALIDATOR,
        extensions.API_KEY_SOURCE: API_KEY_SOURCES[0],
        extensions.GATEWAY_RESPONSES: gateway_responses(
            settings.static_origin or "*", exposed_headers(contract)
        ),
        "paths": paths,
        "components": {
            "schemas": models.schemas,
            "securitySchemes": _security_schemes(contract, settings),
        },
    }
    if binary:
        document[extensions.BINARY_MEDIA_TYPES] = binary
    carry_over(document, contract)
    return document


def _binary_media_types(contract: Contract, settings: GatewaySettings) -> list[str]:
    """Those of the contract's extension, then those of the settings or else the derived ones."""
    written = contract.root.value.get(extensions.BINARY_MEDIA_TYPES)
    generated = list(settings.binary_media_types or binary_media_types(contract))
    found: list[str] = merged(written if isinstance(written, list) else [], generated)
    return found


def _security_schemes(contract: Contract, settings: GatewaySettings) -> dict[str, Any]:
    schemes = contract.root.value.get("components", {}).get("securitySchemes", {})
    return {
        name: rendered
        for name, scheme in schemes.items()
        if (rendered := rendered_scheme(name, scheme, settings.authorizers.get(name)))
    }


def is_binary(media_type: str) -> bool:
    """Whether the Lambda reads a body of the media type as bytes.

    A multipart form counts as binary, since it may contain any file.
    """
    bare = media_type_of(media_type)
    form = bare == "application/x-www-form-urlencoded"
    return not (is_json(bare) or bare.startswith("text/") or form)


def binary_media_types(contract: Contract) -> tuple[str, ...]:
    """The media types and ranges for `x-amazon-apigateway-binary-media-types`, sorted.

    `*/*` is left out: it would make every body binary, even JSON, which a contract that accepts any
    media type in one place does not ask for (AWS: api-gateway-payload-encodings).
    """
    names: set[str] = set()
    for operation in contract.served:
        if operation.body is not None:
            names.update(entry.name for entry in operation.body.content)
        for response in operation.responses:
            names.update(entry.name for entry in response.content)
    binary = {media_type_of(name) for name in names if is_binary(name)}
    return tuple(sorted(binary - {ANY_MEDIA_TYPE}))
