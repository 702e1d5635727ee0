"""Clients against a stage whose DynamoDB fails now and then: nothing may be lost, doubled or wrong,
and memory, open files and processes may not grow. `python -m soak.run` prints what was seen.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openapi_first.stage import dynamodb
from soak.clients import Soak
from soak.footprint import Footprint
from support.faults.catalogue import FAULTS
from support.faults.proxy import Fault
from support.faults.stage import descendants, faulty_stage

_LONGEST_END_S = 4.5
"""Less than the 5 seconds that requests under way may take: there are none."""


@dataclass(frozen=True)
class Result:
    """`before` is after the first third, `after` at the end; `ended_after` is in seconds."""

    soak: Soak
    calls: int
    faults: Counter[str]
    before: Footprint
    after: Footprint
    ended_after: float
    left: Sequence[int]
    """Processes of the stage that have not ended with it."""

    def violations(self) -> list[str]:
        found = [*self.soak.violations, *self.before.growth(self.after)]
        if self.ended_after > _LONGEST_END_S:
            found.append(f"the stage took {self.ended_after:.1f} s to end")
        if self.left:
            found.append(f"processes are left: {', '.join(map(str, self.left))}")
        return found

    def lines(self) -> list[str]:
        soak, model = self.soak, self.soak.model
        statuses = ", ".join(f"{each}: {count}" for each, count in sorted(soak.statuses.items()))
        return [
            f"seed {soak.seed}: {soak.statuses.total()} answers ({statuses}), the slowest after "
            f"{soak.slowest:.1f} s; {soak.hung_up} clients hung up",
            f"{self.faults.total()} of {self.calls} calls of DynamoDB met one of "
            f"{len(self.faults)} faults",
            f"{len(model.items)} items, "
            f"{sum(len(each.possible) > 1 for each in model.items.values())} of unknown state; "
            f"{sum(each.acknowledged for each in model.tallies)} increments, and "
            f"{sum(each.unknown for each in model.tallies)} of unknown outcome",
            f"memory {self.before.memory:,} to {self.after.memory:,} bytes, files "
            f"{self.before.files} to {self.after.files}, processes {self.before.processes} to "
            f"{self.after.processes}; the stage ended after {self.ended_after:.2f} s",
            f"{len(self.violations())} violations",
        ]


def soaked(
    endpoint_url: str,
    clients: int,
    seconds: float,
    seed: int,
    *,
    faults: Sequence[Fault] = tuple(FAULTS.values()),
    share: float = 0.05,
    concurrency: int = 8,
) -> Result:
    """A whole run. `share` of the calls of the DynamoDB at `endpoint_url` meets a fault."""
    met: Counter[str] = Counter()
    calls, footprints = 0, []
    with faulty_stage(endpoint_url, concurrency=concurrency, seed=seed) as stage:
        soak = Soak(stage.serving.base_url, seed)
        asyncio.run(soak.prepare())
        # The first third warms everything up: caches, workers, what is kept of requests.
        for part in (seconds / 3, seconds * 2 / 3):
            stage.proxy.inject_at_random(tuple(faults), share)
            asyncio.run(soak.run(clients, part))
            calls += len(stage.proxy.seen)
            met.update(name for _, name in stage.proxy.seen if name)
            stage.proxy.heal()
            time.sleep(min(2.0, part / 2))  # by then, a process waits for the next reload
            footprints.append(Footprint.of(stage))
        asyncio.run(soak.check())
        processes = descendants(stage.serving.process.pid)
        ended_after = stage.serving.interrupt()
    left = [pid for pid in processes if Path(f"/proc/{pid}").exists()]
    return Result(soak, calls, met, *footprints, ended_after, left)


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to 1, such as 0.05 for 5 %")
    return share


def main() -> int:
    """Returns 1 for a violation, and 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m soak.run", description=__doc__)
    parser.add_argument("--clients", type=int, default=50, help="default: 50")
    parser.add_argument("--seconds", type=float, default=60, help="default: 60")
    parser.add_argument(
        "--faults",
        type=_share,
        default=0.05,
        metavar="SHARE",
        help="the calls of DynamoDB that fail, from 0 to 1; default: 0.05",
    )
    parser.add_argument("--seed", type=int, help="of an earlier run; default: a random one")
    options = parser.parse_args()
    seed = random.randrange(2**32) if options.seed is None else options.seed
    try:
        with dynamodb.start() as database:
            url = database.endpoint_url
            result = soaked(url, options.clients, options.seconds, seed, share=options.faults)
    except KeyboardInterrupt:
        print(f"seed {seed}: interrupted", file=sys.stderr)
        return 130
    print(*result.lines(), sep="\n")
    violations = result.violations()
    print(*violations[:20], sep="\n", end="\n" if violations else "", file=sys.stderr)
    return 1 if violations else 0


if __name__ == "__main__":
    raise SystemExit(main())
