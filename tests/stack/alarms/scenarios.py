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
class Conditions:
    """What happens in a minute. Each share is of the requests that can still fail in that way.

    - `load`: the rate of traffic, in times of the usual one
    - `refuse`: requests that get a 4xx
    - `throttle`: invocations that Lambda throttles
    - `error`: invocations that Lambda counts as errors
    - `fault`: invocations whose response is a 5xx
    - `violation`: responses that violate the contract, which become a 5xx
    - `slow`: invocations that take SLOW milliseconds; the others take `milliseconds`
    - `table_throttle`, `malformed`: invocations that meet a throttled table, or a malformed item
    - `refused_client`: further requests a minute, of a client that always gets a 4xx
    - `new_share`: the invocations of the newest version; `only_new_fails`: the older one is healthy
    """

    load: float = 1.0
    refuse: float = 0.02
    throttle: float = 0.0
    error: float = 0.00001
    fault: float = 0.00009
    violation: float = 0.0
    slow: float = 0.0002
    milliseconds: float = FAST
    table_throttle: float = 0.0
    malformed: float = 0.0
    refused_client: float = 0.0
    new_share: float = 1.0
    only_new_fails: bool = False


HEALTHY = Conditions()
Scenario = Callable[[int], Conditions]
"""The conditions of each minute since something happened."""


def observed(scenario: Scenario, rate: float, minutes: int, seed: int) -> list[Minute]:
    """BEFORE minutes of healthy traffic, then the scenario; `rate` is in requests a second."""
    random = Random(seed)
    return [
        _minute(scenario(number) if number >= 0 else HEALTHY, rate, random)
        for number in range(-BEFORE, minutes)
    ]


def _minute(conditions: Conditions, rate: float, random: Random) -> Minute:
    requests = arriving(60 * rate * conditions.load, random)
    refused = chosen(requests, conditions.refuse, random)
    throttled = chosen(requests - refused, conditions.throttle, random)
    invocations = requests - refused - throttled
    new = chosen(invocations, conditions.new_share, random)
    old_conditions = HEALTHY if conditions.only_new_fails else conditions
    versions = [
        _version(new, conditions, random),
        _version(invocations - new, old_conditions, random),
    ]
    left = [each.invocations - each.errors for each in versions]
    faulty = [
        chosen(left[0], conditions.fault, random),
        chosen(left[1], old_conditions.fault, random),
    ]
    violations = chosen(left[0] - faulty[0], conditions.violation, random)
    return Minute(
        *versions,
        refused=refused + arriving(conditions.refused_client, random),
        throttled=throttled,
        faults=sum(faulty) + violations,
        violations=violations,
        table_throttles=chosen(invocations, conditions.table_throttle, random),
        malformed=chosen(invocations, conditions.malformed, random),
    )


def _version(invocations: int, conditions: Conditions, random: Random) -> Version:
    errors = chosen(invocations, conditions.error, random)
    slow = chosen(invocations, conditions.slow, random)
    return Version(invocations, errors, slow, conditions.milliseconds)


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
