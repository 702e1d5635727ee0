"""Lambda integrations that are not proxies (AWS: set-up-lambda-custom-integrations).

The function gets the body itself as its event, and its result is the body of the response. An error
of the function is a response like any other, unless the pattern of another one matches its message.
"""

from __future__ import annotations

import asyncio
import json
import logging

from openapi_first.aws.quotas import LAMBDA_EVENT_BYTES, LAMBDA_RESPONSE_BYTES
from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.integrations.invocation_errors import check_method, invoked
from openapi_first.stage.integrations.lambda_response import parse_json
from openapi_first.stage.mapping.integration_request import (
    Mapped,
    integration_body,
    mapped_parameters,
)
from openapi_first.stage.mapping.integration_response import method_response, select
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.invoker import InvocationResult, Invoker, InvokerError
from openapi_first.stage.messages.response import StageResponse

_log = logging.getLogger("stage.execution")
_running: set[asyncio.Task[None]] = set()
"""Asynchronous invocations; asyncio itself keeps no reference to a task."""


async def respond(request: MethodRequest, invoker: Invoker) -> StageResponse:
    """The response that the function's error selects, or the gateway's own in its place."""
    check_method(request)
    mapped, event = mapped_parameters(request), _event(integration_body(request))
    if request.settings.oversized_event_refused and len(event) > LAMBDA_EVENT_BYTES.limit:
        raise GatewayError.event_too_large()
    if _invocation_type(mapped) == "Event":
        task = asyncio.ensure_future(_invoke_later(invoker, event))
        _running.add(task)
        task.add_done_callback(_running.discard)
        result = InvocationResult(b"")
    else:
        result = await invoked(request, invoker, event)
    if len(result.payload) > LAMBDA_RESPONSE_BYTES.limit:
        raise GatewayError.integration_failed(
            request.settings.oversized_response_status,
            "Response payload size exceeded maximum allowed payload size "
            f"({LAMBDA_RESPONSE_BYTES.limit} bytes)",
        )
    selected = await select(request.integration, _error_message(result))
    headers = (("Content-Type", "application/json"),)
    response = StageResponse(200, headers, result.payload, "lambda", traced=True)
    return method_response(request, selected, response)


def _event(body: bytes) -> bytes:
    """Recorded: without a body, the event is `{}`. Lambda's refusal of what is not JSON is reported
    (serverless/serverless issue 2270)."""
    if not body.strip():
        return b"{}"
    try:
        parse_json(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise GatewayError.event_not_json(str(error)) from None
    return body


def _invocation_type(mapped: Mapped) -> str:
    """AWS: set-up-lambda-integration-async, API_Invoke."""
    for (location, name), value in mapped.items():
        if location == "header" and name.lower() == "x-amz-invocation-type":
            if value not in ("Event", "RequestResponse"):
                raise GatewayError.integration_failed(500, f"{name} cannot be {value!r}")
            return value
    return "RequestResponse"


async def _invoke_later(invoker: Invoker, event: bytes) -> None:
    try:
        result = await invoker.invoke(event)
    except InvokerError as error:
        _log.warning("an asynchronous invocation failed: %s", error)
        return
    if result.function_error:
        text = result.payload[:2048].decode("utf-8", "replace")
        _log.warning("an asynchronous invocation failed: %s", text)


def _error_message(result: InvocationResult) -> str | None:
    """What a pattern is matched with: the `errorMessage` of a function that failed."""
    if not result.function_error:
        return None
    try:
        error = json.loads(result.payload)
    except (ValueError, RecursionError):
        return ""
    message = error.get("errorMessage") if isinstance(error, dict) else None
    return message if isinstance(message, str) else ""
