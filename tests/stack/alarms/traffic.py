"""The metrics that API Gateway, Lambda, DynamoDB and the function write of counted requests.

- https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
- https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stack.alarms.cloudwatch.alarm import Metric, Metrics
from stack.alarms.cloudwatch.values import Values, of
from stack.alarms.stack_alarms import STACK, STAGE, VERSION

FAST, SLOW = 20.0, 7000.0
"""Milliseconds of a call; a slow one is of the service's three attempts at DynamoDB, of 3, 1 and
3 s."""
OVERHEAD = 8.0
"""Milliseconds that API Gateway adds."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a version of the function did in a minute. All of its invocations take `milliseconds`,
    but those that are `slow`."""

    invocations: int = 0
    errors: int = 0
    slow: int = 0
    milliseconds: float = FAST

    @property
    def durations(self) -> list[tuple[float, int]]:
        return [(self.milliseconds, self.invocations - self.slow), (SLOW, self.slow)]


@dataclass(frozen=True, slots=True)
class Minute:
    """Counts of a minute. `refused` requests get a 4xx from API Gateway, `throttled` ones a 5xx
    without an invocation. `faults` are the 5xx that the function returns; its errors are 5xx, too.
    """

    new: Version = Version()
    old: Version = Version()
    refused: int = 0
    throttled: int = 0
    faults: int = 0
    violations: int = 0
    table_throttles: int = 0
    malformed: int = 0

    @property
    def invocations(self) -> int:
        return self.new.invocations + self.old.invocations

    @property
    def requests(self) -> int:
        return self.invocations + self.refused + self.throttled

    @property
    def failed(self) -> int:
        return self.faults + self.throttled + self.new.errors + self.old.errors


def metrics_of(minutes: Sequence[Minute]) -> Metrics:
    metrics: dict[Metric, list[Values]] = {}
    for minute in minutes:
        for metric, values in _values(minute):
            metrics.setdefault(metric, []).append(of(values))
    return metrics


def _some(times: int, among: int) -> list[tuple[float, int]]:
    """A metric that each request writes, as 1 or as 0."""
    assert 0 <= times <= among
    return [(1.0, times), (0.0, among - times)]


def _values(minute: Minute) -> Iterable[tuple[Metric, list[tuple[float, int]]]]:
    stage = (("ApiName", STACK), ("Stage", STAGE))
    durations = minute.new.durations + minute.old.durations
    answers = [(value + OVERHEAD, times) for value, times in durations]
    at_once = (OVERHEAD, minute.refused + minute.throttled)
    for name, values in {
        "Count": [(1.0, minute.requests)],
        "4XXError": _some(minute.refused, minute.requests),
        "5XXError": _some(minute.failed, minute.requests),
        "Latency": [*answers, at_once],
        # A refused request has no integration.
        "IntegrationLatency": durations,
    }.items():
        yield ("AWS/ApiGateway", name, stage), values
    function = (("FunctionName", "function"),)
    alias = (*function, ("Resource", "function:live"))
    version = (("ExecutedVersion", VERSION), *alias)
    errors = minute.new.errors + minute.old.errors
    for dimensions, invocations, failed, taken in (
        (function, minute.invocations, errors, durations),
        (alias, minute.invocations, errors, durations),
        (version, minute.new.invocations, minute.new.errors, minute.new.durations),
    ):
        yield ("AWS/Lambda", "Invocations", dimensions), [(1.0, invocations)]
        yield ("AWS/Lambda", "Errors", dimensions), _some(failed, invocations)
        yield ("AWS/Lambda", "Duration", dimensions), taken
    attempts = minute.invocations + minute.throttled
    yield ("AWS/Lambda", "Throttles", function), _some(minute.throttled, attempts)
    # Written only when there is something to count.
    table = (("TableName", "table"),)
    service = (("service", STACK),)
    yield ("AWS/DynamoDB", "ReadThrottleEvents", table), [(1.0, minute.table_throttles)]
    yield (STACK, "ContractViolations", service), [(1.0, minute.violations)]
    yield (STACK, "MalformedItems", service), [(1.0, minute.malformed)]
