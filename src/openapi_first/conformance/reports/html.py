"""A run as one self-contained HTML page: findings, coverage, timings."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from openapi_first.conformance.model.coverage import ASPECTS, Coverage, Point
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import Exchange, Run, Verdict
from openapi_first.conformance.reports.grouping import grouped
from openapi_first.conformance.reports.request_ids import request_ids

_LONGEST = 20_000


def html_page(run: Run) -> str:
    """The page; everything that the stage sent is escaped."""
    return _rendered(
        "run.html",
        title=f"{run.title} {run.version}: contract tests",
        run=run,
        groups=grouped(run.findings),
        kept=_kept(run),
        messages=_messages,
        request_ids=request_ids,
        times=list(_times(run)),
        **_coverage(run.coverage),
    )


def coverage_page(coverage: Coverage) -> str:
    """A page with coverage only."""
    name = f"{coverage.record.title} {coverage.record.version}"
    return _rendered("coverage.html", title=f"{name}: coverage", name=name, **_coverage(coverage))


def _rendered(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(__package__, "page_files"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        keep_trailing_newline=True,
    )


def _printable(value: object) -> str:
    """The value with control characters and lone surrogates replaced; Jinja2 escapes it then."""
    text = str(value)
    if not text.isprintable():
        text = "".join(
            letter if letter in "\n\t" or (letter.isprintable() or ord(letter) > 0x9F) else "\ufffd"
            for letter in text
        )
    return text.encode("utf-8", "replace").decode("utf-8")


def _messages(exchange: Exchange) -> tuple[str, str]:
    request, response = exchange.case.request, exchange.response
    return (
        f"{request.method} {request.target}\n{_headers(request)}{_body(request.body)}",
        f"{response.status}\n{_headers(response)}{_body(response.body)}",
    )


def _headers(message: Request | Response) -> str:
    return "".join(f"{name}: {value}\n" for name, value in message.headers)


def _body(body: bytes | None) -> str:
    if not body:
        return ""
    text = body[:_LONGEST].decode("utf-8", "replace")
    more = f"\n… {len(body) - _LONGEST} more bytes" if len(body) > _LONGEST else ""
    return f"\n{text}{more}"


@dataclass(frozen=True, slots=True)
class _Point:
    """`kind` is the class of its style, empty if it was seen."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Cell:
    label: str
    points: list[_Point]

    @property
    def seen(self) -> int:
        return sum(not point.kind for point in self.points)

    @property
    def missing(self) -> int:
        return sum(point.kind == "warn" for point in self.points)


@dataclass(frozen=True, slots=True)
class _Row:
    operation: str
    cells: list[_Cell]
    undocumented: list[str]


def _coverage(coverage: Coverage) -> dict[str, Any]:
    """The values of the coverage table."""
    aspects = coverage.aspects
    return {
        "headline": coverage.headline,
        "uncounted": coverage.uncounted,
        "labels": [ASPECTS[aspect] for aspect in aspects],
        "rows": [
            _Row(
                "the API" if operation == "*" else operation,
                [
                    _Cell(
                        ASPECTS[aspect],
                        [_point(coverage, point) for point in coverage.points(operation, aspect)],
                    )
                    for aspect in aspects
                ],
                [_name(each) for each in coverage.undocumented if each.operation == operation],
            )
            for operation in coverage.operations
        ],
    }


def _point(coverage: Coverage, point: Point) -> _Point:
    count, name = coverage.count(point), _name(point)
    if count:
        return _Point(f"{name}: seen {count} times" if count > 1 else f"{name}: seen", "")
    if point in coverage.unprovoked:
        return _Point(f"{name}: no request can cause it", "quiet")
    return _Point(f"{name}: never seen", "warn")


def _name(point: Point) -> str:
    return f"{point.subject} {point.state}".strip()


def _kept(run: Run) -> list[tuple[str, list[Verdict]]]:
    """The kept promises by operationId."""
    found: dict[str, list[Verdict]] = {}
    for verdict in run.verdicts:
        if verdict.kept:
            found.setdefault(verdict.promise.operation, []).append(verdict)
    return list(found.items())


def _times(run: Run) -> Iterator[dict[str, Any]]:
    """The rows of the table of response times."""
    for name, durations in run.durations.items():
        if durations:
            ordered = sorted(seconds * 1000 for seconds in durations)
            yield {
                "operation": run.label(name),
                "requests": len(ordered),
                "milliseconds": {
                    "Median": statistics.median(ordered),
                    "95th percentile": ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)],
                    "Longest": ordered[-1],
                },
            }
