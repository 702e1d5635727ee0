"""`make mutants`: which of the small faults the contract tests find, and by which check.

Each fault is served and tested until its first finding; beside it, with `--schemathesis COMMAND`,
what plain `schemathesis run` finds on the same stage that it does not find on the healthy API.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from mutants.mutation import HEALTHY, KEY, Mutant, MutantStage, mutants, serving_mutant
from openapi_first.stage import dynamodb

_LIMIT_S = 300


@dataclass(frozen=True)
class Verdict:
    """What a run of tests came to: its exit status, and the checks that found something."""

    status: int
    checks: tuple[str, ...]
    seconds: float


def contract_test(stage: MutantStage, *options: str) -> Verdict:
    """`contract test` on a stage, with these options beside URL, key and contract."""
    started = time.monotonic()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_first", "test", stage.base_url, str(stage.contract)),
            *("--api-key", KEY, "--format", "json", *options),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=_LIMIT_S,
    )
    if done.returncode not in (0, 1):
        return Verdict(done.returncode, (done.stderr.strip()[-200:],), time.monotonic() - started)
    findings = json.loads(done.stdout)["findings"]
    checks = tuple(dict.fromkeys(finding["check"] for finding in findings))
    return Verdict(done.returncode, checks, time.monotonic() - started)


def schemathesis(stage: MutantStage, command: str, baseline: Path, *options: str) -> Verdict:
    """`schemathesis run` with its defaults; what the baseline knows already does not count."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                *(command, "run", str(stage.contract), "--url", stage.base_url),
                *("-H", f"x-api-key: {KEY}", "--seed", "1", "--baseline", str(baseline)),
                *("--no-color", *options),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            timeout=_LIMIT_S,
        )
    lines = done.stdout.splitlines()
    start = next((n for n, line in enumerate(lines) if line.startswith("Failures:")), len(lines))
    checks = tuple(
        line.split("❌")[1].rpartition(":")[0].strip() for line in lines[start:] if "❌" in line
    )
    return Verdict(done.returncode, checks, time.monotonic() - started)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a row a mutant. Returns 1 when the contract tests miss one or refuse the healthy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="may be repeated")
    parser.add_argument("--sample", type=int, metavar="N", help="N of them, chosen by --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--schemathesis", metavar="COMMAND", help="compare with it")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the table as Markdown")
    parser.add_argument(
        "--resume", type=Path, metavar="FOLDER", help="keep rows here, and run only what is missing"
    )
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FILE",
        help="take Schemathesis' column of faults from this earlier report, and run the others",
    )
    options = parser.parse_args(arguments)
    earlier = reported_peers(options.keep.read_text()) if options.keep else {}
    chosen = [each for each in mutants() if not options.only or each.name in options.only]
    if options.sample:
        chosen = random.Random(options.seed).sample(chosen, options.sample)
    with dynamodb.start() as database, tempfile.TemporaryDirectory() as name:
        kept = _Rows(options.resume or Path(name, "rows"))
        return _run(chosen, database.endpoint_url, Path(name), kept, earlier, options)


