"""A change between two contracts, with its place in both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from openapi_first.diff.findings.rules import (
    DECIDED_KINDS,
    PROPERTY_RULES,
    RULES,
    SCHEMA_RULES,
    Effect,
    Rule,
    Verdict,
    schema_rule,
    undecided_rule,
)
from openapi_first.documents.node import Node, Place


@dataclass(frozen=True, slots=True)
class Change:
    """`operation` is the method and path, empty for the whole document; `part` is the place in the
    message; `old` or `new` is None where that side has nothing."""

    rule: Rule
    operation: str
    part: str
    detail: str
    old: Place | None
    new: Place | None

    @property
    def sentence(self) -> str:
        subject = f"{self.part}: " if self.part else ""
        return f"{subject}{self.rule.statement}{f' ({self.detail})' if self.detail else ''}"

    @property
    def breaking(self) -> bool:
        """Whether clients of the old contract may fail."""
        return self.rule.verdict is Verdict.BREAKING

    def as_data(self) -> dict[str, Any]:
        """The change as JSON."""
        return {
            "rule": self.rule.id,
            "verdict": self.rule.verdict.value,
            "operation": self.operation or None,
            "message": self.sentence,
            "old": _place(self.old),
            "new": _place(self.new),
        }


def _place(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {"file": place.file, "line": place.line, "pointer": place.pointer}


class Changes:
    """Collects the changes of one operation, each once."""

    def __init__(self, operation: str = "") -> None:
        self.operation = operation
        self._found: dict[Change, None] = {}

    def add(
        self, rule: str | Rule, part: str, old: Node | None, new: Node | None, detail: str = ""
    ) -> None:
        """`rule` is a rule or its id."""
        self._found[
            Change(
                RULES[rule] if isinstance(rule, str) else rule,
                self.operation,
                part,
                detail,
                Place.of(old) if old is not None else None,
                Place.of(new) if new is not None else None,
            )
        ] = None

    @property
    def count(self) -> int:
        """The number of changes so far."""
        return len(self._found)

    def restrict(self, count: int, possible: Effect, moved: Callable[[str], bool]) -> None:
        """Restricts what was added after the first `count` changes to the effects that are
        possible: a change of a schema without any of them is dropped. So is a new or removed
        property, if the one at its part was only `moved`."""
        for change in list(self._found)[count:]:
            if change.rule.id in PROPERTY_RULES and moved(change.part):
                del self._found[change]
            schema = SCHEMA_RULES.get(change.rule.id)
            if schema is None:
                continue
            direction, kind, effect = schema
            if effect & possible != effect:
                del self._found[change]
                if effect & possible:
                    rule = schema_rule(direction, kind, effect & possible)
                    self._found[replace(change, rule=rule)] = None

    def undecided(self, count: int, part: str) -> None:
        """Replaces the rules of the changes at `part` that were added after the first `count`, if
        a comparison of keywords only assumes their effect: nothing has proved it."""
        for change in list(self._found)[count:]:
            direction, kind, effect = SCHEMA_RULES.get(change.rule.id, (None, "", None))
            if change.part == part and effect == Effect.BOTH and kind not in DECIDED_KINDS:
                assert direction is not None
                del self._found[change]
                self._found[replace(change, rule=undecided_rule(direction, kind))] = None

    @property
    def all(self) -> tuple[Change, ...]:
        return tuple(self._found)
