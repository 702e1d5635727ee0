"""Notices when the machine lets a process wait, so that nobody takes that for an error."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

_BEAT_S = 0.05


class Pulse:
    """The longest time that a thread of this process had to wait for its turn."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._last = time.monotonic()

    def beat(self) -> None:
        now = time.monotonic()
        self.longest_s = max(self.longest_s, now - self._last - _BEAT_S)
        self._last = now


@contextlib.contextmanager
def heartbeat() -> Iterator[Pulse]:
    """Beats while the block runs."""
    pulse, ended = Pulse(), threading.Event()

    def run() -> None:
        while not ended.wait(_BEAT_S):
            pulse.beat()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield pulse
    finally:
        ended.set()
        thread.join()
