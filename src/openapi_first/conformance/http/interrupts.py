"""Ctrl-C while a request is under way: its response is read first, or what it has created would
never be removed."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType

from openapi_first.core.signals import ENDING


class Interrupts:
    """Holds back KeyboardInterrupt; a second signal is obeyed at once, and so is one that comes
    during `sleep`. Signals whose handler does not raise KeyboardInterrupt are left alone."""

    def __init__(self) -> None:
        self._held = False
        self._pending = False
        self._sleeping = False

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Raises KeyboardInterrupt at its end if a signal came meanwhile."""
        if self._held or threading.current_thread() is not threading.main_thread():
            yield
            return
        handled = [
            number for number in ENDING if signal.getsignal(number) is signal.default_int_handler
        ]
        self._held = True
        for number in handled:
            signal.signal(number, self._note)
        try:
            yield
        finally:
            for number in handled:
                signal.signal(number, signal.default_int_handler)
            pending, self._held, self._pending = self._pending, False, False
            if pending:
                raise KeyboardInterrupt

    def sleep(self, seconds: float) -> None:
        """Nothing is under way while it sleeps, so it may be interrupted."""
        self._sleeping = True
        try:
            if self._pending:
                raise KeyboardInterrupt
            time.sleep(seconds)
        finally:
            self._sleeping = False

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        if self._pending or self._sleeping:
            raise KeyboardInterrupt
        self._pending = True
