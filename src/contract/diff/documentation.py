"""Compares what is written for people and changes no message."""

from __future__ import annotations

from contract.diff.changes import Changes
from contract.diff.views import canonical
from contract.node import Node
from contract.references import bundled

__all__ = ["alike", "compare_documentation"]

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
    """Adds what changed in the descriptions, examples, tags, links and servers of two objects."""
    for key, rule in _RULES.items():
        if not alike(old, new, key):
            before, after = old.child(key) or old, new.child(key) or new
            changes.add(rule, part, before, after, key)
    if bool(old.value.get("deprecated")) != bool(new.value.get("deprecated")) and part:
        changes.add("deprecated-changed", part, old, new)


def alike(old: Node, new: Node, key: str) -> bool:
    """Whether a member of two objects is the same, references followed."""
    before, after = old.child(key), new.child(key)
    if before is None or after is None:
        return before is after
    return canonical(bundled(before)) == canonical(bundled(after))
