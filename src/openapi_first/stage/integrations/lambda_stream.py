"""Lambda proxy integrations whose response streams (AWS: response-transfer-mode-lambda).

The function streams metadata in JSON, eight NUL bytes, and the payload. A function that Lambda's
own Python runtime runs does not stream: its result arrives as one part.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.integrations.invocation_errors import (
    check_method,
    function_failed,
    invoked,
)
from openapi_first.stage.integrations.lambda_event import proxy_event
from openapi_first.stage.integrations.lambda_response import Malformed, streamed_head
from openapi_first.stage.integrations.streams import timed
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.invoker import (
    FunctionFailed,
    FunctionThrottled,
    Invoker,
    InvokerError,
    StreamingInvoker,
)
from openapi_first.stage.messages.response import StageResponse

_DELIMITER = bytes(8)
_MOST_METADATA = 16 * 1024
"""Bytes in which the delimiter must be found."""


async def respond(request: MethodRequest, invoker: Invoker) -> StageResponse:
    """The head of the function's response with a stream of its payload, or the gateway's 500, 502
    or 504 in its place."""
    check_method(request)
    end = asyncio.get_running_loop().time() + request.integration.timeout_seconds
    parts = _parts(request, invoker)
    received = bytearray()
    try:
        async with asyncio.timeout_at(end):
            while _DELIMITER not in received and len(received) <= _MOST_METADATA:
                received += await anext(parts)
        metadata, payload = _divided(bytes(received))
        status, headers = streamed_head(metadata, request.settings)
    except StopAsyncIteration:
        raise _malformed("it ends before the eight NUL bytes that follow its metadata") from None
    except Malformed as error:
        await parts.aclose()
        raise _malformed(str(error)) from error
    except TimeoutError:
        await parts.aclose()
        seconds = request.integration.timeout_seconds
        raise GatewayError.integration_timeout(f"no response within {seconds:g} seconds") from None
    stream = timed(parts, end)
    return StageResponse(status, tuple(headers), payload, "lambda", traced=True, stream=stream)


def _divided(received: bytes) -> tuple[bytes, bytes]:
    """The metadata, and what has arrived of the payload. Raises Malformed."""
    metadata, delimiter, payload = received.partition(_DELIMITER)
    if not delimiter or len(metadata) > _MOST_METADATA:
        raise Malformed(f"no delimiter in the first {_MOST_METADATA} bytes")
    return metadata, payload


async def _parts(request: MethodRequest, invoker: Invoker) -> AsyncGenerator[bytes]:
    event = proxy_event(request)
    try:
        if isinstance(invoker, StreamingInvoker):
            async for part in invoker.stream(event):
                yield part
            return
        result = await invoked(request, invoker, event)
        if result.function_error:
            raise function_failed(result.payload[:2048].decode("utf-8", "replace"))
        yield result.payload
    except FunctionFailed as error:
        raise function_failed(str(error)) from error
    except FunctionThrottled as error:
        status = request.settings.throttled_function_status
        raise GatewayError.integration_failed(status, str(error)) from error
    except InvokerError as error:
        raise GatewayError.integration_failed(500, str(error)) from error


def _malformed(reason: str) -> GatewayError:
    return GatewayError.integration_failed(
        502, f"Execution failed due to configuration error: Malformed streamed response ({reason})"
    )
