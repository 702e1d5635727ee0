"""How long `contract compile`, `lint` and `gateway` take for 500 operations, in CPU time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks import targets
from benchmarks.contracts import contract_of
from benchmarks.results import Figure, Section, Table
from benchmarks.turns import ROOT, BenchmarkFailed, environment, in_turns

_OPERATIONS = 500
_TURNS = 3
_COMMANDS = ("compile", "lint", "gateway")
_VERSIONS = {"3.0": "3.0.3", "3.1": "3.1.0"}


def measure(folder: Path, turns: int = _TURNS) -> Section:
    """Writes to the folder. Raises BenchmarkFailed."""
    sources = {}
    for version, openapi in _VERSIONS.items():
        sources[version] = folder / f"openapi-{version}.json"
        sources[version].write_text(json.dumps(contract_of(_OPERATIONS, openapi)))

    def turn(version: str) -> dict[str, float]:
        output = str(folder / "output")
        return {
            name: _cpu_s([name, str(sources[version]), *([] if name == "lint" else ["-o", output])])
            for name in _COMMANDS
        }

    found = in_turns(_VERSIONS, turn, turns)
    figures = tuple(
        Figure(targets.command(name, version), seconds, "CPU time of the process")
        for version, each in found.items()
        for name, seconds in each.items()
    )
    rows = tuple(
        (f"OpenAPI {version}", tuple(each[name] for name in _COMMANDS))
        for version, each in found.items()
    )
    return Section(figures, (Table("Commands, 500 operations", _COMMANDS, rows, "s"),))


def _cpu_s(arguments: list[str]) -> float:
    """Of the process with its children. Raises BenchmarkFailed."""
    command = [sys.executable, "-m", "openapi_first", *arguments]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    # 1: the command judged, and found something.
    if process.returncode > 1:
        raise BenchmarkFailed(f"contract {' '.join(arguments)}:\n{errors}")
    return usage.ru_utime + usage.ru_stime
