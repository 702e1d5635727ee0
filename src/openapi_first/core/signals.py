"""Ends a command that writes files between two of its steps, never within one."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(KeyboardInterrupt):
    """A signal waits that ends the process. It ends the process when `held_signals` ends."""


@contextlib.contextmanager
def reported_signals(line: Callable[[], str]) -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP print a line on standard error before they end the process.

    A signal that the process ignores, such as SIGHUP under nohup, is still ignored.
    """

    def end(number: int, _: FrameType | None) -> None:
        with contextlib.suppress(OSError):  # standard error may be closed or full
            os.write(2, f"contract: {line()}\n".encode(errors="backslashreplace"))
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    before = {number: signal.getsignal(number) for number in _heeded()}
    try:
        for number in before:
            signal.signal(number, end)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
    return tuple(each for each in _ENDING if signal.getsignal(each) is not signal.SIG_IGN)
