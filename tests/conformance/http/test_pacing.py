"""No run is faster than the plan of its key."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openapi_first.conformance.http.pacing import Pace


@given(
    st.floats(0.5, 1000),
    st.integers(1, 50),
    st.lists(st.floats(0, 2), max_size=200),
)
def test_no_window_holds_more_than_burst_and_rate_allow(
    rate: float, burst: int, pauses: list[float]
) -> None:
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    pace = Pace(rate, burst, clock=lambda: now, sleep=sleep)
    times = []
    for pause in pauses:
        now += pause
        pace.wait()
        times.append(now)
    for first in range(len(times)):
        for last in range(first, len(times)):
            assert last - first + 1 <= burst + rate * (times[last] - times[first]) + 1e-6


def test_without_a_rate_nothing_waits() -> None:
    def never(_: float) -> None:
        raise AssertionError

    pace = Pace(None, None, sleep=never)
    for _ in range(1000):
        pace.wait()
