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
from openapi_first.core.problem_templates import ErrorBody
from openapi_first.documents.errors import Diagnostic, NotImportable
from openapi_first.import_document.authorizers import rendered_scheme
from openapi_first.import_document.extensions.api_settings import add_api_settings, contradictions
from openapi_first.import_document.extensions.carried_over import carry_over, merged
from openapi_first.import_document.gateway_responses import gateway_responses
from openapi_first.import_document.import_checks import DEFAULT_VALIDATOR, import_errors
from openapi_first.import_document.methods import (
    ANY_MEDIA_TYPE,
    has_preflight,
    rendered_method,
    rendered_preflight,
)
from openapi_first.import_document.model_limits import leave_out_largest
from openapi_first.import_document.models import Models
from openapi_first.import_document.protection import unprotected_schemes
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.openapi.model import Contract, method_key
from openapi_first.resources.cors_headers import exposed_headers
from openapi_first.resources.resources import Resources, resources_of
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.lowering import SchemaLowering

_DEFAULTS = GatewaySettings()


def import_document(
    contract: Contract,
    settings: GatewaySettings = _DEFAULTS,
    lowered: Mapping[Direction, SchemaLowering] | None = None,
    bodies: Mapping[int, ErrorBody] | None = None,
) -> dict[str, Any]:
    """The import document as plain data, always the same for the same arguments.

    `lowered` are the contract's lowerings, if others share them; `bodies` are those of the
    gateway's own responses by status, where they are not problem details. Raises NotImportable as
    `check_importable` does.
    """
    check_importable(contract, settings)
    models = Models(contract, lowered)
    return render_document(contract, settings, models, resources_of(contract), bodies)


def check_importable(contract: Contract, settings: GatewaySettings) -> None:
    """Raises NotImportable with every error of `refusals`."""
    errors = refusals(contract, settings)
    if errors:
        raise NotImportable(errors)


def refusals(contract: Contract, settings: GatewaySettings) -> list[Diagnostic]:
    """What API Gateway would refuse to import, security that nothing would enforce, and settings
    that contradict the contract."""
    errors = [error for _, error in import_errors(contract, settings, resources_of(contract))]
    return [
        *errors,
        *unprotected_schemes(contract, settings),
        *contradictions(contract, settings.api),
    ]


def render_document(
    contract: Contract,
    settings: GatewaySettings,
    models: Models,
    resources: Resources,
    bodies: Mapping[int, ErrorBody] | None = None,
) -> dict[str, Any]:
    """The import document, even if API Gateway would refuse it; `models` collects its models,
    without those that an API has no room for. `resources` are the contract's."""
    root = contract.root.value
    paths: dict[str, dict[str, Any]] = {}
    binary = _binary_media_types(contract, settings)
    for key, operation in resources.methods.items():
        template = resources.templates[resources.sharing[key][0].path]
        item = paths.setdefault(operation.path, {})
        item[method_key(operation.method)] = rendered_method(operation, template, models, settings)
    for resource, operations in resources.by_resource(contract).items():
        if "options" not in paths[resource] and has_preflight(operations):
            served = [each for each in operations if each.own_integration is None]
            paths[resource]["options"] = rendered_preflight(
                resource, served, contract, settings, binary
            )
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
            settings.static_origin or "*", exposed_headers(contract), bodies
        ),
        "paths": paths,
        "components": {
            "schemas": models.schemas,
            "securitySchemes": _security_schemes(contract, settings),
        },
    }
    if binary:
        document[extensions.BINARY_MEDIA_TYPES] = binary
    carry_over(document, contract, resources)
    add_api_settings(document, settings.api)
    leave_out_largest(document, models)
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
        # One that no remaining operation uses may be anything with --keep-going.
        if isinstance(scheme, dict)
        and (rendered := rendered_scheme(name, scheme, settings.authorizers.get(name)))
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
