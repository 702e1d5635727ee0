"""What is known of a request, for its log line and its metrics."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

_MOST_REFUSALS = 20


class Record:
    """Filled while the request is served. It has names of the contract, and nothing that the
    client sent.

    `started` is in seconds of `time.monotonic()`; `operation` is an operationId; `refusals` are the
    constraints that the request violates, if the engine refused it; `counts` are what the service
    counted. `status` and `milliseconds` are set at the end.
    """

    __slots__ = ("counts", "milliseconds", "operation", "refusals", "started", "status")

    def __init__(self) -> None:
        self.started = monotonic()
        self.operation: str | None = None
        self.refusals: Sequence[str] | None = None
        self.counts: dict[str, int] | None = None
        self.status = 0
        self.milliseconds = 0.0

    def end(self, status: int) -> None:
        """The request has its answer."""
        self.status = status
        self.milliseconds = round((monotonic() - self.started) * 1000, 1)

    def refuse(self, places: Sequence[str]) -> None:
        """The engine refuses the request; each place is one constraint, such as
        `query limit: /maximum`. Repetitions, as in the items of an array, are dropped."""
        self.refusals = list(dict.fromkeys(places))[:_MOST_REFUSALS]

    def count(self, name: str, by: int) -> None:
        """Adds to a count of this request."""
        if self.counts is None:
            self.counts = {}
        self.counts[name] = self.counts.get(name, 0) + by
