"""Responses that are passed on as they arrive (AWS: response-transfer-mode)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import h11

from openapi_first.aws.quotas import STREAM_IDLE_SECONDS
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.response import StreamBroken

_ERRORS = (OSError, EOFError, h11.ProtocolError, GatewayError)
"""What the source of a stream may raise; TimeoutError is an OSError."""


async def timed(parts: AsyncGenerator[bytes], end: float) -> AsyncGenerator[bytes]:
    """The parts until the time `end` of the loop, none of them later than STREAM_IDLE_SECONDS after
    the one before. Raises StreamBroken, and always closes the source."""
    loop = asyncio.get_running_loop()
    async with aclosing(parts):
        while True:
            soon = loop.time() + STREAM_IDLE_SECONDS
            try:
                async with asyncio.timeout_at(min(end, soon)):
                    part = await anext(parts)
            except StopAsyncIteration:
                return
            except TimeoutError:
                what = "for longer than the integration's timeout" if end < soon else "too slowly"
                raise StreamBroken(f"the response streams {what}") from None
            except _ERRORS as error:
                raise StreamBroken(str(error) or type(error).__name__) from error
            yield part
