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
from openapi_first.diff.schemas.dependents import compare_dependents
from openapi_first.diff.schemas.known import Known
from openapi_first.diff.schemas.properties import compare_properties, names
from openapi_first.diff.schemas.reporter import Reporter, written_at
from openapi_first.diff.schemas.view_reader import CONTENT
from openapi_first.diff.schemas.views import Parts, View

_NOTES = {
    "example": "examples-changed",
    "examples": "examples-changed",
    "deprecated": "deprecated-changed",
    **dict.fromkeys(CONTENT, "string-content-changed"),
}


_NOT_SENT = "properties that a schema neither names nor rules out are not sent"


@dataclass(frozen=True)
class Sent:
    """That a value is one of a parameter or header. `possible` are the effects that are possible
    when the strings are compared; `written`: it is sent as a string, not in JSON."""

    possible: Effect = Effect.BOTH
    written: bool = False


class SchemaComparison:
    """Compares pairs of schemas in one direction and adds the changes to `changes`."""

    def __init__(self, known: Known, changes: Changes) -> None:
        self.reporter = Reporter(known, changes)
        self._known = known
        self._reported: dict[object, Effect] = {}
        self._open: set[object] = set()
        self._assumed: set[object] = set()

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
        if self.alike(old, new):
            return Effect.NONE
        pair = tuple(part.key for part in old), tuple(part.key for part in new)
        key = pair, sent, self.reporter.state  # a string may be valid where a JSON value is not
        if key in self._open:
            self._assumed.add(key)
        if self.reporter.silent:
            effect = self._known.memo.effect(key, lambda: self._held(key, old, new, where, sent))
        else:
            if key not in self._reported:
                self._reported[key] = Effect.NONE  # for a cycle, which is reported where it begins
                self._reported[key] = self._held(key, old, new, where, sent)
            effect = self._reported[key]
        self._assumed |= self._known.assumed.get(key, frozenset())
        return effect

    def assume(self) -> None:
        """Remembers that the effect holds only if properties that a schema neither names nor rules
        out are not sent."""
        self._assumed.add(_NOT_SENT)

    def _held(self, key: object, old: Parts, new: Parts, where: str, sent: Sent | None) -> Effect:
        """Compares, and keeps what the effect assumes: that properties are not sent, or that a pair
        whose comparison has not ended is equal."""
        outer, self._assumed = self._assumed, set()
        self._open.add(key)
        effect = self._proved(old, new, where, sent)
        self._open.discard(key)
        self._known.assumed[key] = frozenset(self._assumed - {key})
        self._assumed = outer
        return effect

    def _proved(self, old: Parts, new: Parts, where: str, sent: Sent | None) -> Effect:
        """Asks for the relation of the two sets of values first, unless they differ only below. The
        comparison of keywords names the places, and decides what the relation leaves open: what is
        disproved is not reported, and what no keyword explains is reported of the whole schema."""
        views = self.views(old, new)
        if self._known.sameness.but_below(*views):
            return self._views(views, where, sent)
        written = sent is not None and sent.written
        relation = self._known.containment.relation(old, new, written=written)
        if sent is not None:
            relation = relation.within(sent.possible)
        changes, pairs = self.reporter.count, len(self._reported)
        effect = self._views(views, where, sent)
        if effect and relation.possible != Effect.BOTH:

            def moved(part: str) -> bool:
                name = part.removeprefix(f"{where}/")
                return (
                    not relation.possible
                    and name != part
                    and all(names(view, name) for view in views)
                )

            possible = self.reporter.on_whole(relation.possible)
            self.reporter.restrict(changes, possible, moved)
            if effect & ~possible:
                # What is within makes no difference here; it may where it is reached again.
                for pair in list(self._reported)[pairs:]:
                    del self._reported[pair]
            effect &= possible
        if effect == Effect.BOTH and not relation.proved:
            self.reporter.undecided(changes, where)
        unexplained = relation.proved & ~effect
        if unexplained and self.reporter.direct and not self._assumed:
            effect |= self.reporter.report("schema", unexplained, where, views, "")
        return effect

    def alike(self, old: Parts, new: Parts) -> bool:
        """As `Sameness.alike`."""
        return self._known.sameness.alike(old, new)

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
        match = paired(
            old.negated,
            new.negated,
            self.alike,
            lambda one, other: not self.effect_of(one, other),
        )
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
