"""The values that a metric has in a stretch of time, and CloudWatch's statistics of them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

Values = Counter[float]
"""How often each value was measured; without one, the metric has no data."""

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?)")
_RANGE = re.compile(r"(PR|TC|TS)\((\d+(?:\.\d+)?)?:(\d+(?:\.\d+)?)?\)")


def percentile_of(statistic: str) -> float | None:
    """The percentile, from 0 to 1, of a statistic such as p99; None for another statistic."""
    found = _PERCENTILE.fullmatch(statistic)
    return float(found[1]) / 100 if found else None


def statistic_of(values: Values, statistic: str) -> float | None:
    """`None` means no data. A statistic that this module does not know is a `ValueError`, and so
    is a range of percentages, which no alarm of the template has.
    """
    percentile = percentile_of(statistic)
    extremes = {"Sum": sum, "SampleCount": sum, "Average": sum, "Minimum": min, "Maximum": max}
    bounds = _RANGE.fullmatch(statistic)
    if percentile is None and bounds is None and statistic not in extremes:
        raise ValueError(f"CloudWatch has no statistic {statistic!r} that this evaluator knows")
    count = values.total()
    if not count:
        return None
    if percentile is not None:
        return _percentile(values, percentile)
    if bounds is not None:
        return _within(values, bounds[1], float(bounds[2] or "-inf"), float(bounds[3] or "inf"))
    total = sum(value * times for value, times in values.items())
    return {
        "Sum": total,
        "SampleCount": float(count),
        "Average": total / count,
        "Minimum": min(values),
        "Maximum": max(values),
    }[statistic]


def _percentile(values: Values, percentile: float) -> float:
    """p95: 95 percent of the data is lower than this value, and 5 percent is higher."""
    below = 0
    for value in sorted(values):
        below += values[value]
        if below >= percentile * values.total():
            return value
    raise AssertionError("a percentile is below 100")


def _within(values: Values, statistic: str, above: float, most: float) -> float:
    """Percentile rank, trimmed count or trimmed sum: the percentage, the number or the sum of the
    values in a range that excludes its lower bound and includes its upper one.
    """
    inside = {value: times for value, times in values.items() if above < value <= most}
    if statistic == "TS":
        return sum(value * times for value, times in inside.items())
    number = float(sum(inside.values()))
    return 100 * number / values.total() if statistic == "PR" else number


def windows(minutes: Sequence[Values], length: int) -> Iterator[Values]:
    """The values of the last `length` minutes at the end of each minute. An alarm's window slides:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html

    Each is valid until the next one.
    """
    window: Values = Counter()
    for end, minute in enumerate(minutes):
        window.update(minute)
        if end >= length:
            window.subtract(minutes[end - length])
        yield +window


def of(pairs: Iterable[tuple[float, int]]) -> Values:
    """Values with how often each was measured."""
    values: Values = Counter()
    for value, times in pairs:
        values[value] += times
    return +values
