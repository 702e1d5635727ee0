"""The price of a request where the store is a stub: routing, validation, serialising, logging."""

from __future__ import annotations

from pathlib import Path

from benchmarks import targets
from benchmarks.candidates import stub
from benchmarks.events import CASES
from benchmarks.results import Figure, Section, Table, Target, ratio
from benchmarks.turns import TURNS, Candidate, in_turns, measured

_QUIET = {"BENCH_STORE": "stub", "POWERTOOLS_LOG_LEVEL": "CRITICAL"}
_LOGGING = {
    "BENCH_STORE": "stub",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "POWERTOOLS_SERVICE_NAME": "Items API",
    "OPERATION_METRICS": "on",
}
CANDIDATES = {
    each.title: each
    for each in (
        Candidate("hand-written, no validation", "handwritten", _QUIET),
        Candidate("Powertools, no validation", "powertools_plain", _QUIET),
        Candidate("Powertools with pydantic", "powertools_pydantic", _QUIET, validates=True),
        Candidate("FastAPI with Mangum", "fastapi_mangum", _QUIET, validates=True),
        Candidate("this engine", "ours", _QUIET, validates=True),
        Candidate("Powertools with Logger and Metrics", "powertools_observed", _LOGGING, logs=True),
        Candidate(
            "this engine with log line and metrics", "ours", _LOGGING, validates=True, logs=True
        ),
    )
}
_OPTIONS = {
    "item_id": stub.item(7)["id"],
    "counts": {"create": 400, "get": 400, "list": 150},
    "rounds": 5,
}


def measure(folder: Path, turns: int = TURNS) -> Section:
    """`folder` has the compiled contract. Raises BenchmarkFailed for a wrong answer, too."""
    found = in_turns(CANDIDATES, lambda title: measured(CANDIDATES[title], folder, _OPTIONS), turns)
    ours, observed = found["this engine"], found["this engine with log line and metrics"]

    def against(wanted: dict[str, Target], mine: dict[str, float], peer: str) -> list[Figure]:
        return [ratio(wanted[case], mine[case], found[peer][case], "µs") for case in CASES]

    rows = tuple((title, tuple(each[case] for case in CASES)) for title, each in found.items())
    return Section(
        (
            *against(targets.AGAINST_POWERTOOLS, ours, "Powertools, no validation"),
            *against(targets.AGAINST_PYDANTIC, ours, "Powertools with pydantic"),
            *against(targets.WITH_LOG, observed, "Powertools with Logger and Metrics"),
        ),
        (Table("A request, the store is a stub", ("create", "get", "list of 50"), rows, "µs"),),
    )
