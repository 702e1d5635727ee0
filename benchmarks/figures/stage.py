"""What a request costs the stage, compared with plain Starlette and the same handler.

The ratio is of processor time, that of all processes of a server, so that other work changes it
little. Both run uvicorn with h11, and the handler for one request at a time. The stage runs it in a
worker process, which a request has to reach and return from; Starlette calls it.
"""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass
from pathlib import Path

from benchmarks import targets
from benchmarks.processes.load import Load
from benchmarks.processes.tree import is_counted, usage
from benchmarks.results import Figure, Section, Table, Target
from benchmarks.servers import KEY, Server, starlette, started_stage
from benchmarks.turns import ROOT, TURNS, BenchmarkFailed, environment, python

_CONNECTIONS = 50
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


@dataclass(frozen=True, slots=True)
class _Turn:
    """Processor time in microseconds a request, and memory in MB at the end."""

    load: Load
    cpu_us: float
    memory_mb: float


def measure(folder: Path, turns: int = TURNS) -> Section:
    """`folder` has the compiled contract. Raises BenchmarkFailed."""
    if not is_counted():
        return Section(left_out="the processor time of several processes: only Linux counts it")
    figures, rows = [], []
    one_worker = ("--concurrency", "1")
    with started_stage(folder, ROOT, *one_worker) as stage, starlette(folder) as peer:
        servers = {_STAGE: stage, _PEER: peer}
        for case in _CASES:
            found = _in_turns(case, servers, turns)
            ratio = statistics.median(
                theirs.cpu_us / ours.cpu_us
                for ours, theirs in zip(found[_STAGE], found[_PEER], strict=True)
            )
            medians = {name: _medians(each) for name, each in found.items()}
            terms = " / ".join(f"{medians[name][0]:,.0f} µs" for name in (_PEER, _STAGE))
            figures.append(Figure(case.target, ratio, terms))
            rows += [(f"{name}, {case.method} {case.path}", each) for name, each in medians.items()]
    columns = ("CPU µs", "requests a second", "p50 ms", "p99 ms", "memory MB", "grown MB")
    title = f"The stage, {_CONNECTIONS} clients"
    return Section(tuple(figures), (Table(title, columns, tuple(rows)),))


def _in_turns(case: _Case, servers: dict[str, Server], turns: int) -> dict[str, list[_Turn]]:
    """The first turn warms up."""
    found: dict[str, list[_Turn]] = {name: [] for name in servers}
    for turn in range(turns + 1):
        for name, server in servers.items():
            before = usage(server.pid)
            load = _load(server, case, _SECONDS if turn else _SECONDS / 3)
            after = usage(server.pid)
            if load.statuses.keys() != {"400"}:
                raise BenchmarkFailed(f"{name}, {case.path}: unexpected statuses {load.statuses}")
            cost = (after.cpu_s - before.cpu_s) / load.statuses["400"] * 1e6
            if turn:
                found[name].append(_Turn(load, cost, after.memory_mb))
    return found


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


def _medians(turns: list[_Turn]) -> tuple[float, ...]:
    """The columns of the table; memory is that of the end."""
    loads = [turn.load for turn in turns]
    return (
        statistics.median(turn.cpu_us for turn in turns),
        *(
            statistics.median(getattr(load, name) for load in loads)
            for name in ("per_second", "p50_ms", "p99_ms")
        ),
        turns[-1].memory_mb,
        turns[-1].memory_mb - turns[0].memory_mb,
    )