class _Rows:
    """Verdicts of mutants, kept in a folder beside the baseline that they depend on."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.baseline = folder / "baseline.json"
        self._file = folder / "rows.jsonl"
        self._file.touch()
        rows = [json.loads(line) for line in self._file.read_text().splitlines()]
        self._known = {row["mutant"]: row for row in rows}

    def get(self, mutant: Mutant) -> tuple[Verdict | None, Verdict | None]:
        """Ours and theirs, None for what is not known."""
        row = self._known.get(mutant.name, {"ours": None, "theirs": None})
        ours, theirs = (row[side] and Verdict(**row[side]) for side in ("ours", "theirs"))
        return ours, theirs

    def add(self, mutant: Mutant, ours: Verdict, theirs: Verdict | None) -> None:
        peer = None if theirs is None else asdict(theirs)
        row = {"mutant": mutant.name, "ours": asdict(ours), "theirs": peer}
        with self._file.open("a") as file:
            file.write(json.dumps(row) + "\n")


def reported_peers(report: str) -> dict[str, Verdict]:
    """Schemathesis' verdicts in an earlier report, by fault. Raises SystemExit if the report is of
    another version of Schemathesis, or has no such column."""
    version = importlib.metadata.version("schemathesis")
    if f"(version {version}," not in report:
        raise SystemExit(f"the earlier report is not of Schemathesis {version}: leave out --keep")
    rows = (line.strip("| ").split(" | ") for line in report.splitlines() if line[:2] == "| ")
    found = {cells[0]: cells[2] for cells in rows if len(cells) == 3}
    return {
        fault: Verdict(0, () if cell == "-" else tuple(cell.split(", ")), 0.0)
        for fault, cell in found.items()
    }


def _run(
    chosen: list[Mutant],
    database: str,
    folder: Path,
    kept: _Rows,
    earlier: Mapping[str, Verdict],
    options: argparse.Namespace,
) -> int:
    seed = ("--seed", str(options.seed))
    rows: list[tuple[Mutant, Verdict, Verdict | None]] = []
    for mutant in (HEALTHY, *chosen):
        ours, theirs = kept.get(mutant)
        theirs = theirs or earlier.get(mutant.fault)
        if ours is not None and (theirs is not None or not options.schemathesis):
            rows.append((mutant, ours, theirs))
            continue
        with tempfile.TemporaryDirectory(dir=folder) as name:
            if ours is None:
                with serving_mutant(mutant, database, Path(name, "a")) as stage:
                    first = () if mutant is HEALTHY else ("--fail-fast",)
                    ours = contract_test(stage, *seed, *first)
            if theirs is None and options.schemathesis:
                with serving_mutant(mutant, database, Path(name, "b")) as stage:
                    update = ("--baseline-update",) if mutant is HEALTHY else ()
                    theirs = schemathesis(stage, options.schemathesis, kept.baseline, *update)
        kept.add(mutant, ours, theirs)
        rows.append((mutant, ours, theirs))
        peer = "" if theirs is None else f" | {', '.join(theirs.checks) or '-'}"
        print(
            f"{mutant.name}: {', '.join(ours.checks) or '-'} ({ours.seconds:.1f} s){peer}",
            flush=True,
        )
    healthy, *others = rows
    missed = [mutant.name for mutant, ours, _ in others if ours.status != 1]
    print(
        f"\n{len(others) - len(missed)} of {len(others)} found; missed: {', '.join(missed) or '-'}"
    )
    if options.schemathesis:
        found = sum(bool(theirs and theirs.checks) for _, _, theirs in others)
        print(f"plain schemathesis run: {found} of {len(others)}")
    if options.report:
        options.report.write_text(_markdown(others))
    return 0 if not missed and healthy[1].status == 0 else 1


def _markdown(rows: list[tuple[Mutant, Verdict, Verdict | None]]) -> str:
    heads = ["fault", "found by"]
    found = sum(ours.status == 1 for _, ours, _ in rows)
    counts = f"`contract test` finds {found} of {len(rows)}"
    if all(theirs for _, _, theirs in rows):
        heads.append("plain `schemathesis run`")
        theirs_found = sum(bool(theirs and theirs.checks) for _, _, theirs in rows)
        version = importlib.metadata.version("schemathesis")
        counts += (
            f", plain `schemathesis run` (version {version}, its defaults, the key as a header) "
            f"{theirs_found}; findings that it also reports for the healthy API do not count"
        )
    lines = [
        "# The faults that the contract tests find",
        "",
        "Generated by `make mutants PEER=1`; do not edit. Each is a small change of the Items API "
        "(`tools/mutants/`); `contract test` stops at its first finding.",
        "",
        f"{counts}.",
        "",
        f"| {' | '.join(heads)} |",
        "|---" * len(heads) + "|",
    ]
    for mutant, ours, theirs in rows:
        cells = [mutant.fault, ", ".join(ours.checks) if ours.status == 1 else "**missed**"]
        if len(heads) > 2 and theirs is not None:
            cells.append(", ".join(theirs.checks) or "-")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
