"""`make fuzz`: compiled contracts against openapi-core, and raw events for the handler."""

from __future__ import annotations

import argparse
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from differential.comparison import Tally, compare
from differential.exchanges import Case, cases
from raw_events.serving import RawEvents
from raw_events.serving import Tally as Served

_CASES_A_ROUND = 200
_MOST_SHOWN = 5
_EVENTS_A_ROUND = 10_000
_CONTRACTS_A_ROUND = 20


def main() -> int:
    """Prints comparisons and disagreements, then events and wrong answers. Returns 1 when there is
    a disagreement without a name, or a wrong answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comparisons", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32)
    options = parser.parse_args()
    tally, rounds, started = Tally(), 0, time.monotonic()
    while tally.total < options.comparisons and len(tally.disagreements) < _MOST_SHOWN:
        _round(options.seed + rounds, tally)
        rounds += 1
        print(f"{tally.total} comparisons, {len(tally.disagreements)} disagreements", flush=True)
    for disagreement in tally.disagreements[:_MOST_SHOWN]:
        print(f"\n{disagreement}")
    print(f"\nseed {options.seed}, {time.monotonic() - started:.0f} s")
    for table in (tally.compared, tally.excused):
        print("  ".join(f"{name}: {count}" for name, count in sorted(table.items())))
    print(f"{tally.total} comparisons, {len(tally.disagreements)} disagreements")
    wrong = _raw_events(options.events, options.seed)
    return 1 if tally.disagreements or wrong else 0


def _raw_events(count: int, seed: int) -> int:
    """Serves the events, in a process for each core. Returns how many answers are wrong."""
    started, served = time.monotonic(), Served()
    rounds = range(seed, seed + -(-count // _EVENTS_A_ROUND))
    sizes = [min(_EVENTS_A_ROUND, count - at * _EVENTS_A_ROUND) for at in range(len(rounds))]
    with ProcessPoolExecutor(max_tasks_per_child=1) as processes:
        for number, tally in zip(rounds, processes.map(_served, rounds, sizes), strict=True):
            served.statuses += tally.statuses
            served.wrong += [f"SEED={number}: {each}" for each in tally.wrong]
            print(f"{served.total} events, {len(served.wrong)} wrong answers", flush=True)
            if len(served.wrong) >= _MOST_SHOWN:
                processes.shutdown(cancel_futures=True)
                break
    for wrong in served.wrong[:_MOST_SHOWN]:
        print(f"\n{wrong}")
    print(f"\nseed {seed}, {time.monotonic() - started:.0f} s")
    print("  ".join(f"{status}: {number}" for status, number in sorted(served.statuses.items())))
    return len(served.wrong)


def _served(number: int, count: int) -> Served:
    """One round, with contracts of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return RawEvents(Path(folder), number, generated=_CONTRACTS_A_ROUND).run(count)


def _round(number: int, tally: Tally) -> None:
    @seed(number)
    @settings(
        max_examples=_CASES_A_ROUND,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def compared(case: Case) -> None:
        compare(case, tally)

    compared()


if __name__ == "__main__":
    raise SystemExit(main())
