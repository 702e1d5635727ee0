"""What the size of a contract costs: 5 and 500 operations."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks import targets
from benchmarks.contracts import contract_of
from benchmarks.results import Figure, Section, Table, ratio
from benchmarks.turns import TURNS, compile_contract, environment, in_turns, python

_TURNS = 3 * TURNS
"""Many short ones: the same request varies by a quarter from one process to the next."""

_SMALL, _LARGE = "5 operations", "500 operations"


def measure(folder: Path, turns: int = _TURNS) -> Section:
    """Writes to the folder. Raises BenchmarkFailed."""
    folders = {name: folder / name.split()[0] for name in (_SMALL, _LARGE)}
    for name, each in folders.items():
        each.mkdir()
        source = each / "openapi.json"
        source.write_text(json.dumps(contract_of(int(name.split()[0]))))
        compile_contract(source, each)

    def turn(name: str) -> dict[str, float]:
        variables = environment(folders[name], POWERTOOLS_LOG_LEVEL="CRITICAL")
        figures: dict[str, float] = json.loads(
            python(["-m", "benchmarks.processes.contract"], folders[name], variables)
        )
        return figures

    found = in_turns(folders, turn, turns)
    small, large = found[_SMALL], found[_LARGE]
    rows = tuple((name, (each["start_ms"], each["request_us"])) for name, each in found.items())
    more = large["start_ms"] - small["start_ms"]
    terms = f"{large['start_ms']:.1f} ms - {small['start_ms']:.1f} ms"
    return Section(
        (
            ratio(targets.REQUEST_OF_500, large["request_us"], small["request_us"], "µs"),
            Figure(targets.START_OF_500, more, terms),
        ),
        (Table("The size of the contract", ("contract's part of the start, ms", "µs"), rows),),
    )
