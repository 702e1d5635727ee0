"""The states of a CloudWatch alarm, minute by minute, from its properties and its metrics.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stack.alarms.cloudwatch.metric_math import Series, evaluate
from stack.alarms.cloudwatch.values import Values, percentile_of, statistic_of, windows

Metric = tuple[str, str, tuple[tuple[str, str], ...]]
"""Namespace, name and sorted dimensions."""
Metrics = Mapping[Metric, Sequence[Values]]
"""The values of each metric in each minute. An alarm may also watch metrics that have no data."""

_COMPARISONS = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
}
_KNOWN = {
    "ActionsEnabled",
    "AlarmActions",
    "AlarmDescription",
    "ComparisonOperator",
    "DatapointsToAlarm",
    "Dimensions",
    "EvaluateLowSampleCountPercentile",
    "EvaluationPeriods",
    "ExtendedStatistic",
    "MetricName",
    "Metrics",
    "Namespace",
    "OKActions",
    "Period",
    "Statistic",
    "Threshold",
    "TreatMissingData",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A statistic of a metric in each period, in seconds."""

    metric: Metric
    period: int
    statistic: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """What an alarm watches: `measures` by their ids, and `expressions` of them, in the order in
    which they can be evaluated; the last one is compared with the threshold.
    """

    measures: Mapping[str, Measure]
    expressions: Mapping[str, str]
    comparison: str
    threshold: float
    evaluation_periods: int
    datapoints_to_alarm: int
    ignores_low_samples: bool

    def states(self, metrics: Metrics, minutes: int, *, further: int = 0) -> list[bool]:
        """Whether the alarm rings (state ALARM) at the end of each minute.

        It is evaluated each minute, on a window that ends then. `further` is the number of periods
        before the window of which CloudWatch may take data if some is missing: it retrieves more
        data points than it evaluates, and takes the most recent ones that are there
        (AmazonCloudWatch: alarms-and-missing-data).
        """
        (seconds,) = {measure.period for measure in self.measures.values()}
        period = seconds // 60
        assert period * 60 == seconds
        points = {
            name: _points(metrics.get(measure.metric, ()), minutes, measure)
            for name, measure in self.measures.items()
        }
        compare = _COMPARISONS[self.comparison]
        samples = self._samples(metrics, minutes)
        rings, states = False, []
        for now in range(minutes):
            ends = range(now - (self.evaluation_periods + further - 1) * period, now + 1, period)
            watched = self._watched(
                {
                    name: [each[end] if end >= 0 else None for end in ends]
                    for name, each in points.items()
                }
            )
            present = [value for value in watched if value is not None]
            if self._keeps_its_state and len(present) < len(watched):
                raise ValueError("without data, an alarm on DynamoDB keeps its state: use FILL")
            # A data point that is missing does not breach the threshold (TreatMissingData).
            latest = present[-self.evaluation_periods :]
            breaching = sum(compare(value, self.threshold) for value in latest)
            if samples is None or samples[now]:
                rings = breaching >= self.datapoints_to_alarm
            states.append(rings)
        return states

    @property
    def _keeps_its_state(self) -> bool:
        """Whatever TreatMissingData says (AmazonCloudWatch API: PutMetricAlarm)."""
        return any(measure.metric[0] == "AWS/DynamoDB" for measure in self.measures.values())

    def _watched(self, series: dict[str, Series]) -> Series:
        if not self.expressions:
            (only,) = series.values()
            return only
        for name, expression in self.expressions.items():
            value = evaluate(expression, series)
            if isinstance(value, float):
                raise ValueError(f"{expression!r} is no series")
            series[name] = value
        return series[name]

    def _samples(self, metrics: Metrics, minutes: int) -> list[bool] | None:
        """Whether each minute's last period has enough samples for the percentile; None if that
        does not matter. With fewer than 10 / (1 - percentile), the state does not change
        (AmazonCloudWatch: percentiles-with-low-samples).
        """
        if not self.ignores_low_samples:
            return None
        (measure,) = self.measures.values()
        percentile = percentile_of(measure.statistic)
        assert percentile is not None
        assert percentile >= 0.5
        count = Measure(measure.metric, measure.period, "SampleCount")
        # Rounded, since 1 - 0.99 is less than 0.01 in binary.
        least = round(10 / (1 - percentile), 6)
        return [
            (each or 0) >= least
            for each in _points(metrics.get(measure.metric, ()), minutes, count)
        ]


def _points(values: Sequence[Values], minutes: int, measure: Measure) -> Series:
    filled = values or [Counter()] * minutes
    return [
        statistic_of(window, measure.statistic) for window in windows(filled, measure.period // 60)
    ]


def from_properties(properties: Mapping[str, Any]) -> Alarm:
    """Of an `AWS::CloudWatch::Alarm` without intrinsic functions. A property or a treatment of
    missing data that this module does not evaluate is a `ValueError`.
    """
    unknown = properties.keys() - _KNOWN
    if unknown or properties["TreatMissingData"] != "notBreaching":
        raise ValueError(f"this evaluator does not know {unknown or 'this TreatMissingData'}")
    measures: dict[str, Measure] = {}
    expressions: dict[str, str] = {}
    watched = None
    for query in properties.get("Metrics", ()):
        if query.get("ReturnData", True):
            assert watched is None, "an alarm watches one query"
            watched = query["Id"]
        if "Expression" in query:
            expressions[query["Id"]] = query["Expression"]
        else:
            stat = query["MetricStat"]
            measures[query["Id"]] = Measure(_metric(stat["Metric"]), stat["Period"], stat["Stat"])
    if watched is None:
        statistic = properties.get("Statistic") or properties["ExtendedStatistic"]
        measures["only"] = Measure(_metric(properties), properties["Period"], statistic)
    periods = properties["EvaluationPeriods"]
    return Alarm(
        measures,
        # The one that is watched is first in the template, and refers to those after it.
        dict(reversed(expressions.items())),
        properties["ComparisonOperator"],
        float(properties["Threshold"]),
        periods,
        properties.get("DatapointsToAlarm", periods),
        properties.get("EvaluateLowSampleCountPercentile") == "ignore",
    )


def _metric(stated: Mapping[str, Any]) -> Metric:
    dimensions = sorted((each["Name"], each["Value"]) for each in stated["Dimensions"])
    return stated["Namespace"], stated["MetricName"], tuple(dimensions)
