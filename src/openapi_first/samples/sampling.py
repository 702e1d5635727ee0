"""Values that match a schema: a plain one, or several that differ."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from openapi_first.samples.lowered_schemas import LoweredSchema
from openapi_first.samples.reasons import Attempt, why_none
from openapi_first.samples.search import Exhausted, Search
from openapi_first.samples.values.json_equality import comparable
from openapi_first.samples.values.streams import Step

_ROUNDS = ((500, 3), (1_500, 10), (3_000, 30), (8_000, 8_000))
"""The steps of each round of the search, and the values that may fail in it. In the first round
nothing is checked but the whole value, in the last one everything, and between them what was wrong
in the rounds before."""


class NoSample(Exception):
    """No value was found that matches the schema; the message says which keyword is in the way."""


def sample(
    lowered: LoweredSchema,
    rng: random.Random,
    schema: Any = None,
    *,
    usable: Callable[[Any], bool] = lambda _: True,
) -> Any:
    """A value that matches the schema, or its part `schema`: one of `enum`, otherwise a small one.
    `usable` may reject values. Raises NoSample."""
    attempt = Attempt()
    for value in _found(lowered, rng, schema, usable, attempt):
        return value
    raise NoSample(why_none(lowered, schema, attempt))


def samples(
    lowered: LoweredSchema,
    rng: random.Random,
    schema: Any = None,
    *,
    usable: Callable[[Any], bool] = lambda _: True,
) -> Iterator[Any]:
    """Different values that match the schema, a plain one first; each branch is used early."""
    return _found(lowered, rng, schema, usable, Attempt())


def _found(
    lowered: LoweredSchema,
    rng: random.Random,
    schema: Any,
    usable: Callable[[Any], bool],
    attempt: Attempt,
) -> Iterator[Any]:
    part = lowered.schema if schema is None else schema
    validator = lowered.validator if schema is None else lowered.part_validator(part)
    given: set[str] = set()
    suspects: set[Step] = set()
    for number, (steps, most) in enumerate(_ROUNDS, 1):
        if number == len(_ROUNDS):
            suspects.add(())
        wrong = 0
        try:
            search = Search(lowered, rng, suspects, steps, flat=number > 2)
            for value in search.values((part,)):
                try:
                    valid = validator.is_valid(value)
                except (ValueError, TypeError):  # a lone surrogate
                    valid = False
                if valid:
                    attempt.rejected = attempt.rejected or not usable(value)
                    key = comparable(value)
                    if key not in given and usable(value):
                        given.add(key)
                        yield value
                    continue
                wrong += 1
                if wrong > most:
                    break
                if not given:
                    suspects |= attempt.failed(validator, value)
        except (Exhausted, RecursionError):
            continue
