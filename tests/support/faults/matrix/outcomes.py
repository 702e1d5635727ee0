"""Cells of the matrix of faults, what was seen in them, and how that is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ONCE = "once"
ALWAYS = "always"
STORED = "stored"


@dataclass(frozen=True)
class Cell:
    """A fault and a call. By its mode the fault passes before botocore's retry, or stays, or is an
    item in the table."""

    fault: str
    call: str
    mode: str


@dataclass(frozen=True)
class Outcome:
    """What was seen in a cell; it is right without complaints."""

    cell: Cell
    status: int
    seconds: float
    complaints: tuple[str, ...]


def printed(outcomes: Sequence[Outcome]) -> str:
    """A row for each fault and mode, a column for each call: status and seconds, and `✗` in a
    wrong cell. What is wrong follows."""
    calls = list(dict.fromkeys(each.cell.call for each in outcomes))
    faults = list(dict.fromkeys((each.cell.fault, each.cell.mode) for each in outcomes))
    found = {(each.cell.fault, each.cell.mode, each.cell.call): each for each in outcomes}
    rows = [["fault", "", *calls]]
    for fault, mode in faults:
        shown = [_shown(found.get((fault, mode, call))) for call in calls]
        rows.append([fault, mode, *shown])
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, *wrong(outcomes)])


def _shown(outcome: Outcome | None) -> str:
    if outcome is None:
        return "-"
    return f"{'✗ ' if outcome.complaints else ''}{outcome.status} {outcome.seconds:.1f}"


def wrong(outcomes: Sequence[Outcome]) -> list[str]:
    """A line for each wrong cell."""
    return [
        f"✗ {each.cell.fault}, {each.cell.mode}, {each.cell.call}: {'; '.join(each.complaints)}"
        for each in outcomes
        if each.complaints
    ]
