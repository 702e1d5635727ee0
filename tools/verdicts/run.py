"""Prints how the verdicts of lint compare with the stage and the handler, for new contracts:
`PYTHONPATH=src:tools python tools/verdicts/run.py --contracts 300`."""

from __future__ import annotations

import argparse
import logging

from verdicts.judging import judged

_MOST_SHOWN = 5


def main() -> int:
    """Returns 1 when a verdict is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contracts", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    table = judged(range(options.seed, options.seed + options.contracts))
    for disagreement in table.disagreements[:_MOST_SHOWN]:
        print(f"{disagreement}\n")
    print(table)
    return 1 if table.disagreements else 0


if __name__ == "__main__":
    raise SystemExit(main())
