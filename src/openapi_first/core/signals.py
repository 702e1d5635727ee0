"""Signals that end a command: between two of its steps, never within one, and in order."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
"""The signals by which a user or a terminal ends a command."""


class Interrupted(KeyboardInterrupt):
    """A signal waits that ends the process. It ends the process when `held_signals` ends."""


@contextlib.contextmanager
def reported_signals(line: Callable[[], str]) -> Iterator[None]:
    """SIGINT, SIGTERM, SIGHUP and SIGQUIT print a line on standard error before they end the
    process.

    A signal that the process ignores, such as SIGHUP under nohup, is still ignored.
    """

    def end(number: int, _: FrameType | None) -> None:
        with contextlib.suppress(OSError):  # standard error may be closed or full
            os.write(2, f"contract: {line()}\n".encode(errors="backslashreplace"))
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    with _handled_by(end):
        yield


@contextlib.contextmanager
def raised_signals() -> Iterator[None]:
    """SIGINT, SIGTERM, SIGHUP and SIGQUIT raise KeyboardInterrupt, each time they come."""
    with _handled_by(signal.default_int_handler):
        yield


def end_without_reader(descriptor: int) -> None:
    """Ends this process by SIGTERM when the other end of a pipe is closed. `descriptor` is its
    writing end, or an end of a duplex pipe. So a process ends even if its parent is killed."""

    def watch() -> None:
        without_reader = select.poll()
        without_reader.register(descriptor, 0)
        without_reader.poll()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="reader", daemon=True).start()


class Ending:
    """The first signal of ENDING ends the block, by KeyboardInterrupt, or what `run` runs in it.
    Those that follow are ignored, so that all that was started ends in order."""

    def __init__(self) -> None:
        self._signalled = False
        self._running = False
        self._ask: Callable[[], object] | None = None
        self._cancel: Callable[[], object] = lambda: None
        self._handling = _handled_by(self._end)

    def __enter__(self) -> Ending:
        self._handling.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._handling.__exit__(*error)

    def run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Runs it in an event loop. A signal cancels it, which raises CancelledError."""
        import asyncio  # slow, and most commands have no event loop

        self._running = True
        asyncio.run(self._cancellable(coroutine))

    @contextlib.contextmanager
    def asking(self, stop: asyncio.Event) -> Iterator[None]:
        """Within the block, a signal sets `stop` and only the next one ends what runs."""
        import asyncio

        loop = asyncio.get_running_loop()
        self._ask = lambda: loop.call_soon_threadsafe(stop.set)
        try:
            yield
        finally:
            self._ask = None

    async def _cancellable(self, coroutine: Coroutine[Any, Any, None]) -> None:
        import asyncio

        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(coroutine)
        self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
        if self._signalled:  # meanwhile
            task.cancel()
        await task

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        if self._signalled:
            return
        ask, self._ask = self._ask, None
        if ask is not None:
            ask()
            return
        self._signalled = True
        if not self._running:
            raise KeyboardInterrupt
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._cancel()


@contextlib.contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in _heeded()}
    try:
        for number in before:
            signal.signal(number, handler)
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


@contextlib.contextmanager
def held_signals() -> Iterator[None]:
    """Holds back the signals that end the process until the block ends.

    Long blocks call `end_if_signalled` between their steps.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _heeded())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_if_signalled() -> None:
    """Raises Interrupted if a signal is held back."""
    if signal.sigpending() & set(_heeded()):
        raise Interrupted


def _heeded() -> tuple[signal.Signals, ...]:
    return tuple(each for each in ENDING if signal.getsignal(each) is not signal.SIG_IGN)
