"""Compares descriptions, examples and other texts for people, which change no message."""

from __future__ import annotations

from openapi_first.diff.findings.changes import Changes
from openapi_first.diff.schemas.views import canonical, reached
from openapi_first.documents.node import Node
from openapi_first.documents.references import bundled

_RULES = {
    "summary": "description-changed",
    "description": "description-changed",
    "externalDocs": "description-changed",
    "title": "description-changed",
    "example": "examples-changed",
    "examples": "examples-changed",
    "tags": "tags-changed",
    "links": "links-changed",
    "servers": "servers-changed",
}


def compare_documentation(part: str, old: Node, new: Node, changes: Changes) -> None:
    for key, rule in _RULES.items():
        if not alike(old, new, key):
            before, after = old.child(key) or old, new.child(key) or new
            changes.add(rule, part, before, after, key)
    if bool(old.value.get("deprecated")) != bool(new.value.get("deprecated")) and part:
        changes.add("deprecated-changed", part, old, new)


def alike(old: Node, new: Node, key: str) -> bool:
    """Whether a member of two objects is the same with references followed; schemas are compared
    by name only."""
    before, after = old.child(key), new.child(key)
    if before is None or after is None:
        return before is after
    return canonical(bundled(before)) == canonical(bundled(after))


def wholly_alike(old: Node, new: Node, key: str) -> bool:
    """Whether a member of two objects is the same, with everything its references lead to."""
    before, after = old.child(key), new.child(key)
    if before is None or after is None:
        return before is after
    return reached(before) == reached(after)
