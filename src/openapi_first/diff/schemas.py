"""Compares what two schemas take, in one direction.

A schema is a conjunction, so where each constraint of the new one takes at least what the old one
took, so does the whole: a comparison that finds no narrower constraint proves that no valid value
became invalid. What cannot be told counts as both. Properties that a schema neither names nor
rules out are taken as not sent: a new optional property breaks nobody.
"""

from __future__ import annotations

from openapi_first.diff import keywords
from openapi_first.diff.alternatives import compare_alternatives, disjoint, paired
from openapi_first.diff.changes import Changes
from openapi_first.diff.dependents import compare_dependents
from openapi_first.diff.memo import Trials
from openapi_first.diff.objects import compare_properties
from openapi_first.diff.reporter import Sides, Telling, written_at
from openapi_first.diff.rules import Effect
from openapi_first.diff.views import Parts, View
from openapi_first.schemas.directions import Direction

_NOTES = {
    "example": "examples-changed",
    "examples": "examples-changed",
    "deprecated": "deprecated-changed",
}


class SchemaComparison:
    """Compares pairs of schemas that travel in one direction and adds what changed to `changes`."""

    def __init__(self, direction: Direction, sides: Sides, changes: Changes) -> None:
        self.telling = Telling(direction, sides, changes)
        self._told: dict[object, Effect] = {}
        self._trials = Trials()

    def compare(self, old: Parts, new: Parts, where: str) -> Effect:
        """The effect of the change on the values that are valid; `where` is told to people.

        A pair that is met again, at another place, is not told again.
        """
        key = tuple(part.key for part in old), tuple(part.key for part in new), self.telling.state

        def look() -> Effect:
            return self._views(self.telling.old(old), self.telling.new(new), where)

        if self.telling.trying:
            return self._trials.outcome(key, look)
        if key not in self._told:
            self._told[key] = Effect.NONE  # a circle: what changed in it is told where it was met
            self._told[key] = look()
        return self._told[key]

    def tried(self, old: Parts, new: Parts) -> Effect:
        """The effect, without a word about it."""
        with self.telling.trial():
            return self.compare(old, new, "")

    def nested(
        self,
        kind: str,
        key: str,
        views: tuple[View, View],
        pair: tuple[Parts, Parts],
        where: str,
        step: str = "",
    ) -> Effect:
        """Compares a nested schema that may be missing on one side, which then takes everything."""
        before, after = pair
        if before and after:
            return self.compare(before, after, where + (step or f" ({key})"))
        effect = self.tried(before, after)
        return self.telling.told(kind, effect, where, views, key) if effect else effect

    def _views(self, old: View, new: View, where: str) -> Effect:
        if old.values == frozenset() == new.values:
            return Effect.NONE
        views = old, new
        effect = self._wrapped(views, where)
        if effect is not None:
            return effect
        effect = Effect.NONE
        for kind, change, key, detail in keywords.changes(old, new):
            effect |= self.telling.told(kind, change, where, views, key, detail)
        effect |= compare_properties(self, views, where)
        effect |= self._items(views, where)
        effect |= compare_alternatives(self, views, where)
        effect |= self._negated(views, where)
        effect |= compare_dependents(self, views, where, effect)
        self._notes(old, new, where)
        return effect

    def _wrapped(self, views: tuple[View, View], where: str) -> Effect | None:
        """The effect where one side became an alternative of the other: `A` and `anyOf: [A, B]`."""
        old, new = views
        telling = self.telling
        for one, other, effect in ((old, new, Effect.WIDER), (new, old, Effect.NARROWER)):
            choices = [*other.any_of, *other.one_of]
            if len(choices) != 1 or one.any_of or one.one_of or not keywords.unconstrained(other):
                continue
            (choice,) = choices
            kind, key = ("any-of", "anyOf") if other.any_of else ("one-of", "oneOf")
            read = telling.new if other is new else telling.old
            if choice.by is not None or (kind == "one-of" and not disjoint(choice, read)):
                continue
            for branch in choice.branches:
                before, after = (
                    (one.origin, branch.parts) if other is new else (branch.parts, one.origin)
                )
                if not self.tried(before, after) & ~effect:
                    return telling.told(kind, effect, where, views, key)
        return None

    def _items(self, views: tuple[View, View], where: str) -> Effect:
        most = max((len(prefix) for view in views for prefix, _ in view.items), default=0)
        effect = Effect.NONE
        for index in range(most):
            old, new = (view.item(index) for view in views)
            effect |= self.compare(old, new, f"{where}/{index}")
        pair = views[0].item(most), views[1].item(most)
        if pair[0] or pair[1]:
            effect |= self.nested("items", "items", views, pair, where, "/*")
        return effect

    def _negated(self, views: tuple[View, View], where: str) -> Effect:
        effect = Effect.NONE
        old, new = views
        match = paired(old.negated, new.negated, lambda one, other: not self.tried(one, other))
        with self.telling.inverted():
            for one, other in match.pairs:
                effect |= self.compare(one, other, f"{where} (not)")
        if match.added:
            effect |= self.telling.told("not", Effect.NARROWER, where, views, "not")
        if match.removed:
            effect |= self.telling.told("not", Effect.WIDER, where, views, "not")
        return effect

    def _notes(self, old: View, new: View, where: str) -> None:
        for key in dict.fromkeys((*old.notes, *new.notes)):
            before, after = old.notes.get(key), new.notes.get(key)
            if before == after:
                continue
            rule, detail = _NOTES.get(key, "description-changed"), key
            if key == "default":
                rule = f"{self.telling.direction.name.lower()}-default-changed"
                detail = f"{_joined(before)} → {_joined(after)}"
            self.telling.say(rule, where, written_at(old, key), written_at(new, key), detail)


def _joined(values: frozenset[str] | None) -> str:
    return ", ".join(sorted(values or ())) or "none"
