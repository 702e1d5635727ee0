"""Reports changes as text, JSON and annotations of a pull request."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from openapi_first.core.terminal_text import visible
from openapi_first.diff.findings.changes import Change
from openapi_first.diff.findings.rules import Verdict

_LEVELS = {
    Verdict.BREAKING: "error",
    Verdict.COMPATIBLE: "notice",
    Verdict.DOCUMENTATION: "notice",
}


def as_text(changes: Sequence[Change]) -> str:
    """By operation, breaking changes first; the last line counts them."""
    return visible("\n".join((*_lines(changes), _summary(changes))))


def _lines(changes: Sequence[Change]) -> Iterator[str]:
    order = list(Verdict)
    for operation in dict.fromkeys(change.operation for change in changes):
        yield operation or "The whole document"
        own = [change for change in changes if change.operation == operation]
        for change in sorted(own, key=lambda change: order.index(change.rule.verdict)):
            yield f"  {change.rule.verdict.value}: {change.sentence} [{change.rule.id}]"
            places = ((" old", change.old), (" new", change.new))
            yield from (
                f"     {side} {place.in_full}" for side, place in places if place is not None
            )
        yield ""


def _summary(changes: Sequence[Change]) -> str:
    if not changes:
        return "No change."
    counts = {
        verdict: sum(change.rule.verdict is verdict for change in changes) for verdict in Verdict
    }
    return (
        f"{counts[Verdict.BREAKING]} breaking, {counts[Verdict.COMPATIBLE]} compatible, "
        f"{counts[Verdict.DOCUMENTATION]} documentation only."
    )


def as_json(changes: Sequence[Change]) -> str:
    """An object with `breaking` and the list `changes`."""
    breaking = any(change.breaking for change in changes)
    listed = [change.as_data() for change in changes]
    return json.dumps({"breaking": breaking, "changes": listed}, indent=2, ensure_ascii=False)


def as_annotations(changes: Sequence[Change]) -> str:
    """Workflow commands of GitHub Actions, one line per change, at the lines of the new contract
    (GitHub: workflow-commands-for-github-actions)."""
    return "\n".join(map(_annotation, changes))


def _annotation(change: Change) -> str:
    place = change.new or change.old
    where = f"file={_property(place.file)},line={place.line or 1}," if place is not None else ""
    title = f"title={_property(change.rule.id)}"
    message = f"{change.operation}: {change.sentence}" if change.operation else change.sentence
    return f"::{_LEVELS[change.rule.verdict]} {where}{title}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
