"""Measures what `make bench` reports: every figure with its target, ratios first."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import report
from benchmarks.figures import (
    commands,
    dynamodb,
    frameworks,
    operations,
    paging,
    serving,
    stage,
)
from benchmarks.plot import plot
from benchmarks.results import Section
from benchmarks.turns import ROOT, BenchmarkFailed, compile_contract, write_bytecode

_PAGE = ROOT / "docs" / "performance.md"
_PLOT = ROOT / "docs" / "images" / "performance.svg"
_PARTS: dict[str, Callable[[Path], Section]] = {
    "frameworks": frameworks.measure,
    "dynamodb": dynamodb.measure,
    "operations": operations.measure,
    "paging": paging.measure,
    "stage": stage.measure,
    "serving": serving.measure,
    "commands": commands.measure,
}


def main(arguments: list[str] | None = None) -> int:
    """0 whatever the figures are, since a benchmark does not judge; 1 if an answer is wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join(_PARTS)}; default: all"
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="default: %(default)s"
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="also write the figures to docs/performance.md and its plot; default: do not",
    )
    options = parser.parse_args(arguments)
    unknown = [name for name in options.parts if name not in _PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; write one of: {', '.join(_PARTS)}")
    if options.write and options.parts:
        parser.error("--write needs all parts; name none")
    try:
        sections = _measured(options.parts or list(_PARTS))
    except BenchmarkFailed as error:
        print(error, file=sys.stderr)
        return 1
    print(
        report.text(sections)
        if options.format == "text"
        else report.json_of(sections, report.machine())
    )
    if options.write:
        page = _PAGE.read_text(encoding="utf-8")
        _PAGE.write_text(
            report.page_with_figures(page, sections, report.machine()), encoding="utf-8"
        )
        _PLOT.write_text(plot(sections["frameworks"].tables[0]), encoding="utf-8")
    return 0


def _measured(parts: list[str]) -> dict[str, Section]:
    """Raises BenchmarkFailed."""
    for package in ("benchmarks", "src"):
        write_bytecode(ROOT / package)
    sections = {}
    for name in parts:
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            compile_contract(ROOT / "openapi.yaml", Path(folder))
            sections[name] = _PARTS[name](Path(folder))
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    return sections


if __name__ == "__main__":
    raise SystemExit(main())
