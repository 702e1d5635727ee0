"""Compares the properties of objects."""

from __future__ import annotations

from collections.abc import Iterator
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

    def alike(self, old: Parts, new: Parts) -> bool:
        """Whether two schemas are written alike, with all that they refer to."""

    def effect_of(self, old: Parts, new: Parts) -> Effect:
        """The effect of a change, without reporting it."""

    def assume(self) -> None:
        """Remembers that an effect holds only without properties that no schema names."""

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
        elif sent and _within(new, name):
            # Only a proof about the whole shows whether that is the same.
            effect |= reporter.report("property", Effect.BOTH, place, views, "properties")
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
    # Leaving it out meant something, or it is not new.
    if not reporter.direct or _within(old, name):
        return reporter.report("property", Effect.BOTH, place, views, "properties")
    if closed and reporter.direction is Direction.RESPONSE:
        reporter.report_rule("response-property-added-to-closed", place, *written)
    else:
        rule = f"{reporter.direction.name.lower()}-property-added"
        if reporter.direction is Direction.REQUEST and name in new.required - old.required:
            rule += "-required"
        reporter.report_rule(rule, place, *written)
    comparison.assume()
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


_LISTS = ("allOf", "anyOf", "oneOf")


def names(view: View, name: str) -> bool:
    """Whether the schema names the property, at any place for the same value."""
    return name in view.declared or _within(view, name)


def _within(view: View, name: str) -> bool:
    """Whether an alternative, a condition or what is negated names the property."""
    queue = [each for part in view.parts for each in _for_same_value(part)]
    seen = set[object]()
    while queue:
        node = queue.pop()
        if not isinstance(node.value, dict) or node.identity in seen:
            continue
        seen.add(node.identity)
        if name in node.value.get("properties", ()):
            return True
        queue.extend(_for_same_value(node))
    return False


def _for_same_value(node: Node) -> Iterator[Node]:
    """The schemas within a schema that apply to the same value."""
    if isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str):
        yield node.followed()
    for key in ("not", "if", "then", "else"):
        child = node.child(key)
        if child is not None:
            yield child
    for key in _LISTS:
        listed = node.child(key)
        yield from listed.elements() if listed is not None else ()


def _is_sent(parts: Parts) -> bool:
    return not any(part.never or part.node.value is False for part in parts)


def _written(view: View, name: str) -> Node | None:
    for scope in view.scopes:
        if name in scope.properties:
            return scope.properties[name][0].node
    return None
