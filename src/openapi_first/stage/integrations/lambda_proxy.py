"""Lambda proxy integrations: invoking the function, and the gateway's errors around it.

AWS: set-up-lambda-proxy-integrations, api-gateway-execution-service-limits-table.
"""

from __future__ import annotations

from openapi_first.aws.quotas import LAMBDA_EVENT_BYTES, LAMBDA_RESPONSE_BYTES
from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.integrations.lambda_event import proxy_event
from openapi_first.stage.integrations.lambda_response import Malformed, proxy_response
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.invocation import TimeLimit, invoke
from openapi_first.stage.messages.invoker import (
    FunctionThrottled,
    InvocationResult,
    Invoker,
    InvokerError,
)
from openapi_first.stage.messages.response import StageResponse


async def respond(request: MethodRequest, invoker: Invoker) -> StageResponse:
    """The function's response, or the gateway's 413, 500, 502 or 504 in its place."""
    integration, settings = request.integration, request.settings
    if integration.http_method != "POST":
        raise GatewayError.integration_failed(
            500, f"a Lambda is invoked by POST, not {integration.http_method}"
        )
    event = proxy_event(request)
    if settings.oversized_event_refused and len(event) > LAMBDA_EVENT_BYTES.limit:
        raise GatewayError.event_too_large()
    result = await _invoke(request, invoker, event)
    if result.function_error:
        text = result.payload[:2048].decode("utf-8", "replace")
        raise GatewayError.integration_failed(
            502, f"Lambda execution failed due to customer function error: {text}"
        )
    if len(result.payload) > LAMBDA_RESPONSE_BYTES.limit:
        raise GatewayError.integration_failed(
            settings.oversized_response_status,
            "Response payload size exceeded maximum allowed payload size "
            f"({LAMBDA_RESPONSE_BYTES.limit} bytes)",
        )
    try:
        return proxy_response(request, result.payload)
    except Malformed as error:
        raise GatewayError.integration_failed(
            502,
            "Execution failed due to configuration error: Malformed Lambda proxy response "
            f"({error})",
        ) from error


async def _invoke(request: MethodRequest, invoker: Invoker, event: bytes) -> InvocationResult:
    limit = request.integration.timeout_seconds if request.settings.integration_timeouts else None
    try:
        return await invoke(invoker, event, limit, request.sent.hung_up)
    except TimeLimit as error:
        raise GatewayError.integration_timeout(str(error)) from error
    except FunctionThrottled as error:
        status = request.settings.throttled_function_status
        raise GatewayError.integration_failed(status, str(error)) from error
    except InvokerError as error:
        raise GatewayError.integration_failed(500, str(error)) from error
