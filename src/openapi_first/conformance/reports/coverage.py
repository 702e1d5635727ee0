"""A coverage report: text for a terminal, data for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from openapi_first.conformance.model.coverage import ASPECTS, Coverage, Point
from openapi_first.core.terminal_text import visible

_SHOWN = 20


def coverage_text(coverage: Coverage) -> str:
    """A table of the points seen per operation, then the missing points and the percentage."""
    return visible("\n".join(_lines(coverage)))


def coverage_value(coverage: Coverage) -> dict[str, Any]:
    """The JSON value: percentage, record, missing and undocumented points."""
    return {
        "percent": round(coverage.percent(), 2),
        "record": coverage.record.value(),
        "missing": [[point.operation, point.key] for point in coverage.missing],
        "undocumented": [[point.operation, point.key] for point in coverage.undocumented],
    }


def _lines(coverage: Coverage) -> Iterator[str]:
    aspects = [aspect for aspect in ASPECTS if coverage.points(aspect=aspect)]
    rows = [["", *(ASPECTS[aspect] for aspect in aspects)]]
    for operation in coverage.operations:
        cells = [_cell(coverage, operation, aspect) for aspect in aspects]
        rows.append(["the API" if operation == "*" else operation, *cells])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for first, *rest in rows:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        yield "  ".join([first.ljust(widths[0]), *cells]).rstrip()
    yield ""
    yield from _listed("Never seen", coverage.missing)
    yield from _listed("Seen but undocumented", coverage.undocumented)
    record = coverage.record
    yield f"{record.title} {record.version}: coverage {coverage.percent():.1f} %"


def _cell(coverage: Coverage, operation: str, aspect: str) -> str:
    points = [
        point
        for point in coverage.points(operation, aspect)
        if point not in coverage.unprovoked or coverage.count(point)
    ]
    seen = sum(1 for point in points if coverage.count(point))
    return f"{seen}/{len(points)}" if points else ""


def _listed(title: str, points: Sequence[Point]) -> Iterator[str]:
    if not points:
        return
    yield f"{title} ({len(points)}):"
    for point in points[:_SHOWN]:
        yield f"  {point.operation} {point.key.replace('|', ' ')}"
    if len(points) > _SHOWN:
        yield f"  … and {len(points) - _SHOWN} more; --format json lists them all"
    yield ""
