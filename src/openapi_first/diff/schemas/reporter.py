"""Reports the changes that a comparison of schemas finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum

from openapi_first.diff.findings.changes import Changes
from openapi_first.diff.findings.rules import Effect, schema_rule
from openapi_first.diff.schemas.known import Known
from openapi_first.diff.schemas.views import Parts, View
from openapi_first.documents.node import Node
from openapi_first.schemas.directions import Direction


class _Sense(Enum):
    """What more valid values in a part mean for the whole schema."""

    DIRECT = "more valid values"
    INVERTED = "fewer valid values"
    UNKNOWN = "more or fewer valid values"


_INVERSE = {
    _Sense.DIRECT: _Sense.INVERTED,
    _Sense.INVERTED: _Sense.DIRECT,
    _Sense.UNKNOWN: _Sense.UNKNOWN,
}


class Reporter:
    """Adds to `changes` what is found. An effect is inverted within `not`, and unknown where
    alternatives may overlap. Nothing is added while the reporter is silenced."""

    def __init__(self, known: Known, changes: Changes) -> None:
        self._known = known
        self._changes = changes
        self._sense = _Sense.DIRECT
        self._silenced = 0

    @property
    def direction(self) -> Direction:
        return self._known.direction

    @property
    def state(self) -> object:
        """What the effect of a comparison depends on, beside the schemas."""
        return self._sense, self.silent

    @property
    def silent(self) -> bool:
        return bool(self._silenced)

    @property
    def direct(self) -> bool:
        """Whether more valid values in this part are more valid values of the whole."""
        return self._sense is _Sense.DIRECT

    def old(self, parts: Parts) -> View:
        """The view of a schema of the old contract."""
        return self._known.old(parts)

    def new(self, parts: Parts) -> View:
        """The view of a schema of the new contract."""
        return self._known.new(parts)

    def report(
        self,
        kind: str,
        effect: Effect,
        where: str,
        views: tuple[View, View],
        key: str,
        detail: str = "",
    ) -> Effect:
        """Reports a change of the values that a schema accepts; returns the effect on the whole."""
        effect = self.on_whole(effect)
        if not self.silent:
            old, new = (written_at(view, key) for view in views)
            self._changes.add(schema_rule(self.direction, kind, effect), where, old, new, detail)
        return effect

    def on_whole(self, effect: Effect) -> Effect:
        """The effect on the whole of an effect on this part."""
        if not effect:
            return effect
        if self._sense is _Sense.UNKNOWN:
            return Effect.BOTH
        if self._sense is _Sense.INVERTED and effect != Effect.BOTH:
            return Effect.BOTH & ~effect
        return effect

    @property
    def count(self) -> int:
        """The number of changes so far."""
        return self._changes.count

    def restrict(self, count: int, possible: Effect, moved: Callable[[str], bool]) -> None:
        """As `Changes.restrict`; `possible` are the effects on the whole."""
        if not self.silent:
            self._changes.restrict(count, possible, moved)

    def undecided(self, count: int, where: str) -> None:
        """As `Changes.undecided`."""
        if not self.silent:
            self._changes.undecided(count, where)

    def report_rule(
        self, rule: str, where: str, old: Node | None, new: Node | None, detail: str = ""
    ) -> None:
        """Reports a change by the id of its rule."""
        if not self.silent:
            self._changes.add(rule, where, old, new, detail)

    @contextmanager
    def silenced(self) -> Iterator[None]:
        """Reports nothing; effects are those on the part."""
        self._silenced += 1
        try:
            with self._in(_Sense.DIRECT):
                yield
        finally:
            self._silenced -= 1

    @contextmanager
    def inverted(self) -> Iterator[None]:
        """More valid values in the part are fewer of the whole."""
        with self._in(_INVERSE[self._sense]):
            yield

    @contextmanager
    def overlapping(self, overlap: bool) -> Iterator[None]:
        """With an `overlap`, the effect on the whole is unknown."""
        with self._in(_Sense.UNKNOWN if overlap else self._sense):
            yield

    @contextmanager
    def _in(self, sense: _Sense) -> Iterator[None]:
        before, self._sense = self._sense, sense
        try:
            yield
        finally:
            self._sense = before


def written_at(view: View, key: str) -> Node | None:
    """Where a keyword of the view is written; the schema if the view lacks the keyword."""
    return view.where.get(key) or view.node
