"""Compares keywords whose meaning depends on other keywords."""

from __future__ import annotations

from openapi_first.diff.findings.rules import Effect
from openapi_first.diff.schemas.properties import Comparison
from openapi_first.diff.schemas.views import View, canonical, parts_of
from openapi_first.documents.node import Node

_GROUPS = (
    ("contains", ("contains", "minContains", "maxContains")),
    ("conditional", ("if", "then", "else")),
    ("unevaluated", ("unevaluatedItems",)),
    ("unevaluated", ("unevaluatedProperties",)),
)


def compare_dependents(
    comparison: Comparison, views: tuple[View, View], where: str, found: Effect
) -> Effect:
    """Reports what changed in them. A group that changed counts as wider and narrower; what is
    unevaluated also depends on all that was `found` in the schema."""
    old, new = views
    effect = Effect.NONE
    if old.names or new.names:
        pair = old.names, new.names
        effect |= comparison.nested("property-names", "propertyNames", views, pair, where)
    for name in dict.fromkeys((*old.dependents, *new.dependents)):
        pair = old.dependents.get(name, ()), new.dependents.get(name, ())
        effect |= comparison.nested("dependent", "dependentSchemas", views, pair, where)
    moved = found or old.declared.keys() != new.declared.keys() or _most(old) != _most(new)
    for kind, keys in _GROUPS:
        before, after = old.other.get(keys[0], []), new.other.get(keys[0], [])
        same = len(before) == len(after) and all(
            _alike(comparison, one, other, keys) for one, other in zip(before, after, strict=True)
        )
        if not same or (before and kind == "unevaluated" and moved):
            effect |= comparison.reporter.report(kind, Effect.BOTH, where, views, keys[0])
    return effect


def _most(view: View) -> int:
    return max((len(prefix) for prefix, _ in view.items), default=0)


def _alike(comparison: Comparison, old: Node, new: Node, keys: tuple[str, ...]) -> bool:
    for key in keys:
        before, after = old.child(key), new.child(key)
        if before is None or after is None:
            if before is not after:
                return False
        elif isinstance(before.value, dict | bool) and isinstance(after.value, dict | bool):
            if comparison.effect_of(parts_of(before), parts_of(after)):
                return False
        elif canonical(before.value) != canonical(after.value):
            return False
    return True
