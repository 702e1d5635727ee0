"""The search for values of schemas: branches are chosen, values made, and checked where needed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any

from openapi_first.samples.branches import Branches, Leaves, listed, types_of
from openapi_first.samples.lowered_schemas import LoweredSchema
from openapi_first.samples.values.elements import Elements
from openapi_first.samples.values.members import Members
from openapi_first.samples.values.numbers import numbers
from openapi_first.samples.values.pattern_samples import matching
from openapi_first.samples.values.streams import Step
from openapi_first.samples.values.strings import Strings

_DEEPEST = 40
_TURNS = (1, 4, 16, 64, 256, 1024, 4096)
"""How many values each stream gives in turn: plain values of every branch come first."""
_MOST_STREAMS = 64
_COST_OF_VALIDATOR = 10


class Exhausted(Exception):
    """The search has taken all the steps that it may take."""


class Search:
    """Makes values for parts of a schema. What is made for a place at or below one of `suspects` is
    checked; elsewhere the caller checks the whole. With `flat`, branches that nest least come
    first."""

    def __init__(
        self,
        lowered: LoweredSchema,
        rng: random.Random,
        suspects: set[Step],
        steps: int,
        *,
        flat: bool = False,
    ) -> None:
        self._lowered = lowered
        self._suspects = suspects
        self._left = steps
        self._rng = rng
        self.branches = Branches(lowered.definitions, lowered.depths, self.spend, flat=flat)
        self._strings = Strings(lowered.matches_text, lowered.patterns, rng, self.spend)

    def values(
        self, schemas: tuple[Any, ...], at: Step = (), above: frozenset[int] = frozenset()
    ) -> Iterator[Any]:
        """Values that match all the schemas, as far as they are checked. Raises Exhausted."""
        checked = any(at[: len(each)] == each for each in self._suspects)
        pending = self._streams(schemas, at, above)
        live: list[Iterator[Any]] = []
        for turn in _TURNS:
            remaining: list[Iterator[Any]] = []
            for stream in chain(live, islice(pending, _MOST_STREAMS - len(live))):
                given = 0
                for value in islice(stream, turn):
                    given += 1
                    self.spend(1)
                    if not checked or self._accepts(schemas, value):
                        yield value
                if given == turn:
                    remaining.append(stream)
            live = remaining
        for stream in pending:  # more branches than can take turns
            for value in islice(stream, _TURNS[1]):
                self.spend(1)
                if not checked or self._accepts(schemas, value):
                    yield value

    def spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise Exhausted

    def _streams(
        self, schemas: tuple[Any, ...], at: Step, above: frozenset[int]
    ) -> Iterator[Iterator[Any]]:
        if len(at) > _DEEPEST:
            return
        for leaves in self.branches.leaves(schemas, above, len(at)):
            kinds = types_of(leaves)
            values = listed(leaves)
            if values is not None:
                yield iter([each for each in values if _is_of(each, kinds)])
                continue
            inside = above | {id(each) for each in leaves}
            for kind in kinds:
                yield self._of_type(leaves, kind, at, inside)

    def _of_type(self, leaves: Leaves, kind: str, at: Step, above: frozenset[int]) -> Iterator[Any]:
        if kind == "string":
            yield from self._strings.strings(leaves)
        elif kind in ("integer", "number"):
            yield from numbers(leaves, kind)
        elif kind == "boolean":
            yield from (True, False)
        elif kind == "null":
            yield None
        elif kind == "array":
            yield from self.elements(leaves, at, above).arrays()
        else:
            yield from self.members(leaves, at, above).objects()

    def members(self, leaves: Leaves, at: Step, above: frozenset[int] = frozenset()) -> Members:
        """What the members of objects match that have these schemas."""
        below = partial(self._below, at, above)
        return Members(leaves, below, self._lowered.matches_text, self._matching)

    def elements(self, leaves: Leaves, at: Step, above: frozenset[int] = frozenset()) -> Elements:
        """What the elements of arrays match that have these schemas."""
        return Elements(leaves, partial(self._below, at, above), self.branches.opposite)

    def _below(
        self, at: Step, above: frozenset[int], schemas: tuple[Any, ...], step: Step
    ) -> Iterator[Any]:
        return self.values(schemas, (*at, *step), above)

    def _matching(self, pattern: str) -> Iterator[str]:
        return matching(self._lowered.patterns.get(pattern, pattern), self._rng)

    def _accepts(self, schemas: Sequence[Any], value: Any) -> bool:
        for schema in schemas:
            if schema is True or schema == {}:
                continue
            if not self._lowered.has_validator(schema):
                self.spend(_COST_OF_VALIDATOR)
            try:
                if not self._lowered.part_validator(schema).is_valid(value):
                    return False
            except (ValueError, TypeError):
                return False
        return True


def _is_of(value: Any, kinds: Sequence[str]) -> bool:
    if isinstance(value, bool):
        return "boolean" in kinds
    if isinstance(value, int):
        return "integer" in kinds or "number" in kinds
    if isinstance(value, float):
        return "number" in kinds or ("integer" in kinds and value.is_integer())
    names = {str: "string", list: "array", dict: "object", type(None): "null"}
    return names[type(value)] in kinds
