from __future__ import annotations

import pytest

from stack.alarms.cloudwatch.values import of, percentile_of, statistic_of, windows

LATENCIES = of([(100.0, 1), (300.0, 2), (2000.0, 1)])


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        ("Sum", 2700.0),
        ("SampleCount", 4.0),
        ("Average", 675.0),
        ("Minimum", 100.0),
        ("Maximum", 2000.0),
        ("p50", 300.0),
        ("p75", 300.0),
        ("p99", 2000.0),
        ("p99.9", 2000.0),
        # Values of 300 or less; values above 100, up to 2000: the page's own two examples.
        ("PR(:300)", 75.0),
        ("PR(100:2000)", 75.0),
        ("PR(300:60000)", 25.0),
        ("PR(5000:60000)", 0.0),
        ("TC(100:)", 3.0),
        ("TS(100:)", 2600.0),
    ],
)
def test_a_statistic_is_as_cloudwatch_defines_it(statistic: str, expected: float) -> None:
    assert statistic_of(LATENCIES, statistic) == expected


@pytest.mark.parametrize("statistic", ["Sum", "SampleCount", "p99", "PR(5000:60000)", "TC(1:)"])
def test_without_values_there_is_no_data(statistic: str) -> None:
    assert statistic_of(of([(1.0, 0)]), statistic) is None


@pytest.mark.parametrize("statistic", ["sum", "Median", "p100", "tm90", "TC(10%:90%)", "PR(5)", ""])
def test_an_unknown_statistic_fails(statistic: str) -> None:
    with pytest.raises(ValueError, match="no statistic"):
        statistic_of(LATENCIES, statistic)


def test_the_percentile_of_a_statistic_is_a_fraction() -> None:
    assert percentile_of("p99") == 0.99
    assert percentile_of("Sum") is None


def test_a_window_slides_by_a_minute() -> None:
    minutes = [of([(float(number), 1)]) for number in range(4)]
    assert [sorted(window) for window in windows(minutes, 2)] == [[0], [0, 1], [1, 2], [2, 3]]
