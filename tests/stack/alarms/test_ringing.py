"""Which alarm rings when, at any rate of traffic, and that all others are silent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import pytest

from stack.alarms.scenarios import BEFORE, HEALTHY, Conditions, Scenario, observed
from stack.alarms.stack_alarms import alarms
from stack.alarms.traffic import Minute, metrics_of
from stack.template import read

ALARMS = alarms(read())
RATES = (0.01, 1, 10, 10_000)
"""Requests a second."""
SOME, MANY = (1, 10, 10_000), (10, 10_000)
Times = tuple[int, int]
"""The first and the last minute in which an alarm may begin to ring; 1 is the minute in which
something happens."""


def always(**changes: float | bool) -> Scenario:
    conditions = replace(HEALTHY, **changes)  # type: ignore[arg-type]
    return lambda _: conditions


def during(minutes: int, **changes: float) -> Scenario:
    conditions = replace(HEALTHY, **changes)  # type: ignore[arg-type]
    return lambda minute: conditions if minute < minutes else HEALTHY


def slower_and_slower(minute: int) -> Conditions:
    return replace(HEALTHY, milliseconds=HEALTHY.milliseconds + 100 * minute)


def one_fault(minutes: list[Minute]) -> list[Minute]:
    """In the first minute in which an invocation can fail."""
    at = next(
        number
        for number, minute in enumerate(minutes)
        if number >= BEFORE and minute.new.invocations > minute.faults
    )
    faulty = replace(minutes[at], faults=minutes[at].faults + 1)
    return [*minutes[:at], faulty, *minutes[at + 1 :]]


def three_slow_calls(minutes: list[Minute]) -> list[Minute]:
    """The first three calls, each of which waits for DynamoDB for 3, 1 and 3 s."""
    changed, left = list(minutes), 3
    for number in range(BEFORE, len(minutes)):
        version = minutes[number].new
        slow = min(left, version.invocations - version.slow)
        left -= slow
        changed[number] = replace(minutes[number], new=replace(version, slow=version.slow + slow))
    return changed


@dataclass(frozen=True)
class Case:
    """`rings` has the time of each alarm at each rate; `may` has alarms that may ring or not at a
    rate, such as those on a few requests that fail at random."""

    scenario: Scenario
    rings: Mapping[str, Mapping[float, Times]] = field(default_factory=dict)
    may: Mapping[float, set[str]] = field(default_factory=dict)
    minutes: int = 20
    change: Callable[[list[Minute]], list[Minute]] = list


def at(rates: tuple[float, ...], first: int, last: int | None = None) -> dict[float, Times]:
    return dict.fromkeys(rates, (first, last or first))


FAILING = {
    "FaultsAlarm": at(SOME, 3),
    "CanaryFaultsAlarm": at(SOME, 2),
    # Hundreds of requests a day: as soon as ten have failed.
    "SlowBurnAlarm": at((0.01,), 5, 60) | at(SOME, 1),
}
CASES = {
    "healthy traffic": Case(always(), minutes=240),
    "no traffic": Case(always(load=0)),
    "a spike of traffic": Case(during(5, load=20), minutes=40),
    "a single fault": Case(always(), change=one_fault, minutes=60),
    "three slow calls": Case(always(), change=three_slow_calls, minutes=60),
    "a client whose requests are all refused": Case(during(10, refused_client=600), minutes=30),
    "a client of many whose requests are refused": Case(always(refuse=0.4), minutes=30),
    "an outage": Case(always(fault=1), FAILING, minutes=60),
    "half of the requests fail": Case(
        always(fault=0.5),
        FAILING | {"SlowBurnAlarm": at((0.01,), 10, 90) | at(SOME, 1)},
        minutes=90,
    ),
    "one of three zones fails": Case(
        always(fault=1 / 3),
        FAILING | {"SlowBurnAlarm": at((0.01,), 20, 180) | at(SOME, 1, 2)},
        minutes=180,
    ),
    "one request in 50 fails": Case(
        always(fault=0.02),
        {
            "FaultsAlarm": at((10,), 3, 6) | at((10_000,), 3),
            "CanaryFaultsAlarm": at(MANY, 2),
            "SlowBurnAlarm": at((1,), 2, 20) | at(MANY, 1, 3),
        },
        may={1: {"FaultsAlarm", "CanaryFaultsAlarm"}},
        minutes=60,
    ),
    "the budget is used up five times too fast": Case(
        always(fault=0.005),
        {
            "SlowBurnAlarm": at((1,), 15, 90) | at(MANY, 4, 15),
            "CanaryFaultsAlarm": at((10,), 2, 90) | at((10_000,), 2),
        },
        may={1: {"CanaryFaultsAlarm"}},
        minutes=400,
    ),
    "the function runs out of time": Case(
        always(error=0.3),
        FAILING
        | {
            "SlowBurnAlarm": at(SOME, 1, 2),
            "ErrorsAlarm": at(SOME, 1),
            "CanaryErrorsAlarm": at(SOME, 2),
        },
        may={0.01: {"ErrorsAlarm", "SlowBurnAlarm"}},
    ),
    "no concurrency is left": Case(
        always(throttle=1),
        FAILING | {"SlowBurnAlarm": at(SOME, 1), "ThrottlesAlarm": at(SOME, 3)},
        may={0.01: {"SlowBurnAlarm"}},
    ),
    "the table throttles": Case(always(table_throttle=0.3), {"TableThrottlesAlarm": at(SOME, 3)}),
    "responses violate the contract": Case(
        always(violation=0.5),
        FAILING
        | {
            "SlowBurnAlarm": at(SOME, 1),
            "ContractViolationsAlarm": at(SOME, 1),
            "CanaryViolationsAlarm": at(SOME, 2),
        },
        may={0.01: {"SlowBurnAlarm", "ContractViolationsAlarm"}},
    ),
    "an item is malformed": Case(
        always(malformed=0.2),
        {"MalformedItemsAlarm": at((0.01,), 1, 60) | at(SOME, 1)},
        minutes=60,
    ),
    "calls become slower and slower": Case(
        slower_and_slower,
        {
            # 5 s after 50 minutes.
            "CanaryDurationAlarm": at(SOME, 52),
            "IntegrationLatencyAlarm": at(SOME, 56),
            "LatencyAlarm": at(MANY, 56),
        },
        may={0.01: {"IntegrationLatencyAlarm"}},
        minutes=80,
    ),
    "a wrong import document": Case(always(refuse=1), {"RejectionsAlarm": at(SOME, 3)}, minutes=60),
    "the newest version fails in a tenth of the traffic": Case(
        always(new_share=0.1, only_new_fails=True, error=1),
        {
            "CanaryErrorsAlarm": at(SOME, 2, 3),
            "CanaryFaultsAlarm": at(MANY, 2),
            "FaultsAlarm": at(MANY, 3),
            "ErrorsAlarm": at((1,), 1, 3) | at(MANY, 1),
            "SlowBurnAlarm": at((1,), 1, 5) | at(MANY, 1),
        },
        may={1: {"CanaryFaultsAlarm", "FaultsAlarm"}},
        minutes=5,
    ),
    "the newest version returns 5xx in a tenth of the traffic": Case(
        always(new_share=0.1, only_new_fails=True, fault=0.5),
        {
            "CanaryFaultsAlarm": at(MANY, 2),
            "FaultsAlarm": at(MANY, 3),
            "SlowBurnAlarm": at(MANY, 1, 2),
        },
        may={1: {"SlowBurnAlarm", "CanaryFaultsAlarm", "FaultsAlarm"}},
        minutes=5,
    ),
    "the newest version is slow in a tenth of the traffic": Case(
        always(new_share=0.1, only_new_fails=True, slow=0.2),
        {"CanaryDurationAlarm": at(MANY, 2)},
        may={1: {"CanaryDurationAlarm"}},
        minutes=5,
    ),
}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", CASES)
def test_an_alarm_rings_in_its_minute_and_no_other_alarm_does(
    name: str, rate: float, everything: bool
) -> None:
    case = CASES[name]
    due = {alarm: times[rate] for alarm, times in case.rings.items() if rate in times}
    for seed in range(6 if everything else 2):
        minutes = case.change(observed(case.scenario, rate, case.minutes, seed))
        metrics = metrics_of(minutes)
        # CloudWatch does not say how many further points it retrieves.
        further = 2 * (seed % 2)
        states = {
            alarm: each.states(metrics, len(minutes), further=further)
            for alarm, each in ALARMS.items()
        }
        begins = {
            alarm: each.index(True) + 1 - BEFORE for alarm, each in states.items() if any(each)
        }
        assert begins.keys() - case.may.get(rate, set()) == due.keys(), (seed, begins)
        for alarm, (first, last) in due.items():
            assert first <= begins[alarm] <= last, (seed, alarm, begins[alarm])


def test_each_alarm_rings_in_a_case() -> None:
    assert {alarm for case in CASES.values() for alarm in case.rings} == ALARMS.keys()


def test_an_alarm_stops_when_its_cause_does() -> None:
    """But the one on six hours rings for as long."""
    minutes = observed(during(10, fault=0.5, error=0.3), 10, 60, seed=1)
    metrics = metrics_of(minutes)
    for name, alarm in ALARMS.items():
        rings = alarm.states(metrics, len(minutes))[-1]
        assert rings == (name == "SlowBurnAlarm"), name
