"""Calls that block, in the threads of an executor; a call waits until one of them is free."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from openapi_first.stage.messages.invocation import waiting_for_turn

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


async def in_turn(
    threads: ThreadPoolExecutor,
    call: Callable[_Arguments, _Result],
    *arguments: _Arguments.args,
    **named: _Arguments.kwargs,
) -> _Result:
    """What the call returns or raises. Cancelled before it began, it never begins."""
    loop = asyncio.get_running_loop()
    with waiting_for_turn() as begins:

        def run() -> _Result:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(begins)
            return call(*arguments, **named)

        return await loop.run_in_executor(threads, run)
