"""Findings that a project accepts: `accepted_findings` in [tool.contract]."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import get_close_matches

from openapi_first.lint.findings.rule import Finding, Rule, Verdict


def acceptable(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The ids of the rules that a project could accept for these findings to pass, sorted. A
    document that API Gateway rejects cannot be accepted."""
    return tuple(sorted(_acceptable(each.rule for each in findings)))


def acceptance_problems(accepted: Collection[str], rules: Iterable[Rule]) -> Iterator[str]:
    """An error for each id that no project can accept."""
    possible = _acceptable(rules)
    for name in accepted:
        if name not in possible:
            close = get_close_matches(name, possible, n=1)
            hint = (
                f"did you mean {close[0]}?" if close else f"only {Verdict.NOWHERE.value!r} can be"
            )
            yield f"[tool.contract]: accepted_findings has {name}, which cannot be accepted; {hint}"


def _acceptable(rules: Iterable[Rule]) -> set[str]:
    return {rule.id for rule in rules if rule.verdict is Verdict.NOWHERE}


def unused(accepted: Collection[str], findings: Sequence[Finding]) -> tuple[str, ...]:
    """The accepted rules that find nothing any more."""
    found = {each.rule.id for each in findings}
    return tuple(each for each in accepted if each not in found)
