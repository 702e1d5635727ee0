"""One invocation of a function: how long the gateway waits for it, and who still wants its result.

On AWS a function has always room or is throttled at once; here an invocation may wait for its turn.
One that nobody waits for any more is dropped then. One that runs goes on, as on AWS.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias
from weakref import WeakSet

from openapi_first.stage.messages.invoker import InvocationResult, Invoker

_waiting: WeakSet[asyncio.Task[Any]] = WeakSet()
"""The invocations that wait for their turn."""

HungUp: TypeAlias = "asyncio.Future[None]"
"""Done when the client has closed its connection. Its requests share it: nothing cancels it."""


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
    try:
        given_up = await _Wait(invocation).over(seconds, hung_up)
    except asyncio.CancelledError:
        invocation.cancel()
        raise
    if given_up is not None:
        raise given_up
    return invocation.result()


class _Wait:
    """The gateway's wait for an invocation. It is one future, whatever ends it: a task or
    `asyncio.wait` for each of them would cost a request more than its validation."""

    def __init__(self, invocation: asyncio.Task[InvocationResult]) -> None:
        self._invocation = invocation
        self._loop = invocation.get_loop()
        self._over: asyncio.Future[TimeLimit | ClientGone | None] = self._loop.create_future()
        invocation.add_done_callback(self._done)

    async def over(
        self, seconds: float | None, hung_up: HungUp | None
    ) -> TimeLimit | ClientGone | None:
        """Why the invocation was given up; None if it is done."""
        timer = None
        if seconds is not None:
            timer = self._loop.call_later(seconds, self._expire, seconds)
        if hung_up is not None:
            hung_up.add_done_callback(self._leave)
        try:
            return await self._over
        finally:
            if timer is not None:
                timer.cancel()
            if hung_up is not None:
                hung_up.remove_done_callback(self._leave)

    def _done(self, _: asyncio.Task[InvocationResult]) -> None:
        if not self._over.done():
            self._over.set_result(None)

    def _expire(self, seconds: float) -> None:
        if not self._over.done() and not self._invocation.done():
            self._over.set_result(TimeLimit(seconds, waited=_dropped(self._invocation)))

    def _leave(self, _: HungUp) -> None:
        if not self._over.done() and self._invocation in _waiting and _dropped(self._invocation):
            self._over.set_result(ClientGone())


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
