"""A coverage report: text for a terminal, data for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from openapi_first.conformance.model.coverage import ASPECTS, Coverage, Point
from openapi_first.core.terminal_text import visible

_SHOWN = 20


def coverage_text(coverage: Coverage) -> str:
    """A table of the points seen per operation, then the missing points, what is not counted and
    the percentage."""
    return visible("\n".join(_lines(coverage)))


def coverage_value(coverage: Coverage) -> dict[str, Any]:
    """The JSON value, which docs/contract-tests.md describes."""
    return {
        "summary": coverage.headline,
        "percent": _percent(coverage.tally().percent),
        "gate_percent": _percent(coverage.gate.percent),
        "kinds": [
            {
                "kind": aspect,
                "title": ASPECTS[aspect],
                **_tally(coverage, coverage.points(aspect=aspect)),
            }
            for aspect in coverage.aspects
        ],
        "operations": [_operation(coverage, name) for name in coverage.operations],
        "missing": [[point.operation, point.key] for point in coverage.missing],
        "undocumented": [[point.operation, point.key] for point in coverage.undocumented],
        "no_request_can_cause": [[point.operation, point.key] for point in coverage.unexpected],
        "not_counted": [
            {"operation": each.operation, "part": each.subject, "reason": each.reason}
            for each in coverage.uncounted
        ],
        "record": coverage.record.value(),
    }


def shortfall(coverage: Coverage, floor: float | None) -> str | None:
    """Why the coverage is too low, in one line; None if it is not, or if there is no minimum."""
    if floor is None or coverage.gate.percent >= floor:
        return None
    below, left = f"Coverage is below {floor:g} %", len(coverage.uncounted)
    if not left:
        return f"{below}."
    what = f"the {left} points that are" if left > 1 else "the point that is"
    return f"{below}: {coverage.gate.text} with {what} not counted taken as never seen."


def _operation(coverage: Coverage, name: str) -> dict[str, Any]:
    """Its points by kind, and each of its statuses once."""
    return {
        "operation": name,
        "kinds": {
            aspect: _tally(coverage, points)
            for aspect in coverage.aspects
            if (points := coverage.points(name, aspect))
        },
        "statuses": [
            *(_status(coverage, point, "declared") for point in coverage.points(name, "status")),
            *(
                _status(coverage, point, "undeclared")
                for point in coverage.undocumented
                if (point.operation, point.aspect) == (name, "status")
            ),
        ],
    }


def _status(coverage: Coverage, point: Point, declared: str) -> dict[str, Any]:
    count, state = coverage.count(point), "seen"
    if declared == "undeclared":
        state = declared
    elif not count:
        state = "no request can cause it" if point in coverage.unprovoked else "never seen"
    return {"status": point.subject, "state": state, "count": count}


def _tally(coverage: Coverage, points: Sequence[Point]) -> dict[str, int]:
    seen, counted = coverage.tally(points)
    return {"seen": seen, "counted": counted}


def _percent(value: float) -> float:
    """Rounded down, so that it is 100 only if it is."""
    return int(value * 100) / 100


def _lines(coverage: Coverage) -> Iterator[str]:
    aspects = coverage.aspects
    rows = [["", *(ASPECTS[aspect] for aspect in aspects)]]
    for operation in coverage.operations:
        cells = [_cell(coverage, operation, aspect) for aspect in aspects]
        rows.append(["the API" if operation == "*" else operation, *cells])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for first, *rest in rows:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        yield "  ".join([first.ljust(widths[0]), *cells]).rstrip()
    yield ""
    yield from _listed("Never seen", [_line(each) for each in coverage.missing])
    yield from _listed("Seen but undocumented", [_line(each) for each in coverage.undocumented])
    yield from _listed("No request can cause", [_line(each) for each in coverage.unexpected])
    yield from _listed("Not counted", list(uncounted_lines(coverage)))
    record = coverage.record
    yield f"{record.title} {record.version}: coverage {coverage.headline}"


def uncounted_lines(coverage: Coverage) -> Iterator[str]:
    """A line for each part of the contract that is not counted, with the reason."""
    for each in coverage.uncounted:
        name = "the API" if each.operation == "*" else each.operation
        yield f"{name} {each.subject}: {each.reason}"


def _cell(coverage: Coverage, operation: str, aspect: str) -> str:
    points = coverage.points(operation, aspect)
    seen, counted = coverage.tally(points)
    return f"{seen}/{counted}" if counted else ""


def _line(point: Point) -> str:
    return f"{point.operation} {point.key.replace('|', ' ')}"


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    if not lines:
        return
    yield f"{title} ({len(lines)}):"
    for line in lines[:_SHOWN]:
        yield f"  {line}"
    if len(lines) > _SHOWN:
        yield f"  … and {len(lines) - _SHOWN} more; --format json lists them all"
    yield ""
