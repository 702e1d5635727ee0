"""Where a comparison of schemas stands, and how it tells what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from openapi_first.diff.changes import Changes
from openapi_first.diff.rules import Effect, schema_rule
from openapi_first.diff.view_reader import view_of
from openapi_first.diff.views import Parts, View
from openapi_first.openapi.node import Node
from openapi_first.schemas.directions import Direction

_STRAIGHT, _INVERTED, _UNTOLD = 0, 1, 2


@dataclass(frozen=True)
class Sides:
    """The versions of OpenAPI that the two contracts are written in."""

    old: str
    new: str


class Telling:
    """Adds what is found to `changes`, its effect turned over within `not` and unknown where
    alternatives may overlap; says nothing while something is only tried."""

    def __init__(self, direction: Direction, sides: Sides, changes: Changes) -> None:
        self.direction = direction
        self._sides = sides
        self._changes = changes
        self._sense = _STRAIGHT
        self._trials = 0
        self._views: dict[object, View] = {}

    @property
    def state(self) -> object:
        """What a comparison's outcome hangs on, beside the schemas."""
        return self._sense, bool(self._trials)

    @property
    def trying(self) -> bool:
        """Whether something is only tried."""
        return bool(self._trials)

    @property
    def straight(self) -> bool:
        """Whether more values here are more values of the whole."""
        return self._sense == _STRAIGHT

    def old(self, parts: Parts) -> View:
        """The view of a schema of the old contract."""
        return self._view(parts, self._sides.old)

    def new(self, parts: Parts) -> View:
        """The view of a schema of the new contract."""
        return self._view(parts, self._sides.new)

    def _view(self, parts: Parts, openapi: str) -> View:
        # An empty conjunction is the same on both sides.
        key = tuple(part.key for part in parts)
        if key not in self._views:
            self._views[key] = view_of(parts, self.direction, openapi)
        return self._views[key]

    def told(
        self,
        kind: str,
        effect: Effect,
        where: str,
        views: tuple[View, View],
        key: str,
        detail: str = "",
    ) -> Effect:
        """Tells a change of what a schema takes, and gives its effect on the whole."""
        if self._sense == _UNTOLD:
            effect = Effect.BOTH
        elif self._sense == _INVERTED and effect in (Effect.WIDER, Effect.NARROWER):
            effect = Effect.BOTH & ~effect
        if not self._trials:
            old, new = (written_at(view, key) for view in views)
            self._changes.add(schema_rule(self.direction, kind, effect), where, old, new, detail)
        return effect

    def say(
        self, rule: str, where: str, old: Node | None, new: Node | None, detail: str = ""
    ) -> None:
        """Tells a change by the id of its rule."""
        if not self._trials:
            self._changes.add(rule, where, old, new, detail)

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Nothing is told, and effects are those on the schema itself."""
        sense, self._sense = self._sense, _STRAIGHT
        self._trials += 1
        try:
            yield
        finally:
            self._trials -= 1
            self._sense = sense

    @contextmanager
    def inverted(self) -> Iterator[None]:
        """More values here are fewer of the whole."""
        with self._turned(_UNTOLD if self._sense == _UNTOLD else 1 - self._sense):
            yield

    @contextmanager
    def overlapping(self, overlap: bool) -> Iterator[None]:
        """With an `overlap`, what more values here mean for the whole cannot be told."""
        with self._turned(_UNTOLD if overlap else self._sense):
            yield

    @contextmanager
    def _turned(self, sense: int) -> Iterator[None]:
        before, self._sense = self._sense, sense
        try:
            yield
        finally:
            self._sense = before


def written_at(view: View, key: str) -> Node | None:
    """Where a keyword of the view is written, or else the schema."""
    return view.where.get(key) or view.node
