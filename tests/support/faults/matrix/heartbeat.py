"""Notices when the machine lets a process wait, so that nobody takes that for an error."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

_BEAT_S = 0.05
_USUAL_S = 0.02
"""A beat is this late on a machine that has time, too."""


class Pulse:
    """How long a thread of this process had to wait for its turns, in total."""

    def __init__(self) -> None:
        self.lost_s = 0.0
        self._last = time.monotonic()

    def beat(self) -> None:
        now = time.monotonic()
        late_s = now - self._last - _BEAT_S
        if late_s > _USUAL_S:
            self.lost_s += late_s
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
