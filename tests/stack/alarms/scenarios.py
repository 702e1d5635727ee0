"""Traffic as it happens: requests arrive at random, and each fails or not at random."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from stack.alarms.traffic import FAST, Minute, Version

BEFORE = 30
"""Minutes of healthy traffic before something happens."""
EXACT = 40.0
"""Up to this many expected, a number is drawn exactly; above it, from the normal distribution that
it then resembles."""


@dataclass(frozen=True, slots=True)
class Weather:
    """What happens in a minute. The shares are of the requests that reach what can fail:
    `throttle` by Lambda, `error` of the function as Lambda counts it, `fault` a 5xx that the
    function returns, `violation` of the contract, which is a 5xx as well; `slow` calls. The rate of
    traffic is `rush` times the usual. `stray` is the number of requests a minute of a client that
    is always refused. `new` is the newest version's share of traffic; `spares_old` says that only
    this version fails.
    """

    rush: float = 1.0
    refuse: float = 0.02
    throttle: float = 0.0
    error: float = 0.00001
    fault: float = 0.00009
    violation: float = 0.0
    slow: float = 0.0002
    milliseconds: float = FAST
    table_throttle: float = 0.0
    malformed: float = 0.0
    stray: float = 0.0
    new: float = 1.0
    spares_old: bool = False


HEALTHY = Weather()
Scenario = Callable[[int], Weather]
"""The weather of each minute since something happened."""


def observed(scenario: Scenario, rate: float, minutes: int, seed: int) -> list[Minute]:
    """BEFORE minutes of healthy traffic, then the scenario; `rate` is in requests a second."""
    random = Random(seed)
    return [
        _minute(scenario(number) if number >= 0 else HEALTHY, rate, random)
        for number in range(-BEFORE, minutes)
    ]


def _minute(weather: Weather, rate: float, random: Random) -> Minute:
    requests = arriving(60 * rate * weather.rush, random)
    refused = chosen(requests, weather.refuse, random)
    throttled = chosen(requests - refused, weather.throttle, random)
    invocations = requests - refused - throttled
    new = chosen(invocations, weather.new, random)
    old_weather = HEALTHY if weather.spares_old else weather
    versions = [
        _version(new, weather, random),
        _version(invocations - new, old_weather, random),
    ]
    left = [each.invocations - each.errors for each in versions]
    faulty = [chosen(left[0], weather.fault, random), chosen(left[1], old_weather.fault, random)]
    violations = chosen(left[0] - faulty[0], weather.violation, random)
    return Minute(
        *versions,
        refused=refused + arriving(weather.stray, random),
        throttled=throttled,
        faults=sum(faulty) + violations,
        violations=violations,
        table_throttles=chosen(invocations, weather.table_throttle, random),
        malformed=chosen(invocations, weather.malformed, random),
    )


def _version(invocations: int, weather: Weather, random: Random) -> Version:
    errors = chosen(invocations, weather.error, random)
    slow = chosen(invocations, weather.slow, random)
    return Version(invocations, errors, slow, weather.milliseconds)


def arriving(expected: float, random: Random) -> int:
    """How many independent arrivals come where `expected` come on average (Poisson)."""
    if expected > EXACT:
        return max(0, round(random.gauss(expected, math.sqrt(expected))))
    number, left = 0, math.exp(-expected)
    product = random.random()
    while product > left:
        number += 1
        product *= random.random()
    return number


def chosen(among: int, share: float, random: Random) -> int:
    """How many of `among` are chosen, each with the probability `share` (binomial)."""
    if share > 0.5:
        return among - chosen(among, 1 - share, random)
    if not among or not share:
        return 0
    expected = among * share
    if expected > EXACT:
        drawn = round(random.gauss(expected, math.sqrt(expected * (1 - share))))
        return min(max(0, drawn), among)
    # The gaps between those that are chosen.
    number, position = 0, 0
    while True:
        position += 1 + int(math.log(1 - random.random()) / math.log1p(-share))
        if position > among:
            return number
        number += 1
