"""Compares the values that two schemas accept, in one direction.

A schema is a conjunction: if each constraint of the new schema accepts at least what the old one
accepted, so does the whole. A comparison that finds no narrower constraint therefore proves that no
valid value became invalid. A change whose effect is unknown counts as wider and narrower.
Properties that a schema neither names nor rules out are assumed not to be sent, so a new optional
property breaks no client.
"""

from __future__ import annotations

from dataclasses import dataclass

from openapi_first.diff.findings.changes import Changes
from openapi_first.diff.findings.rules import Effect
from openapi_first.diff.schemas import keywords
from openapi_first.diff.schemas.alternatives import compare_alternatives, disjoint, paired
from openapi_first.diff.schemas.containment import Containment
from openapi_first.diff.schemas.dependents import compare_dependents
from openapi_first.diff.schemas.memo import Memo
from openapi_first.diff.schemas.properties import compare_properties, names
from openapi_first.diff.schemas.reporter import Reporter, Sides, written_at
from openapi_first.diff.schemas.view_reader import CONTENT
from openapi_first.diff.schemas.views import Parts, View
from openapi_first.schemas.directions import Direction

_NOTES = {
    "example": "examples-changed",
    "examples": "examples-changed",
    "deprecated": "deprecated-changed",
    **dict.fromkeys(CONTENT, "string-content-changed"),
}


@dataclass(frozen=True)
class Sent:
    """That a value is one of a parameter or header. `possible` are the effects that are possible
    when the strings are compared; `written`: it is sent as a string, not in JSON."""

    possible: Effect = Effect.BOTH
    written: bool = False


class SchemaComparison:
    """Compares pairs of schemas in one direction and adds the changes to `changes`."""

    def __init__(
        self, direction: Direction, sides: Sides, changes: Changes, containment: Containment
    ) -> None:
        self.reporter = Reporter(direction, sides, changes)
        self._containment = containment
        self._reported: dict[object, Effect] = {}
        self._memo = Memo()

    def views(self, old: Parts, new: Parts) -> tuple[View, View]:
        """Both schemas, with all that applies to the value itself."""
        return self.reporter.old(old), self.reporter.new(new)

    def types(self, old: Parts, new: Parts) -> frozenset[str]:
        """The types that both schemas allow, as in `View.types`."""
        before, after = self.views(old, new)
        return before.types & after.types

    def compare(self, old: Parts, new: Parts, where: str, sent: Sent | None = None) -> Effect:
        """The effect of the change on the values that are valid; `where` appears in the report.

        `sent` is for the value of a parameter or header.
        A pair that is reached again at another place, and sent in the same way, is not reported
        again.
        """
        pair = tuple(part.key for part in old), tuple(part.key for part in new)
        key = pair, sent, self.reporter.state  # a string may be valid where a JSON value is not
        if self.reporter.silent:
            return self._memo.effect(key, lambda: self._proved(old, new, where, sent))
        if key not in self._reported:
            self._reported[key] = Effect.NONE  # for a cycle, which is reported where it begins
            self._reported[key] = self._proved(old, new, where, sent)
        return self._reported[key]

    def _proved(self, old: Parts, new: Parts, where: str, sent: Sent | None) -> Effect:
        """Compares keyword by keyword, which finds the places and may be cautious; what containment
        disproves is not reported."""
        changes, pairs = self.reporter.count, len(self._reported)
        views = self.views(old, new)
        effect = self._views(views, where, sent)
        if not effect:
            return effect
        written = sent is not None and sent.written
        possible = self._containment.possible(old, new, written=written)
        if sent is not None:
            possible &= sent.possible
        if possible == Effect.BOTH:
            return effect

        def moved(part: str) -> bool:
            name = part.removeprefix(f"{where}/")
            return not possible and name != part and all(names(view, name) for view in views)

        possible = self.reporter.on_whole(possible)
        self.reporter.restrict(changes, possible, moved)
        if effect & ~possible:
            # What is within makes no difference here; it may where it is reached again.
            for pair in list(self._reported)[pairs:]:
                del self._reported[pair]
        return effect & possible

    def effect_of(self, old: Parts, new: Parts) -> Effect:
        """The effect of the change, without reporting it."""
        with self.reporter.silenced():
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
        """Compares a nested schema; a side that lacks it accepts everything."""
        before, after = pair
        if before and after:
            return self.compare(before, after, where + (step or f" ({key})"))
        effect = self.effect_of(before, after)
        return self.reporter.report(kind, effect, where, views, key) if effect else effect

    def _views(self, views: tuple[View, View], where: str, sent: Sent | None) -> Effect:
        old, new = views
        if old.values == frozenset() == new.values:
            return Effect.NONE
        effect = self._wrapped(views, where)
        if effect is not None:
            return effect
        effect = Effect.NONE
        for kind, change, key, detail in keywords.changes(old, new):
            effect |= self.reporter.report(kind, change, where, views, key, detail)
        shared = old.types & new.types
        if "object" in shared:
            effect |= compare_properties(self, views, where)
        if "array" in shared:
            effect |= self._items(views, where)
        effect |= compare_alternatives(self, views, where)
        effect |= self._negated(views, where)
        effect |= compare_dependents(self, views, where, effect)
        self._notes(old, new, where, sent)
        return effect

    def _wrapped(self, views: tuple[View, View], where: str) -> Effect | None:
        """The effect where one side became an alternative of the other: `A` and `anyOf: [A, B]`."""
        old, new = views
        reporter = self.reporter
        for one, other, effect in ((old, new, Effect.WIDER), (new, old, Effect.NARROWER)):
            choices = [*other.any_of, *other.one_of]
            if len(choices) != 1 or one.any_of or one.one_of or not keywords.unconstrained(other):
                continue
            (choice,) = choices
            kind, key = ("any-of", "anyOf") if other.any_of else ("one-of", "oneOf")
            read = reporter.new if other is new else reporter.old
            if choice.by is not None or (kind == "one-of" and not disjoint(choice, read)):
                continue
            for branch in choice.branches:
                before, after = (
                    (one.origin, branch.parts) if other is new else (branch.parts, one.origin)
                )
                if not self.effect_of(before, after) & ~effect:
                    return reporter.report(kind, effect, where, views, key)
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
        match = paired(old.negated, new.negated, lambda one, other: not self.effect_of(one, other))
        with self.reporter.inverted():
            for one, other in match.pairs:
                effect |= self.compare(one, other, f"{where} (not)")
        if match.added:
            effect |= self.reporter.report("not", Effect.NARROWER, where, views, "not")
        if match.removed:
            effect |= self.reporter.report("not", Effect.WIDER, where, views, "not")
        return effect

    def _notes(self, old: View, new: View, where: str, sent: Sent | None) -> None:
        for key in dict.fromkeys((*old.notes, *new.notes)):
            before, after = old.notes.get(key), new.notes.get(key)
            if before == after:
                continue
            rule, detail = _NOTES.get(key, "description-changed"), key
            if key == "default":
                side = self.reporter.direction.name.lower()
                rule = f"{side}{'' if sent or side == 'response' else '-body'}-default-changed"
                detail = f"{_joined(before)} → {_joined(after)}"
            self.reporter.report_rule(
                rule, where, written_at(old, key), written_at(new, key), detail
            )


def _joined(values: frozenset[str] | None) -> str:
    return ", ".join(sorted(values or ())) or "none"
