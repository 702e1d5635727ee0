"""Mock integrations, as for CORS preflights (AWS: how-to-mock-integration, how-to-cors)."""

from __future__ import annotations

import json
import re

from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.api.rest_api import Integration, IntegrationResponse
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.mapping_expressions import Variables, evaluate, render
from openapi_first.stage.messages.media_types import for_media_type, is_binary, media_type
from openapi_first.stage.messages.response import StageResponse

_UNQUOTED = re.compile(r"\{\s*[\"']?statusCode[\"']?\s*:\s*[\"']?(\d{3})[\"']?\s*\}")


def respond(request: MethodRequest) -> StageResponse:
    """The fixed response that the request template's `statusCode` selects."""
    integration, variables = request.integration, request.variables
    content_type = request.sent.header("content-type")
    kind = media_type(content_type)
    if is_binary(kind, request.binary_media_types) and not integration.converts_to_text:
        # AWS: how-to-cors. A template cannot be applied to a binary payload.
        raise GatewayError.integration_failed(500, "a mock got a binary payload")
    selected = _selected(integration, _status_code(request, content_type, variables))
    headers = [("Content-Type", "application/json")]
    for name, expression in selected.headers:
        value = evaluate(expression, variables)
        if value is None:
            continue
        if name.lower() == "content-type":
            headers[0] = (name, value)
        else:
            headers.append((name, value))
    body = render(selected.template, variables).encode("utf-8", "replace")
    return StageResponse(selected.status, tuple(headers), body, "mock")


def _status_code(request: MethodRequest, content_type: str | None, variables: Variables) -> str:
    integration = request.integration
    templates = integration.request_templates
    text = for_media_type(
        templates,
        content_type,
        parameters_ignored=request.settings.media_type_parameters_ignored,
    )
    if text is None:
        # AWS: integration-passthrough-behaviors.
        if integration.passthrough == "NEVER":
            raise GatewayError.unsupported_media_type()
        if integration.passthrough == "WHEN_NO_TEMPLATES" and templates:
            raise GatewayError.unsupported_media_type()
        text = request.sent.body.decode("utf-8", "replace")
    else:
        text = render(text, variables)
    try:
        value = json.loads(text)
        code = str(value["statusCode"]) if isinstance(value, dict) and "statusCode" in value else ""
    except (ValueError, RecursionError):
        loose = _UNQUOTED.fullmatch(text.strip())
        code = loose[1] if loose else ""
    if not re.fullmatch(r"[0-9]{3}", code):
        raise GatewayError.integration_failed(500, "a mock's template has no statusCode")
    return code


def _selected(integration: Integration, code: str) -> IntegrationResponse:
    default = None
    for response in integration.responses:
        if response.pattern is None:
            default = response
        elif re.fullmatch(response.pattern, code):
            return response
    if default is None:
        raise GatewayError.integration_failed(500, f"no integration response for {code}")
    return default
