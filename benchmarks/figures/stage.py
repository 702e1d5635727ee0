"""Requests per second of the stage, compared with plain Starlette and the same handler."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass
from pathlib import Path

from benchmarks import targets
from benchmarks.processes.load import Load
from benchmarks.results import Figure, Section, Table, Target
from benchmarks.servers import KEY, Server, starlette, started_stage
from benchmarks.turns import TURNS, BenchmarkFailed, environment, python

_CONNECTIONS = 16
_SECONDS = 1.5
_STAGE, _PEER = "stage", "Starlette"


@dataclass(frozen=True, slots=True)
class _Case:
    """A request, and the statuses that show which component responded."""

    target: Target
    method: str
    path: str
    body: str

    def bytes(self, server: Server) -> bytes:
        return (
            f"{self.method} {server.prefix}{self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"x-api-key: {KEY}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(self.body)}\r\n\r\n{self.body}"
        ).encode()


_CASES = (
    _Case(targets.STAGE_LAMBDA, "GET", "/items/not-a-uuid", ""),
    _Case(targets.STAGE_VALIDATOR, "POST", "/items", "{}"),
)


def measure(folder: Path, turns: int = TURNS) -> Section:
    """`folder` has the compiled contract. Raises BenchmarkFailed."""
    figures, rows = [], []
    with started_stage(folder) as stage, starlette(folder) as peer:
        servers = {_STAGE: stage, _PEER: peer}
        for case in _CASES:
            loads = _in_turns(case, servers, turns)
            ratio = statistics.median(
                ours.per_second / theirs.per_second
                for ours, theirs in zip(loads[_STAGE], loads[_PEER], strict=True)
            )
            medians = {name: _medians(each) for name, each in loads.items()}
            terms = " / ".join(f"{each[0]:,.0f} a second" for each in medians.values())
            figures.append(Figure(case.target, ratio, terms))
            rows += [(f"{name}, {case.method} {case.path}", each) for name, each in medians.items()]
    columns = ("requests a second", "p50 ms", "p99 ms")
    return Section(tuple(figures), (Table("The stage", columns, tuple(rows)),))


def _in_turns(case: _Case, servers: dict[str, Server], turns: int) -> dict[str, list[Load]]:
    """The first turn warms up."""
    loads: dict[str, list[Load]] = {name: [] for name in servers}
    for turn in range(turns + 1):
        for name, server in servers.items():
            load = _load(server, case, _SECONDS if turn else _SECONDS / 3)
            if load.statuses.keys() != {"400"}:
                raise BenchmarkFailed(f"{name}, {case.path}: unexpected statuses {load.statuses}")
            if turn:
                loads[name].append(load)
    return loads


def _load(server: Server, case: _Case, seconds: float) -> Load:
    request = case.bytes(server).decode()
    arguments = [
        "-m",
        "benchmarks.processes.load",
        str(server.port),
        str(_CONNECTIONS),
        str(seconds),
    ]
    return Load(**json.loads(python([*arguments, request], Path.cwd(), environment())))


def _medians(loads: list[Load]) -> tuple[float, ...]:
    return tuple(
        statistics.median(getattr(load, name) for load in loads)
        for name in ("per_second", "p50_ms", "p99_ms")
    )
