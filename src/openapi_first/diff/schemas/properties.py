"""Compares the properties of objects."""

from __future__ import annotations

from typing import Protocol

from openapi_first.diff.findings.rules import Effect
from openapi_first.diff.schemas.reporter import Reporter
from openapi_first.diff.schemas.views import Parts, View
from openapi_first.documents.node import Node
from openapi_first.schemas.directions import Direction


class Comparison(Protocol):
    """Compares nested schemas (`openapi_first.diff.schemas.comparison`)."""

    reporter: Reporter

    def compare(self, old: Parts, new: Parts, where: str) -> Effect:
        """The effect of a change, which is reported."""

    def effect_of(self, old: Parts, new: Parts) -> Effect:
        """The effect of a change, without reporting it."""

    def nested(
        self,
        kind: str,
        key: str,
        views: tuple[View, View],
        pair: tuple[Parts, Parts],
        where: str,
        step: str = "",
    ) -> Effect:
        """The effect of a change of a schema that one side may lack."""


def compare_properties(comparison: Comparison, views: tuple[View, View], where: str) -> Effect:
    """Reports what changed in the named properties, and in the schemas for all others."""
    old, new = views
    effect = Effect.NONE
    reporter = comparison.reporter
    before, after = old.declared, new.declared
    side = reporter.direction.name.lower()
    for name in dict.fromkeys((*before, *after)):
        place = f"{where}/{name}"
        here, there = _written(old, name) or old.node, _written(new, name) or new.node
        sent = name in before and _is_sent(before[name])
        if sent and name in after and _is_sent(after[name]):
            effect |= comparison.compare(before[name], after[name], place)
        elif sent:
            reporter.report_rule(f"{side}-property-removed", place, here, there)
            effect |= Effect.BOTH
        elif name in after and _is_sent(after[name]):
            effect |= _added(comparison, views, name, place, (here, there))
    return effect | _rest(comparison, views, where)


def _added(
    comparison: Comparison,
    views: tuple[View, View],
    name: str,
    place: str,
    written: tuple[Node | None, Node | None],
) -> Effect:
    old, new = views
    reporter = comparison.reporter
    closed = any(not _is_sent(scope.of(name)) for scope in old.scopes)
    if old.applying_to(name) and not closed:
        return comparison.compare(old.applying_to(name), new.applying_to(name), place)
    if not reporter.direct:  # leaving it out meant something
        return reporter.report("property", Effect.BOTH, place, views, "properties")
    if closed and reporter.direction is Direction.RESPONSE:
        reporter.report_rule("response-property-added-to-closed", place, *written)
    else:
        rule = f"{reporter.direction.name.lower()}-property-added"
        if reporter.direction is Direction.REQUEST and name in new.required - old.required:
            rule += "-required"
        reporter.report_rule(rule, place, *written)
    return Effect.WIDER if closed else Effect.NONE


def _rest(comparison: Comparison, views: tuple[View, View], where: str) -> Effect:
    old, new = views
    effect = Effect.NONE
    if old.rest or new.rest:
        effect |= comparison.nested(
            "additional-properties", "additionalProperties", views, (old.rest, new.rest), where
        )
    before, after = old.by_pattern, new.by_pattern
    for pattern in dict.fromkeys((*before, *after)):
        if pattern in before and pattern in after:
            place = f"{where}/{pattern}"
            effect |= comparison.compare(before[pattern], after[pattern], place)
        else:
            effect |= comparison.reporter.report(
                "pattern-properties", Effect.BOTH, where, views, "patternProperties", pattern
            )
    return effect


def _is_sent(parts: Parts) -> bool:
    return not any(part.never or part.node.value is False for part in parts)


def _written(view: View, name: str) -> Node | None:
    for scope in view.scopes:
        if name in scope.properties:
            return scope.properties[name][0].node
    return None
