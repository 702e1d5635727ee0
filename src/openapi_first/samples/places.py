"""The places in values of a schema, each inside a whole value that matches."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from openapi_first.samples.branches import Branches, Leaves
from openapi_first.samples.lowered_schemas import LoweredSchema
from openapi_first.samples.search import Exhausted, Search
from openapi_first.samples.values.members import EXTRA
from openapi_first.samples.values.streams import Step

_DEPTH = 4
_MOST_PLACES = 60
_MOST_BRANCHES = 12
_TRIES = 6
_STEPS = 6_000


@dataclass(frozen=True)
class Place:
    """`leaves` are the schemas that apply to the value at `path` together, after one choice of
    branches; `whole` is a value with this place that matches the schema."""

    path: Step
    leaves: Leaves
    whole: Any

    @property
    def value(self) -> Any:
        return at(self.whole, self.path)

    @property
    def title(self) -> str:
        """The names and items on the way, as the start of a title."""
        steps = (each if isinstance(each, str) else "item" for each in self.path)
        return "".join(f"{each}: " for each in steps)

    def replaced(self, value: Any) -> Any:
        """The whole value with another one at this place."""
        return replaced(self.whole, self.path, value)


def at(whole: Any, path: Step) -> Any:
    for step in path:
        whole = whole[step]
    return whole


def replaced(whole: Any, path: Step, value: Any) -> Any:
    """A copy with another value at the path, whose last step may be new."""
    if not path:
        return value
    first, *rest = path
    below = whole[first] if rest else None
    changed = replaced(below, tuple(rest), value)
    if isinstance(whole, list):
        return [*whole[: int(first)], changed, *whole[int(first) + 1 :]]
    return {**whole, first: changed}


class Places:
    """Finds the places of one schema, that of the whole value first."""

    def __init__(self, lowered: LoweredSchema, rng: random.Random) -> None:
        self._lowered = lowered
        self.search = Search(lowered, rng, set(), _STEPS)
        self._written = Branches(
            lowered.definitions, lowered.depths, self.search.spend, opposites=False
        )
        self._left = _MOST_PLACES

    def within(self, whole: Any) -> Iterator[Place]:
        """The places of values like `whole`, which matches the schema, with members that it has not
        and other branches."""
        try:
            yield from self._at((self._lowered.schema,), (), whole, frozenset())
        except (Exhausted, RecursionError):
            return

    def _at(
        self, schemas: Sequence[Any], path: Step, whole: Any, above: frozenset[int]
    ) -> Iterator[Place]:
        met: set[int] = set()
        ways = self._written.leaves(schemas, above, len(path))
        for leaves in islice(ways, _MOST_BRANCHES):
            fresh = {id(each) for each in leaves if id(each) not in above} - met
            if met and not fresh:
                continue
            fitting = self._fitting(leaves, path, whole, is_first=not met)
            if fitting is None:
                continue
            met |= fresh
            self._left -= 1
            if self._left < 0:
                return
            yield Place(path, leaves, fitting)
            if len(path) < _DEPTH:
                inside = above | {id(each) for each in leaves}
                yield from self._below(leaves, path, fitting, inside)

    def _fitting(self, leaves: Leaves, path: Step, whole: Any, *, is_first: bool) -> Any:
        """The whole value, or one with another value at the path, that matches these leaves."""
        if is_first:
            return whole
        others = islice(self.search.values(leaves, path), _TRIES)
        for value in chain([at(whole, path)], others):
            if all(self.accepts(each, value) for each in leaves):
                changed = replaced(whole, path, value)
                if self._lowered.allows(changed):
                    return changed
        return None

    def accepts(self, leaf: dict[str, Any], value: Any) -> bool:
        """Whether the value matches a schema that is part of the whole one."""
        try:
            return self._lowered.part_validator(leaf).is_valid(value)
        except (ValueError, TypeError):
            return False

    def _below(
        self, leaves: Leaves, path: Step, whole: Any, above: frozenset[int]
    ) -> Iterator[Place]:
        value = at(whole, path)
        for step, schemas in self._children(leaves, value):
            there = (*path, step)
            changed = self._with_child(schemas, there, whole)
            if changed is not None:
                yield from self._at(schemas, there, changed, above)

    def _with_child(self, schemas: tuple[Any, ...], there: Step, whole: Any) -> Any:
        try:
            at(whole, there)
        except (KeyError, IndexError):
            for value in islice(self.search.values(schemas, there), _TRIES):
                changed = replaced(whole, there, value)
                if self._lowered.allows(changed):
                    return changed
            return None
        return whole

    def _children(self, leaves: Leaves, value: Any) -> Iterator[tuple[str | int, tuple[Any, ...]]]:
        if isinstance(value, dict):
            members = self.search.members(leaves, ())
            names = dict.fromkeys(name for each in leaves for name in each.get("properties", ()))
            for name in (*names, *(name for name in value if name not in names)):
                schemas = members.schemas_of(name)
                if schemas is not None:
                    yield name, schemas
            open_to = ("additionalProperties", "unevaluatedProperties")
            if any(isinstance(each.get(key), dict) for each in leaves for key in open_to):
                schemas = members.schemas_of(EXTRA)
                if schemas and value.keys() <= names.keys():
                    yield EXTRA, schemas
        elif isinstance(value, list):
            elements = self.search.elements(leaves, ())
            fixed = max((len(each.get("prefixItems", ())) for each in leaves), default=0)
            for index in range(min(len(value) + 1, fixed + 1)):
                yield index, elements.schemas_of(index)
