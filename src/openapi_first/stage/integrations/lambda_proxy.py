"""Calling the Lambda behind a proxy integration, and what the gateway makes of it.

AWS: set-up-lambda-proxy-integrations, api-gateway-execution-service-limits-table.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from openapi_first.stage.api.rest_api import Integration
from openapi_first.stage.integrations.lambda_response import Malformed, proxy_answer
from openapi_first.stage.messages.gateway_errors import Fault, GatewayError
from openapi_first.stage.messages.invoker import (
    FunctionThrottled,
    InvocationResult,
    Invoker,
    InvokerError,
)
from openapi_first.stage.messages.response import Answer
from openapi_first.stage.messages.settings import Settings

EVENT_LIMIT = 6 * 1024 * 1024
RESPONSE_LIMIT = 6_291_556
"""Bytes; the number in Lambda's own error message."""


async def invoke_proxy(
    invoker: Invoker,
    integration: Integration,
    event: bytes,
    *,
    accept: str | None,
    binary_media_types: Sequence[str],
    settings: Settings,
) -> Answer:
    """The function's answer, or the gateway's 413, 500, 502 or 504 in its place."""
    if integration.http_method != "POST":
        raise _failed(500, f"a Lambda is invoked by POST, not {integration.http_method}")
    if settings.oversized_event_refused and len(event) > EVENT_LIMIT:
        raise GatewayError(Fault.event_too_large())
    result = await _invoked(invoker, integration, event, settings)
    if result.function_error:
        text = result.payload[:2048].decode("utf-8", "replace")
        raise _failed(502, f"Lambda execution failed due to customer function error: {text}")
    if len(result.payload) > RESPONSE_LIMIT:
        raise _failed(
            settings.oversized_response_status,
            f"Response payload size exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes)",
        )
    try:
        return proxy_answer(
            result.payload, accept=accept, binary_media_types=binary_media_types, settings=settings
        )
    except Malformed as error:
        raise _failed(
            502,
            "Execution failed due to configuration error: Malformed Lambda proxy response "
            f"({error})",
        ) from error


async def _invoked(
    invoker: Invoker, integration: Integration, event: bytes, settings: Settings
) -> InvocationResult:
    invocation = asyncio.ensure_future(invoker.invoke(event))
    try:
        # Not wait_for: the gateway stops waiting, yet the invocation goes on, as on AWS.
        done, _ = await asyncio.wait({invocation}, timeout=integration.timeout_seconds)
    except asyncio.CancelledError:
        invocation.cancel()
        raise
    if not done:
        invocation.add_done_callback(_forget)
        seconds = integration.timeout_seconds
        raise GatewayError(Fault.integration_timeout(f"no reply within {seconds:g} seconds"))
    try:
        return invocation.result()
    except FunctionThrottled as error:
        raise _failed(settings.throttled_function_status, str(error)) from error
    except InvokerError as error:
        raise _failed(500, str(error)) from error


def _forget(invocation: asyncio.Future[InvocationResult]) -> None:
    # Nobody waits for this result any more; asking for it keeps asyncio from complaining.
    if not invocation.cancelled():
        invocation.exception()


def _failed(status: int, reason: str) -> GatewayError:
    return GatewayError(Fault.integration_failed(status, reason))
