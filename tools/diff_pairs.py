"""Judges generated pairs of contracts by `contract diff`: `python tools/diff_pairs.py`."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from openapi_first.diff.contracts import compare_contracts
from openapi_first.diff.findings.changes import Change
from openapi_first.openapi.loader import load
from relations.pairs import NARROWER, Pair, pairs


@dataclass(frozen=True)
class Miss:
    """A pair that was judged otherwise than it was made."""

    pair: Pair
    changes: tuple[Change, ...]

    def __str__(self) -> str:
        reported = [f"  {each.rule.verdict.value}: {each.sentence}" for each in self.changes]
        made = "; ".join(self.pair.changes)
        return "\n".join((f"seed {self.pair.seed}, {self.pair.relation}: {made}", *reported))


def compared(pair: Pair, folder: Path) -> tuple[Change, ...]:
    """The changes that `contract diff` reports."""
    paths = folder / "old.json", folder / "new.json"
    for path, document in zip(paths, (pair.old, pair.new), strict=True):
        path.write_text(json.dumps(document), encoding="utf-8")
    return compare_contracts(load(paths[0]), load(paths[1]), today=date(2026, 1, 1))


def misses(of: Iterable[Pair], folder: Path) -> Iterator[Miss]:
    for pair in of:
        changes = compared(pair, folder)
        if any(change.breaking for change in changes) != (pair.relation == NARROWER):
            yield Miss(pair, changes)


def main() -> int:
    """Prints every miss. Returns 1 if a narrowing is compatible, or more than 1 % of the pairs that
    break nobody are breaking."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.monotonic()
    made = list(pairs(options.pairs, options.seed))
    counts = Counter(pair.relation for pair in made)
    with tempfile.TemporaryDirectory() as folder:
        found = list(misses(made, Path(folder)))
    for miss in found:
        print(f"{miss}\n")
    hidden = sum(miss.pair.relation == NARROWER for miss in found)
    cautious = len(found) - hidden
    others = sum(counts.values()) - counts[NARROWER]
    print(f"{dict(counts)}, {time.monotonic() - started:.0f} s")
    print(f"compatible though narrower: {hidden} of {counts[NARROWER]}")
    print(f"breaking though equal or wider: {cautious} of {others}")
    return 1 if hidden or cautious > others / 100 else 0


if __name__ == "__main__":
    raise SystemExit(main())
