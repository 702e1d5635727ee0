"""Values that violate one constraint of a schema and no other."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import islice
from typing import Any

from openapi_first.samples.lowered_schemas import LoweredSchema
from openapi_first.samples.negations import violating
from openapi_first.samples.places import Place, Places
from openapi_first.samples.reasons import keyword_pointer
from openapi_first.samples.sampling import samples
from openapi_first.samples.search import Exhausted
from openapi_first.samples.values.streams import Step

_TRIES = 8
_COST_OF_ERRORS = 5
_MOST_BRANCHES = 2
"""Choices of branches with which a constraint is tried."""
_MOST_PLACES = 4
"""Places at which a constraint is violated that several share."""
Tried = Counter[tuple[int, str, Step]]
"""How often a keyword of a schema, by its `id`, was tried at a path."""
_CHECKED_AT_CHILDREN = frozenset(
    {"properties", "patternProperties", "items", "prefixItems", "allOf", "$ref"}
)
_OF_BRANCHES = frozenset(
    {
        *("$ref", "allOf", "anyOf", "oneOf", "not", "if", "then", "else"),
        *("dependentSchemas", "dependencies"),
    }
)
"""Keywords whose schemas are among the leaves, as far as they have been chosen."""
_WITH = {
    "minimum": ("exclusiveMinimum",),
    "maximum": ("exclusiveMaximum",),
    "contains": ("minContains", "maxContains"),
    "if": ("then", "else"),
}
"""Keywords that mean nothing or another thing without the first one."""


@dataclass(frozen=True)
class Violation:
    """`value` violates the keyword at `pointer` and no other. The pointer leads through the lowered
    schema: from its root, or from `/$defs/…` (`/definitions/…` in draft 4). `path` is the place in
    the value. `schema` is the part of the lowered schema, and `constraint` its keyword, that the
    value was made to violate; inside `anyOf` and `oneOf`, `keyword` is one of these instead."""

    value: Any
    path: Step
    pointer: str
    keyword: str
    schema: dict[str, Any]
    constraint: str


def violations(lowered: LoweredSchema, rng: random.Random) -> Iterator[Violation]:
    """For each constraint that a value can violate without others, such a value; at the bound if
    there is one. A constraint that several places share is violated at some of them."""
    places = Places(lowered, rng)
    tried: Tried = Counter()
    for whole in islice(samples(lowered, rng), 1):
        for place in places.within(whole):
            yield from violations_at(lowered, places, place, tried)


def violations_at(
    lowered: LoweredSchema, places: Places, place: Place, tried: Tried
) -> Iterator[Violation]:
    """The violations of the constraints at one place, without those in `tried`, to which it adds
    them: with another branch, the same schemas can apply to the same place."""
    for leaf in place.leaves:
        for key in leaf:
            at, anywhere = (id(leaf), key, place.path), (id(leaf), key, ())
            if key in _CHECKED_AT_CHILDREN or tried[at] >= _MOST_BRANCHES:
                continue
            if tried[anywhere] >= _MOST_PLACES and place.path:
                continue
            tried[at] += 1
            tried[anywhere] += 1
            for violation in _of_keyword(lowered, places, place, leaf, key):
                tried[at] = _MOST_BRANCHES
                yield violation


def _of_keyword(
    lowered: LoweredSchema, places: Places, place: Place, leaf: dict[str, Any], key: str
) -> Iterator[Violation]:
    dropped = {key, *_WITH.get(key, ())}
    if key in _OF_BRANCHES:
        others = [_without(leaf, dropped)]
    else:
        others = [
            _without(each, _OF_BRANCHES | (dropped if each is leaf else set()))
            for each in place.leaves
        ]
    for opposite in violating(leaf, key):
        candidates = places.search.values((opposite, *others), place.path)
        try:
            for value in islice(candidates, _TRIES):
                places.search.spend(_COST_OF_ERRORS)
                whole = place.replaced(value)
                error = _only_error(lowered, whole)
                if error is not None:
                    yield Violation(whole, place.path, *error, leaf, key)
                    break
        except (Exhausted, RecursionError):
            return


def _without(leaf: dict[str, Any], keys: Set[str]) -> dict[str, Any]:
    return {name: value for name, value in leaf.items() if name not in keys}


def _only_error(lowered: LoweredSchema, whole: Any) -> tuple[str, str] | None:
    """The pointer and the keyword of the one error; None if there is none, or more."""
    try:
        errors = list(islice(lowered.validator.iter_errors(whole), 2))
    except (ValueError, TypeError):
        return None
    if len(errors) != 1:
        return None
    steps = list(errors[0].schema_path)
    return keyword_pointer(steps), next(each for each in reversed(steps) if isinstance(each, str))
