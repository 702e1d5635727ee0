"""What the size of the table costs: 100 and 100,000 items on dynalite."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks import targets
from benchmarks.figures.dynamodb import table
from benchmarks.results import Section, Table, ratio
from benchmarks.turns import TURNS, environment, in_turns, python
from support import engines

_SMALL, _LARGE = "110 items", "100,000 items"
_SIZES = {_SMALL: 110, _LARGE: 100_000}
"""The smaller one has a second page, too."""


def measure(folder: Path, turns: int = TURNS) -> Section:
    """`folder` has the compiled contract. Raises BenchmarkFailed."""
    lacking = engines.missing("dynalite")
    if lacking is not None:
        return Section(left_out=lacking)
    with (
        engines.start("dynalite") as engine,
        table(engine.endpoint_url, "items0", _SIZES[_SMALL]) as small,
        table(engine.endpoint_url, "items1", _SIZES[_LARGE]) as large,
    ):
        # Answers have the table's name, so both are of one length.
        found = _found(folder, {_SMALL: small, _LARGE: large}, engine, turns)
    columns = ("calls", "received", "page_us")
    rows = tuple((title, tuple(each[name] for name in columns)) for title, each in found.items())
    figures = (
        ratio(target, found[_LARGE][name], found[_SMALL][name], unit)
        for target, name, unit in (
            (targets.CALLS_OF_PAGE, "calls", "calls"),
            (targets.BYTES_OF_PAGE, "received", "bytes"),
            (targets.CPU_OF_PAGE, "page_us", "µs"),
        )
    )
    shown = ("calls", "bytes from DynamoDB", "µs of the Lambda")
    return Section(tuple(figures), (Table("A page of 50 items", shown, rows),))


def _found(
    folder: Path, names: dict[str, str], engine: engines.Engine, turns: int
) -> dict[str, dict[str, float]]:
    def turn(title: str) -> dict[str, float]:
        variables = environment(
            folder,
            TABLE_NAME=names[title],
            AWS_ENDPOINT_URL_DYNAMODB=engine.endpoint_url,
            POWERTOOLS_LOG_LEVEL="CRITICAL",
        )
        figures: dict[str, float] = json.loads(
            python(["-m", "benchmarks.processes.page"], folder, variables)
        )
        return figures

    return in_turns(names, turn, turns)
