"""Invoking the function of an integration, and the gateway's errors around it.

AWS: set-up-lambda-proxy-integrations, api-gateway-execution-service-limits-table.
"""

from __future__ import annotations

from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.invocation import TimeLimit, invoke
from openapi_first.stage.messages.invoker import (
    FunctionThrottled,
    InvocationResult,
    Invoker,
    InvokerError,
)


def check_method(request: MethodRequest) -> None:
    """Raises the gateway's 500 if the integration does not call Lambda by POST: recorded."""
    method = request.integration.http_method
    if method != "POST":
        raise GatewayError.integration_failed(500, f"a Lambda is invoked by POST, not {method}")


async def invoked(request: MethodRequest, invoker: Invoker, event: bytes) -> InvocationResult:
    """The function's result or error. Raises the gateway's 500 or 504 if there is none."""
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


def function_failed(error: str) -> GatewayError:
    """The gateway's 502 for a proxy's function that raised, timed out or exited."""
    reason = f"Lambda execution failed due to customer function error: {error}"
    return GatewayError.integration_failed(502, reason)
