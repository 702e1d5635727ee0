from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from stack.alarms.cloudwatch.alarm import Metric, from_properties
from stack.alarms.cloudwatch.values import Values, of

METRIC: Metric = ("AWS/Lambda", "Duration", (("FunctionName", "f"),))
PLAIN: dict[str, Any] = {
    "Namespace": "AWS/Lambda",
    "MetricName": "Duration",
    "Dimensions": [{"Name": "FunctionName", "Value": "f"}],
    "Period": 60,
    "Statistic": "Maximum",
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 5,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "TreatMissingData": "notBreaching",
}


def rings(values: Sequence[float | None], *, further: int = 0, **changes: object) -> str:
    """`!` for each minute in which the alarm rings, `.` for each other."""
    metric: list[Values] = [of([] if each is None else [(each, 1)]) for each in values]
    states = from_properties({**PLAIN, **changes}).states(
        {METRIC: metric}, len(values), further=further
    )
    return "".join("!" if state else "." for state in states)


def test_so_many_points_of_the_last_ones_have_to_breach() -> None:
    assert rings([9, 1, 1, 9, 1, 9, 9, 1, 1, 1]) == ".....!!!.."
    assert rings([9, 9, 9, 9], DatapointsToAlarm=3) == "..!!"
    assert rings([9, 1, 9], EvaluationPeriods=1, DatapointsToAlarm=1) == "!.!"


def test_the_threshold_itself_does_not_breach() -> None:
    assert rings([5, 5, 5]) == "..."
    assert rings([5, 5, 5], ComparisonOperator="GreaterThanOrEqualToThreshold") == ".!!"


def test_a_point_that_is_missing_does_not_breach() -> None:
    assert rings([9, None, None, 9, None, None]) == "......"
    assert rings([None] * 3) == "..."


def test_older_points_take_the_place_of_missing_ones() -> None:
    assert rings([9, None, None, 9, None, None], further=2) == "...!!."


def test_a_longer_period_slides_by_a_minute() -> None:
    changes = {"Period": 180, "EvaluationPeriods": 1, "DatapointsToAlarm": 1}
    assert rings([1, 9, 1, 1, 1, 1], **changes) == ".!!!.."


def test_a_percentile_of_few_samples_changes_nothing() -> None:
    alarm = from_properties(
        {
            **{key: value for key, value in PLAIN.items() if key != "Statistic"},
            "ExtendedStatistic": "p99",
            "EvaluateLowSampleCountPercentile": "ignore",
            "EvaluationPeriods": 1,
            "DatapointsToAlarm": 1,
        }
    )
    counts = [(9, 999), (9, 1000), (1, 999), (1, 1000), (9, 500)]
    metric = [of([(float(value), times)]) for value, times in counts]
    assert alarm.states({METRIC: metric}, 5) == [False, True, True, False, False]


def test_an_expression_is_compared_with_the_threshold() -> None:
    stat = {"Metric": {key: PLAIN[key] for key in ("Namespace", "MetricName", "Dimensions")}}
    plain = {
        key: value
        for key, value in PLAIN.items()
        if key not in (*stat["Metric"], "Period", "Statistic")
    }
    alarm = from_properties(
        {
            **plain,
            "EvaluationPeriods": 1,
            "DatapointsToAlarm": 1,
            "Metrics": [
                {"Id": "watched", "Expression": "2 * half"},
                {"Id": "half", "Expression": "most / 2", "ReturnData": False},
                {
                    "Id": "most",
                    "MetricStat": {**stat, "Period": 60, "Stat": "Maximum"},
                    "ReturnData": False,
                },
            ],
        }
    )
    metric = [of([(value, 1)]) for value in (4.0, 5.0, 6.0)]
    assert alarm.states({METRIC: metric}, 3) == [False, False, True]


def test_an_alarm_on_dynamodb_needs_data() -> None:
    alarm = from_properties({**PLAIN, "Namespace": "AWS/DynamoDB"})
    with pytest.raises(ValueError, match="use FILL"):
        alarm.states({}, 1)


@pytest.mark.parametrize(
    "changes",
    [{"TreatMissingData": "breaching"}, {"EvaluationWindow": {}}, {"ThresholdMetricId": "band"}],
    ids=["missing data", "window", "anomaly"],
)
def test_a_property_that_is_not_known_fails(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="does not know"):
        from_properties({**PLAIN, **changes})
