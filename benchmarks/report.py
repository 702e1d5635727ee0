"""The figures as text, as JSON and as a part of docs/performance.md: ratios and targets first."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from benchmarks.results import Figure, Section, Table

_BEGIN = "<!-- Figures, by `make bench WRITE=1`. -->"
_END = "<!-- End of the figures. -->"


def machine() -> str:
    return f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs"


def text(sections: Mapping[str, Section]) -> str:
    """For a terminal."""
    figures = list(_figures(sections))
    width = max((len(each.target.figure) for each in figures), default=0)
    lines = [
        f"{each.target.figure:{width}}  {_value(each):>9}  {_limit(each):>9}  "
        f"{_verdict(each):6}  {each.terms}"
        for each in figures
    ]
    for table in _tables(sections):
        lines += ["", f"{table.title}{table.unit and f', {table.unit}'}"]
        names = max(len(name) for name, _ in table.rows)
        lines.append(" " * names + "".join(f"  {column:>12}" for column in table.columns))
        for name, values in table.rows:
            cells = zip(table.columns, values, strict=True)
            shown = "".join(f"  {_number(value):>{max(12, len(c))}}" for c, value in cells)
            lines.append(f"{name:{names}}{shown}")
    lines += ["", *(f"{name} is left out: {why}" for name, why in _left_out(sections))]
    return "\n".join(lines).rstrip()


def json_of(sections: Mapping[str, Section], machine: str) -> str:
    """An object with `machine`, `figures`, `tables` and `left_out`."""
    return json.dumps(
        {
            "machine": machine,
            "figures": [
                {
                    "figure": each.target.figure,
                    "value": round(each.value, 3),
                    "unit": each.target.unit,
                    "target": each.target.limit,
                    "at_least": each.target.least,
                    "met": each.met,
                    "terms": each.terms,
                }
                for each in _figures(sections)
            ],
            "tables": [
                {
                    "title": table.title,
                    "unit": table.unit,
                    "rows": {
                        name: dict(zip(table.columns, values, strict=True))
                        for name, values in table.rows
                    },
                }
                for table in _tables(sections)
            ],
            "left_out": dict(_left_out(sections)),
        },
        indent=2,
        ensure_ascii=False,
    )


def page_with_figures(page: str, sections: Mapping[str, Section], machine: str) -> str:
    """The page with these figures between its two comments. Raises ValueError without them."""
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"the page lacks {_BEGIN} or {_END}")
    return f"{before}{begin}\n{_markdown(sections, machine)}\n{end}{after}"


def _markdown(sections: Mapping[str, Section], machine: str) -> str:
    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d}, {machine}.",
        "",
        "| figure | measured | target | | from |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {each.target.figure} | {_value(each)} | {_limit(each)} | {_verdict(each)} "
        f"| {each.terms} |"
        for each in _figures(sections)
    ]
    for table in _tables(sections):
        head = f"{table.title}{table.unit and f', {table.unit}'}"
        lines += ["", f"| {head} | {' | '.join(table.columns)} |"]
        lines.append("|---" * (len(table.columns) + 1) + "|")
        for name, values in table.rows:
            lines.append(f"| {name} | {' | '.join(map(_number, values))} |")
    for name, why in _left_out(sections):
        lines += ["", f"{name} is left out: {re.sub(r' in /.*', '', why)}."]
    return "\n".join(lines)


def _figures(sections: Mapping[str, Section]) -> Iterator[Figure]:
    for section in sections.values():
        yield from section.figures


def _tables(sections: Mapping[str, Section]) -> Iterator[Table]:
    for section in sections.values():
        yield from section.tables


def _left_out(sections: Mapping[str, Section]) -> Iterator[tuple[str, str]]:
    for name, section in sections.items():
        if section.left_out is not None:
            yield name, section.left_out


def _value(figure: Figure) -> str:
    return f"{figure.value:.2f} {figure.target.unit}".rstrip()


def _limit(figure: Figure) -> str:
    sign = "≥" if figure.target.least else "≤"
    return f"{sign} {figure.target.limit:g} {figure.target.unit}".rstrip()


def _verdict(figure: Figure) -> str:
    return "met" if figure.met else "missed"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 20 else f"{value:.2f}".rstrip("0").rstrip(".")
