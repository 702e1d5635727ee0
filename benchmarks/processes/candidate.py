"""One process with one candidate: it starts, checks its answers, measures, and prints JSON.

Nothing that a candidate needs is imported before it, so its start is measured whole. All times are
CPU time, in which other work on the machine hardly shows.
"""

from __future__ import annotations

import importlib
import os
import sys
from time import process_time
from typing import Any


def main(name: str, options: str) -> None:
    """`name` is a module in `candidates`; `options` is JSON: `counts` by case, `rounds`, `item_id`,
    `validates` and `logs`."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    results = os.dup(1)
    log = os.open(os.environ["BENCH_LOG"], os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600)
    os.dup2(log, 1)
    started = process_time()
    candidate = importlib.import_module(f"benchmarks.candidates.{name}")
    start_ms = (process_time() - started) * 1000
    handler = candidate.handler

    import json
    from statistics import median

    from benchmarks import events

    chosen = json.loads(options)
    context, found = events.Context(), events.events(chosen["item_id"])
    started = process_time()
    first = handler(found["get"], context)
    first_ms = (process_time() - started) * 1000
    events.check("get", first, chosen["item_id"])
    for case, event in found.items():
        events.check(case, handler(event, context), chosen["item_id"])
    if chosen["validates"]:
        for what, event in events.refused().items():
            events.check_refused(what, handler(event, context))
    if chosen["logs"]:
        _check_log(os.pread(log, 1_000_000, 0).decode())
    # Written as in a Lambda, but not kept.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

    def round_of(case: str, count: int) -> float:
        event = found[case]
        started = process_time()
        for _ in range(count):
            handler(event, context)
        return (process_time() - started) / count * 1e6

    figures: dict[str, Any] = {"start_ms": start_ms, "first_ms": first_ms}
    for case, count in chosen["counts"].items():
        round_of(case, max(count // 5, 1))
        figures[case] = median(round_of(case, count) for _ in range(chosen["rounds"]))
    figures["rss_mb"] = _resident_mb()
    os.write(results, json.dumps(figures).encode())


def _check_log(text: str) -> None:
    """Raises WrongAnswer if a request has no log line, or no metrics, with all fields."""
    import json

    from benchmarks.events import WrongAnswer

    lines = [json.loads(line) for line in text.splitlines()]
    for wanted in (
        {"operation", "status", "duration_ms", "cold_start", "contract_hash", "correlation_id",
         "function_request_id", "service", "level", "message", "timestamp"},
        {"_aws", "operation", "service", "Count", "Latency", "4XXError", "5XXError"},
    ):  # fmt: skip
        if sum(wanted <= line.keys() for line in lines) < 4:
            raise WrongAnswer(f"the log has too few lines with {sorted(wanted)}: {text:.2000}")


def _resident_mb() -> float:
    """10^6 bytes; the peak where the system does not say what is resident now."""
    try:
        with open("/proc/self/statm") as file:  # noqa: PTH123 # pathlib may not be imported
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    main(*sys.argv[1:])
