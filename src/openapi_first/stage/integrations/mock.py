"""Mock integrations, as for CORS preflights (AWS: how-to-mock-integration, how-to-cors)."""

from __future__ import annotations

import json
import re

from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.mapping.integration_request import integration_body
from openapi_first.stage.mapping.integration_response import method_response, select
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.media_types import is_binary, media_type
from openapi_first.stage.messages.response import StageResponse

_UNQUOTED = re.compile(r"\{\s*[\"']?statusCode[\"']?\s*:\s*[\"']?(\d{3})[\"']?\s*\}")


async def respond(request: MethodRequest) -> StageResponse:
    """The fixed response that the request template's `statusCode` selects."""
    kind = media_type(request.sent.header("content-type"))
    converted = request.integration.content_handling == "CONVERT_TO_TEXT"
    if is_binary(kind, request.binary_media_types) and not converted:
        # AWS: how-to-cors. A template cannot be applied to a binary payload.
        raise GatewayError.integration_failed(500, "a mock got a binary payload")
    selected = await select(request.integration, _status_code(request))
    return method_response(request, selected, StageResponse(200, (), b"", "mock"))


def _status_code(request: MethodRequest) -> str:
    text = integration_body(request).decode("utf-8", "replace")
    try:
        value = json.loads(text)
        code = str(value["statusCode"]) if isinstance(value, dict) and "statusCode" in value else ""
    except (ValueError, RecursionError):
        loose = _UNQUOTED.fullmatch(text.strip())
        code = loose[1] if loose else ""
    if not re.fullmatch(r"[0-9]{3}", code):
        raise GatewayError.integration_failed(500, "a mock's template has no statusCode")
    return code
