"""Stays below a usage plan's limits with a token bucket like API Gateway's (AWS:
api-gateway-request-throttling)."""

from __future__ import annotations

import time
from collections.abc import Callable

_MARGIN = 0.8


class Pace:
    """`rate` is in requests per second, None if unlimited."""

    def __init__(
        self,
        rate: float | None,
        burst: int | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate = rate * _MARGIN if rate else None
        self._burst = max(1.0, (burst or 1) * _MARGIN)
        self._tokens = self._burst
        self._clock, self._sleep = clock, sleep
        self._filled = clock()

    def wait(self) -> None:
        """Returns as soon as the next request may be sent."""
        if self._rate is None:
            return
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        if self._tokens < 1:
            self._sleep((1 - self._tokens) / self._rate)
            self._filled = self._clock()
            self._tokens = 1
        self._tokens -= 1

    def back_off(self) -> None:
        """Halves the rate, after the stage has throttled a request."""
        if self._rate is not None:
            self._rate /= 2
        self._tokens = 0.0
