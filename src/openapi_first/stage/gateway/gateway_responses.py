"""Rendering a gateway error: its own definition, else DEFAULT_4XX or DEFAULT_5XX, else stock.

AWS: api-gateway-gatewayResponse-definition, supported-gateway-response-types.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from openapi_first.aws.gateway_responses import (
    FIXED_BODY_TOO_LARGE,
    FIXED_HEADERS_TOO_LARGE,
    FIXED_UNSUPPORTED_CODING,
    FIXED_URL_TOO_LONG,
    GATEWAY_RESPONSES,
    REQUEST_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    FixedResponse,
)
from openapi_first.aws.quotas import HEADER_BYTES, URL_CHARACTERS
from openapi_first.stage.api.rest_api import GatewayResponse
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.mapping_expressions import Variables, evaluate, render
from openapi_first.stage.messages.request import StageRequest
from openapi_first.stage.messages.response import StageResponse
from openapi_first.stage.messages.settings import Settings

_STOCK_TYPE = "application/json"


def body_too_large() -> StageResponse:
    """The one error that is plain text and cannot be customised (AWS: known issues)."""
    return _fixed(FIXED_BODY_TOO_LARGE)


def head_too_large(request: StageRequest) -> StageResponse | None:
    """The response to a longer URL or more headers than the gateway reads; None if neither."""
    size = sum(len(name) + len(value) for name, value in request.headers)
    if len(request.path) + len(request.query) > URL_CHARACTERS.limit:
        return _fixed(FIXED_URL_TOO_LONG)
    return _fixed(FIXED_HEADERS_TOO_LARGE) if size > HEADER_BYTES.limit else None


def unsupported_coding() -> StageResponse:
    """The response to a body whose content coding is not supported, or is another."""
    return _fixed(FIXED_UNSUPPORTED_CODING, UNSUPPORTED_MEDIA_TYPE.name)


def stage_ended() -> StageResponse:
    """For a request that was not received completely: AWS has nothing like it."""
    headers = (("Content-Type", _STOCK_TYPE),)
    return StageResponse(503, headers, b'{"message": "Service Unavailable"}', "stage")


def _fixed(response: FixedResponse, kind: str = REQUEST_TOO_LARGE.name) -> StageResponse:
    text = response.message
    if response.media_type == _STOCK_TYPE:
        text = json.dumps({"message": text})
    headers = (("Content-Type", response.media_type),)
    return StageResponse(response.status, headers, text.encode("ascii"), kind)


def error_context(error: GatewayError) -> dict[str, str | None]:
    """`$context.error`: `message` is raw, `messageString` brings its quotes."""
    return {
        "message": error.message,
        "messageString": json.dumps(error.message, ensure_ascii=False),
        "responseType": error.type,
        "validationErrorString": error.validation_error,
    }


def gateway_response(
    error: GatewayError,
    definitions: Mapping[str, GatewayResponse],
    variables: Variables,
    settings: Settings,
) -> StageResponse:
    """The response to an error. `variables.context` must hold its `error_context`."""
    definition = _definition(error, definitions)
    kind, body = _body(error, definition, variables)
    headers: list[tuple[str, str]] = []
    for name, expression in definition.headers:
        value = evaluate(expression, variables)
        if name.lower() == "content-type":
            if value is not None and settings.gateway_response_content_type_honoured:
                kind = value
        elif value is not None:
            headers.append((name, value))
    status = definition.status or error.status
    fixed = (("Content-Type", kind), ("x-amzn-ErrorType", error.error_type))
    return StageResponse(status, (*fixed, *headers), body, error.type, traced=error.traced)


def _definition(error: GatewayError, definitions: Mapping[str, GatewayResponse]) -> GatewayResponse:
    """A type with its own definition inherits nothing; the others have that of their class."""
    if not error.customisable:
        return GatewayResponse()
    own = definitions.get(error.type)
    if own is not None:
        return own
    shared = GATEWAY_RESPONSES[error.type].group
    return definitions.get(shared or error.type) or GatewayResponse()


def _body(
    error: GatewayError, definition: GatewayResponse, variables: Variables
) -> tuple[str, bytes]:
    templates = definition.templates
    if templates:
        # Which template a request's Accept selects is not settled; JSON if there is one.
        kind = _STOCK_TYPE if _STOCK_TYPE in templates else next(iter(templates))
        return kind, render(templates[kind], variables).encode("utf-8", "replace")
    # Errors raised while executing a method are measured with a space, earlier ones without.
    separator = ": " if error.in_execution else ":"
    text = json.dumps(
        {error.member: error.message}, ensure_ascii=False, separators=(",", separator)
    )
    return _STOCK_TYPE, text.encode("utf-8", "replace")
