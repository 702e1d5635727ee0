"""`make faults`: every call of the sample behind every fault, on every engine that is installed."""

from __future__ import annotations

import argparse
import os
import time

from items import settings
from support import engines
from support.faults.matrix import cells, run, stored
from support.faults.matrix.outcomes import Outcome, printed


def main() -> int:
    """Prints the matrices of each engine, and the wrong cells. Returns 1 if there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32)
    parser.add_argument("--workers", type=int, default=run.WORKERS)
    parser.add_argument("--fault", action="append", choices=cells.ALL_FAULTS, metavar="NAME")
    parser.add_argument("--call", action="append", choices=cells.ALL_CALLS, metavar="NAME")
    parser.add_argument(
        "--client",
        choices=settings.CLIENTS,
        default=settings.BOTO3,
        help="the sample's client of DynamoDB; default: %(default)s",
    )
    options = parser.parse_args()
    os.environ["DYNAMODB_CLIENT"] = options.client
    chosen = cells.cells(options.fault or cells.ALL_FAULTS, options.call or list(cells.ALL_CALLS))
    malformed = [] if options.fault or options.call else stored.cells()
    wrong = 0
    for name in engines.ENGINES:
        lacking = engines.missing(name)
        if lacking is not None:
            print(f"Left out: {name}. {lacking}")
            continue
        started = time.monotonic()
        with engines.start(name) as engine:
            ran = run.run(engine.endpoint_url, [*chosen, *malformed], options.seed, options.workers)
            found = {each.cell: each for each in ran}
        for part in (chosen, malformed):
            _print([found[cell] for cell in part])
        count = sum(bool(each.complaints) for each in found.values())
        seconds = time.monotonic() - started
        print(f"{name}: {len(found)} cells, {count} wrong, {seconds:.0f} s\n", flush=True)
        wrong += count
    print(f"seed {options.seed}, {wrong} wrong cells")
    return 1 if wrong else 0


def _print(outcomes: list[Outcome]) -> None:
    if outcomes:
        print(f"{printed(outcomes)}\n")


if __name__ == "__main__":
    raise SystemExit(main())
