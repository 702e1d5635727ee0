"""What holds at any rate of traffic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stack.alarms.scenarios import BEFORE, HEALTHY, Conditions, observed
from stack.alarms.stack_alarms import alarms
from stack.alarms.traffic import Minute, Version, metrics_of
from stack.template import read

ALARMS = alarms(read())
RATES = st.one_of(st.floats(0, 1), st.floats(0, 100), st.floats(0, 20_000))
"""Requests a second."""
SEEDS = st.integers(0, 2**32)


def ringing(minutes: list[Minute]) -> set[str]:
    metrics = metrics_of(minutes)
    return {name for name, alarm in ALARMS.items() if any(alarm.states(metrics, len(minutes)))}


@given(RATES, SEEDS)
def test_no_alarm_rings_on_healthy_traffic(rate: float, seed: int) -> None:
    def unsteady(_: int) -> Conditions:
        return replace(HEALTHY, load=random.uniform(0, 2))

    random = Random(seed)
    assert ringing(observed(unsteady, rate, 10, seed)) == set()


SINGLE: dict[str, Callable[[Minute], Minute]] = {
    "a 5xx": lambda minute: replace(minute, faults=minute.faults + 1),
    "a refusal": lambda minute: replace(minute, refused=minute.refused + 1),
    "a throttled invocation": lambda minute: replace(minute, throttled=minute.throttled + 1),
    "a throttled read": lambda minute: replace(minute, table_throttles=1),
    "a violation": lambda minute: replace(minute, violations=1, faults=minute.faults + 1),
    "a timeout": lambda minute: replace(minute, new=worse(minute.new, errors=1)),
    "a slow call": lambda minute: replace(minute, new=worse(minute.new, slow=1)),
}


def worse(version: Version, *, errors: int = 0, slow: int = 0) -> Version:
    return replace(
        version,
        invocations=version.invocations + 1,
        errors=version.errors + errors,
        slow=version.slow + slow,
    )


@given(name=st.sampled_from(sorted(SINGLE)), rate=RATES, seed=SEEDS)
def test_a_single_failure_is_silent(name: str, rate: float, seed: int) -> None:
    minutes = observed(lambda _: HEALTHY, rate, 10, seed)
    last = replace(minutes[BEFORE], new=worse(minutes[BEFORE].new))
    assert ringing([*minutes[:BEFORE], SINGLE[name](last), *minutes[BEFORE + 1 :]]) == set()


WORSE: dict[str, Callable[[int, int], Minute]] = {
    "CanaryErrorsAlarm": lambda calls, bad: Minute(Version(calls, errors=bad)),
    "CanaryDurationAlarm": lambda calls, bad: Minute(Version(calls, slow=bad)),
    "CanaryFaultsAlarm": lambda calls, bad: Minute(Version(calls), faults=bad),
    "CanaryViolationsAlarm": lambda calls, bad: Minute(Version(calls), violations=bad),
    "RejectionsAlarm": lambda calls, bad: Minute(Version(calls), refused=bad),
    "FaultsAlarm": lambda calls, bad: Minute(Version(calls), faults=bad),
    "SlowBurnAlarm": lambda calls, bad: Minute(Version(calls), faults=bad),
    "ErrorsAlarm": lambda calls, bad: Minute(Version(calls, errors=bad)),
    "ThrottlesAlarm": lambda calls, bad: Minute(Version(calls), throttled=bad),
    "LatencyAlarm": lambda calls, bad: Minute(Version(calls, slow=bad)),
    "IntegrationLatencyAlarm": lambda calls, bad: Minute(Version(calls, slow=bad)),
    "ContractViolationsAlarm": lambda calls, bad: Minute(Version(calls), violations=bad),
    "TableThrottlesAlarm": lambda calls, bad: Minute(Version(calls), table_throttles=bad),
    "MalformedItemsAlarm": lambda calls, bad: Minute(Version(calls), malformed=bad),
}
"""A minute with so many calls and so many failures of the kind that the alarm is for."""


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int, int]:
    """Of a minute: the calls, the failures, and a higher number of them."""
    calls = draw(st.sampled_from([0, 1, 7, 60, 600, 600_000]))
    share = st.sampled_from([0, 0.001, 0.01, 0.02, 0.2, 1])
    failures = sorted((round(draw(share) * calls), round(draw(share) * calls)))
    return calls, failures[0], failures[1]


@pytest.mark.parametrize("name", WORSE)
@settings(max_examples=max(10, settings().max_examples // 5))
@given(drawn=st.lists(counts(), min_size=1, max_size=20))
def test_more_failures_never_silence_an_alarm(name: str, drawn: list[tuple[int, int, int]]) -> None:
    make, alarm = WORSE[name], ALARMS[name]
    few = alarm.states(metrics_of([make(calls, bad) for calls, bad, _ in drawn]), len(drawn))
    more = alarm.states(metrics_of([make(calls, bad) for calls, _, bad in drawn]), len(drawn))
    assert all(after for before, after in zip(few, more, strict=True) if before)


def test_the_failures_are_those_of_each_alarm() -> None:
    """Or the test above would compare silence with silence."""
    assert WORSE.keys() == ALARMS.keys()
    for name, make in WORSE.items():
        before = [make(600, 0)] * 10
        # Refusals ring only if nothing else is served.
        failing = make(0 if name == "RejectionsAlarm" else 600, 600)
        metrics = metrics_of([*before, *[failing] * 10])
        assert ALARMS[name].states(metrics, 20)[-1], name
        assert not any(ALARMS[name].states(metrics, 20)[:10]), name
