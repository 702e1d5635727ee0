"""Numbers for the keywords of a schema. Decimal numbers are counted exactly: 0.58 is a multiple of
0.01, which binary floating-point numbers deny."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import Any, NamedTuple

OFF = "x-violated"
"""In a schema that is made to violate another: a keyword that has no opposite, with its value.
Values of the right type are tried until one violates it."""

_OFFSETS = (Fraction(1, 2), Fraction(1, 10), Fraction(1, 3))
_FEWEST_STEPS = 4


class _Bound(NamedTuple):
    value: Fraction
    exclusive: bool


def exact(value: Any) -> Fraction | None:
    """The number as it is written; None for anything but a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, int):
        return Fraction(value)
    if not math.isfinite(value):
        return None
    return Fraction(Decimal(repr(value)) if isinstance(value, float) else value)


def written(value: Fraction) -> int | float | None:
    """The number as a JSON value; None if it is too large for a fraction."""
    if value.denominator == 1:
        return int(value)
    try:
        return float(value)
    except OverflowError:
        return None


def step_of(schema: dict[str, Any]) -> Fraction | None:
    """The distance of the numbers next to each other that a schema allows; None if any number may
    be between them."""
    return _step([schema], whole=_is_whole(schema))


def numbers(leaves: Sequence[dict[str, Any]], kind: str) -> Iterator[int | float]:
    """Numbers that match the keywords of all the schemas: 1 or 0 if they can, those at the bounds,
    and then from the smallest on. `kind` is "integer" or "number"."""
    low, high = _limits(leaves)
    if low and high and low.value > high.value:
        return
    off = [each[OFF] for each in leaves if OFF in each]
    step = _step(leaves, whole=kind == "integer")
    bounds = [] if step is not None else [each.value for each in (low, high) if each]
    width = high.value - low.value if low and high else None
    if step is None:
        step = Fraction(1)
        while width and width < _FEWEST_STEPS * step:
            step /= 10
    seen: set[Fraction] = set()
    for each in (*_offsets(off, low, high), *_starts(low, high, step), *bounds):
        if each not in seen and _within(each, low, high):
            seen.add(each)
            found = written(each)
            if found is not None:
                yield found
    yield from _walk(low, high, step)


def _starts(low: _Bound | None, high: _Bound | None, step: Fraction) -> Iterator[Fraction]:
    for start in (Fraction(1), Fraction(0)):
        if start % step == 0:
            yield start
    for bound in (low, high):
        if bound is not None:
            first = (bound.value // step) * step
            yield from (first, first + step, first - step)


def _walk(low: _Bound | None, high: _Bound | None, step: Fraction) -> Iterator[int | float]:
    """Every number from the smallest on, or down from the largest, or from 0."""
    start, direction = Fraction(0), 1
    if low is not None:
        start = math.ceil(low.value / step) * step
    elif high is not None:
        start, direction = (high.value // step) * step, -1
    for number in count():
        each = start + direction * number * step
        if (direction > 0 and high and each > high.value) or abs(number) > 100_000:
            return
        found = written(each)
        if found is not None and _within(each, low, high):
            yield found


def _offsets(
    off: Sequence[dict[str, Any]], low: _Bound | None, high: _Bound | None
) -> Iterator[Fraction]:
    """Numbers between those that a violated `multipleOf` or `type` allows."""
    for each in off:
        step = exact(each.get("multipleOf")) or (Fraction(1) if "type" in each else None)
        if step:
            start = (low or high or _Bound(Fraction(0), exclusive=False)).value // step * step
            for part in _OFFSETS:
                yield from (start + part * step, start - part * step)


def _within(value: Fraction, low: _Bound | None, high: _Bound | None) -> bool:
    if low is not None and (value < low.value or (low.exclusive and value == low.value)):
        return False
    return high is None or value < high.value or (value == high.value and not high.exclusive)


def _limits(leaves: Sequence[dict[str, Any]]) -> tuple[_Bound | None, _Bound | None]:
    lows, highs = list[_Bound](), list[_Bound]()
    for schema in leaves:
        for key, found in (("inimum", lows), ("aximum", highs)):
            flag = schema.get(f"exclusiveM{key}")
            bound, own = exact(schema.get(f"m{key}")), exact(flag)
            if bound is not None:
                found.append(_Bound(bound, flag is True))
            if own is not None:
                found.append(_Bound(own, exclusive=True))
    low = max(lows, default=None)
    high = min(highs, key=lambda each: (each.value, not each.exclusive), default=None)
    return low, high


def _is_whole(schema: dict[str, Any]) -> bool:
    named = schema.get("type")
    return named == "integer" or (
        isinstance(named, list) and "integer" in named and "number" not in named
    )


def _step(leaves: Sequence[dict[str, Any]], *, whole: bool) -> Fraction | None:
    steps = [Fraction(1)] if whole else []
    for schema in leaves:
        step = exact(schema.get("multipleOf"))
        if step is not None and step > 0:
            steps.append(step)
    if not steps:
        return None
    return Fraction(
        math.lcm(*(each.numerator for each in steps)),
        math.gcd(*(each.denominator for each in steps)),
    )
