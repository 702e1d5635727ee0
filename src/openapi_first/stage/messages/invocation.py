"""One invocation of a function: how long the gateway waits for it, and who still wants its result.

On AWS a function has always room or is throttled at once; here an invocation may wait for its turn.
One that nobody waits for any more is dropped then. One that runs goes on, as on AWS.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator
from typing import Any
from weakref import WeakSet

from openapi_first.stage.messages.invoker import InvocationResult, Invoker

_waiting: WeakSet[asyncio.Task[Any]] = WeakSet()
"""The invocations that wait for their turn."""

_SECONDS_UNWATCHED = 0.05
"""Most invocations have their turn by then, and to watch their clients costs as much as their wait.
A client that is gone before its turn comes so soon is not noticed."""

HungUp = Callable[[], Coroutine[Any, Any, None]]
"""Returns when the client has closed its connection."""


class TimeLimit(Exception):
    """The function has not responded in time. `waited` is whether it was not even started."""

    def __init__(self, seconds: float, *, waited: bool) -> None:
        queue = ": all environments of the function were busy (--concurrency)" if waited else ""
        super().__init__(f"no response within {seconds:g} seconds{queue}")
        self.waited = waited


class ClientGone(Exception):
    """The client closed its connection while its invocation waited for its turn."""

    def __init__(self) -> None:
        super().__init__(
            "the client closed the connection before the function was called: all environments "
            "were busy"
        )


@contextlib.contextmanager
def waiting_for_turn() -> Iterator[Callable[[], None]]:
    """For an invoker: until the block ends, or what it yields is called, the invocation that the
    current task makes is dropped if nobody wants its result any more."""
    task = asyncio.current_task()
    assert task is not None
    _waiting.add(task)
    try:
        yield lambda: _waiting.discard(task)
    finally:
        _waiting.discard(task)


async def invoke(
    invoker: Invoker, event: bytes, seconds: float | None, hung_up: HungUp | None
) -> InvocationResult:
    """The result of an invocation. Raises InvokerError, TimeLimit and ClientGone."""
    invocation = asyncio.ensure_future(invoker.invoke(event))
    watching: asyncio.Task[None] | None = None
    loop = asyncio.get_running_loop()
    end = None if seconds is None else loop.time() + seconds
    try:
        soon = _SECONDS_UNWATCHED if seconds is None else min(_SECONDS_UNWATCHED, seconds)
        await asyncio.wait({invocation}, timeout=soon)
        if invocation.done():
            return invocation.result()
        if hung_up is not None and invocation in _waiting:
            watching = asyncio.ensure_future(hung_up())
        watched = {invocation} if watching is None else {invocation, watching}
        while True:
            left = None if end is None else max(0.0, end - loop.time())
            done, _ = await asyncio.wait(watched, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if invocation in done:
                return invocation.result()
            if not done:
                assert seconds is not None
                raise TimeLimit(seconds, waited=_dropped(invocation))
            if _dropped(invocation):
                raise ClientGone
            watched.discard(*done)
    except asyncio.CancelledError:
        invocation.cancel()
        raise
    finally:
        if watching is not None:
            watching.cancel()


def _dropped(invocation: asyncio.Task[InvocationResult]) -> bool:
    """Whether it waited for its turn; if not, it goes on."""
    waited = invocation in _waiting
    if waited:
        invocation.cancel()
    invocation.add_done_callback(_forget)
    return waited


def _forget(invocation: asyncio.Future[InvocationResult]) -> None:
    # Nobody waits for this result any more; reading it keeps asyncio from reporting it.
    if not invocation.cancelled():
        invocation.exception()
