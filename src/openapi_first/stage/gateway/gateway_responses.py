"""Turning a fault into an answer: own definition, else DEFAULT_4XX/5XX, else stock.

AWS: api-gateway-gatewayResponse-definition, supported-gateway-response-types.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from openapi_first.stage.api.rest_api import GatewayResponse
from openapi_first.stage.messages.gateway_errors import Fault
from openapi_first.stage.messages.mapping_expressions import Variables, evaluate, render
from openapi_first.stage.messages.request import StageRequest
from openapi_first.stage.messages.response import Answer
from openapi_first.stage.messages.settings import Settings

BODY_LIMIT = 10_485_760
"""Bytes of payload, not to be raised (AWS: api-gateway-execution-service-limits-table)."""

# AWS: api-gateway-execution-service-limits-table, for a regional endpoint; bytes, characters.
_HEADER_LIMIT, _URL_LIMIT = 20_480, 10_240

_STOCK_TYPE = "application/json"


def body_too_large() -> Answer:
    """The one error that is plain text and that nothing customises (AWS: known issues)."""
    text = f"HTTP content length exceeded {BODY_LIMIT} bytes."
    return Answer(413, (("Content-Type", "text/plain"),), text.encode("ascii"), "REQUEST_TOO_LARGE")


def head_too_large(request: StageRequest) -> Answer | None:
    """A refusal of more headers, or a longer URL, than the gateway reads; None if neither is."""
    size = sum(len(name) + len(value) for name, value in request.headers)
    if len(request.path) + len(request.query) > _URL_LIMIT:
        status, text = 414, "Request-URI Too Large"
    elif size > _HEADER_LIMIT:
        status, text = 431, "Request Header Fields Too Large"
    else:
        return None
    body = json.dumps({"message": text}).encode("ascii")
    return Answer(status, (("Content-Type", _STOCK_TYPE),), body, "REQUEST_TOO_LARGE")


def error_context(fault: Fault) -> dict[str, str | None]:
    """`$context.error`: `message` is raw, `messageString` brings its quotes."""
    return {
        "message": fault.message,
        "messageString": json.dumps(fault.message, ensure_ascii=False),
        "responseType": fault.type,
        "validationErrorString": fault.validation_error,
    }


def refuse(
    fault: Fault,
    responses: Mapping[str, GatewayResponse],
    variables: Variables,
    settings: Settings,
) -> Answer:
    """The answer to a fault. `variables.context` must hold its `error_context`."""
    definition = _definition(fault, responses)
    kind, body = _body(fault, definition, variables)
    headers: list[tuple[str, str]] = []
    for name, expression in definition.headers:
        value = evaluate(expression, variables)
        if name.lower() == "content-type":
            if value is not None and settings.gateway_response_content_type_honoured:
                kind = value
        elif value is not None:
            headers.append((name, value))
    status = definition.status or fault.status
    fixed = (("Content-Type", kind), ("x-amzn-ErrorType", fault.error_type))
    return Answer(status, (*fixed, *headers), body, fault.type, traced=fault.traced)


def _definition(fault: Fault, responses: Mapping[str, GatewayResponse]) -> GatewayResponse:
    """A type with a definition of its own inherits nothing; the others share their class's."""
    if not fault.customisable:
        return GatewayResponse()
    own = responses.get(fault.type)
    if own is not None:
        return own
    shared = "DEFAULT_4XX" if fault.status < 500 else "DEFAULT_5XX"
    return responses.get(shared) or GatewayResponse()


def _body(fault: Fault, definition: GatewayResponse, variables: Variables) -> tuple[str, bytes]:
    templates = definition.templates
    if templates:
        # Which template a request's Accept chooses is unsettled; JSON if there is one.
        kind = _STOCK_TYPE if _STOCK_TYPE in templates else next(iter(templates))
        return kind, render(templates[kind], variables).encode("utf-8", "replace")
    # Errors raised while executing a method are measured with a space, earlier ones without.
    separator = ": " if fault.in_execution else ":"
    text = json.dumps(
        {fault.member: fault.message}, ensure_ascii=False, separators=(",", separator)
    )
    return _STOCK_TYPE, text.encode("utf-8", "replace")
