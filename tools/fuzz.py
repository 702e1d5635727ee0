"""`make fuzz`: compiled contracts against openapi-core, as often as is asked for."""

from __future__ import annotations

import argparse
import time

from hypothesis import HealthCheck, Phase, given, seed, settings

from differential.comparison import Tally, compare
from differential.exchanges import Case, cases

_CASES_A_ROUND = 200
_MOST_SHOWN = 5


def main() -> int:
    """Prints comparisons and disagreements. Returns 1 when there is one without a name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comparisons", type=int, default=20_000)
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
    return 1 if tally.disagreements else 0


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
