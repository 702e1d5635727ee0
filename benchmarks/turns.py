"""Runs candidates in turns, each turn in a new process, so that other load affects all of them."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TURNS = 5

_AWS = {
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "TABLE_NAME": "items",
}


class BenchmarkFailed(Exception):
    """A process that was to be measured failed; the message is what it wrote."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """`module` is in `candidates`; `environment` is added to the process's."""

    title: str
    module: str
    environment: Mapping[str, str]
    validates: bool = False
    logs: bool = False


def environment(*folders: Path, **variables: str) -> dict[str, str]:
    """That of a measured process, which imports from `folders` first.

    It reads bytecode, as in an image.
    """
    inherited = {n: v for n, v in os.environ.items() if n != "PYTHONDONTWRITEBYTECODE"}
    places = [*folders, ROOT / "src", ROOT]
    path = os.pathsep.join(map(str, places))
    return {**inherited, **_AWS, "PYTHONPATH": path, **variables}


def python(arguments: Iterable[str], folder: Path, variables: Mapping[str, str]) -> str:
    """What the process prints. Raises BenchmarkFailed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=dict(variables),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchmarkFailed(f"{' '.join(arguments):.200}:\n{done.stderr}")
    return done.stdout


def measured(
    candidate: Candidate, folder: Path, options: Mapping[str, Any], **variables: str
) -> dict[str, float]:
    """One turn of a candidate; `folder` has the compiled contract. Raises BenchmarkFailed."""
    chosen = {**options, "validates": candidate.validates, "logs": candidate.logs}
    added = {**candidate.environment, **variables, "BENCH_LOG": str(folder / "log")}
    arguments = ["-m", "benchmarks.processes.candidate", candidate.module, json.dumps(chosen)]
    figures: dict[str, float] = json.loads(python(arguments, folder, environment(folder, **added)))
    return figures


def in_turns(
    names: Iterable[str], turn: Callable[[str], Mapping[str, float]], turns: int = TURNS
) -> dict[str, dict[str, float]]:
    """The medians of each one's figures."""
    found: dict[str, list[Mapping[str, float]]] = {name: [] for name in names}
    for _ in range(turns):
        for name, kept in found.items():
            kept.append(turn(name))
    return {
        name: {each: statistics.median(figures[each] for figures in kept) for each in kept[0]}
        for name, kept in found.items()
    }


def compile_contract(source: Path, folder: Path) -> None:
    """Writes `compiled.py` to the folder, with its bytecode. Raises BenchmarkFailed."""
    command = ["-m", "openapi_first", "compile", str(source), "-o", str(folder / "compiled.py")]
    python(command, ROOT, environment())
    write_bytecode(folder)


def write_bytecode(folder: Path) -> None:
    """Of every module in the folder, so that no turn spends time on it. Raises BenchmarkFailed."""
    python(["-m", "compileall", "-q", str(folder)], ROOT, environment())
