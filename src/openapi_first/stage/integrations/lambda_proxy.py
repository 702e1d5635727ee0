"""Lambda proxy integrations: invoking the function, and the gateway's errors around it.

AWS: set-up-lambda-proxy-integrations, api-gateway-execution-service-limits-table.
"""

from __future__ import annotations

from openapi_first.aws.quotas import LAMBDA_EVENT_BYTES, LAMBDA_RESPONSE_BYTES
from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.integrations.invocation_errors import (
    check_method,
    function_failed,
    invoked,
)
from openapi_first.stage.integrations.lambda_event import proxy_event
from openapi_first.stage.integrations.lambda_response import Malformed, proxy_response
from openapi_first.stage.mapping.integration_request import mapped_parameters
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.invoker import Invoker
from openapi_first.stage.messages.response import StageResponse


async def respond(request: MethodRequest, invoker: Invoker) -> StageResponse:
    """The function's response, or the gateway's 413, 500, 502 or 504 in its place."""
    settings = request.settings
    check_method(request)
    mapped_parameters(request)  # which are not sent; some are refused
    event = proxy_event(request)
    if settings.oversized_event_refused and len(event) > LAMBDA_EVENT_BYTES.limit:
        raise GatewayError.event_too_large()
    result = await invoked(request, invoker, event)
    if result.function_error:
        raise function_failed(result.payload[:2048].decode("utf-8", "replace"))
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
