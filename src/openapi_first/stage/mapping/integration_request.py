"""What an integration is sent: mapped parameters, and the body with its template.

AWS: rest-api-parameter-mapping, integration-passthrough-behaviors, known issues.
"""

from __future__ import annotations

from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.api.rest_api import Location
from openapi_first.stage.mapping.content_handling import request_payload
from openapi_first.stage.mapping.headers import Headers
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.mapping_expressions import evaluate, render
from openapi_first.stage.messages.media_types import for_media_type, is_binary, media_type

Mapped = dict[tuple[Location, str], str]
"""The values of the integration's request parameters, by location and name."""

# Recorded: a mapping to one of these is a 500, and to one of the next is not sent.
_NEVER = frozenset({"content-length", "transfer-encoding"})
_NEVER_TO_AWS = _NEVER | {"authorization", "connection", "expect", "proxy-authenticate", "te"}
_NOT_SENT = frozenset({"connection", "expect", "proxy-authenticate", "te", "via"})


def mapped_parameters(request: MethodRequest) -> Mapped:
    """The request parameters that have a value. Raises the gateway's 500 for headers that cannot
    be mapped."""
    integration, variables = request.integration, request.variables
    mapped: Mapped = {
        (location, name): value
        for location, name, expression in integration.request_parameters
        if (value := evaluate(expression, variables)) is not None
    }
    refused = _NEVER_TO_AWS if integration.kind in ("aws", "aws_proxy") else _NEVER
    for location, name in mapped:
        if location == "header" and name.lower() in refused:
            raise GatewayError.integration_failed(500, f"the header {name} cannot be mapped")
    return mapped


def mapped_headers(mapped: Mapped) -> Headers:
    """The headers among the mapped parameters; of two that differ in case only, the last."""
    headers = {
        name.lower(): (name, value)
        for (location, name), value in mapped.items()
        if location == "header" and name.lower() not in _NOT_SENT
    }
    return list(headers.values())


def integration_body(request: MethodRequest) -> bytes:
    """The body after its template, or passed through.

    An empty template passes the body through, too. Raises the gateway's 415 if the passthrough
    behaviour forbids it, and its 500 for a template and a binary body.
    """
    integration, content_type = request.integration, request.sent.header("content-type")
    template = for_media_type(
        integration.request_templates,
        content_type,
        parameters_ignored=request.settings.media_type_parameters_ignored,
    )
    if template is None:
        templates = integration.request_templates
        if integration.passthrough == "NEVER":
            raise GatewayError.unsupported_media_type()
        if integration.passthrough == "WHEN_NO_TEMPLATES" and templates:
            raise GatewayError.unsupported_media_type()
    if not template:
        return request_payload(request)
    binary = is_binary(media_type(content_type), request.binary_media_types)
    if binary and integration.content_handling != "CONVERT_TO_TEXT":
        # AWS: how-to-cors. A template cannot be applied to a binary payload.
        raise GatewayError.integration_failed(500, "a mapping template got a binary payload")
    return render(template, request.variables).encode("utf-8", "replace")
