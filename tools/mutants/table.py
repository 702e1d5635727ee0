"""`make mutants`, second part: operators applied to services that are right by construction.

Each operator (`operators/*.py`) is a kind of error. Where it applies follows from the contract.
Each change is served and tested until the first finding, with the default options of `contract
test`; the services without a change must get no finding. Writes the table, with every miss, as
Markdown.
"""

from __future__ import annotations

import argparse
import copy
import json
import logging
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from mutants.operators import (
    answers,
    conditions,
    constraints,
    gateway,
    lists,
    members,
    sent_members,
    values,
    writes,
)
from mutants.operators.changes import Change, Operator
from mutants.services import Built, Served, built, contract_of, contract_test, names, unchanged
from openapi_first.core.errors import UserError
from openapi_first.openapi.loader import load

OPERATORS: tuple[Operator, ...] = tuple(
    operator
    for module in (
        *(answers, members, writes, conditions, sent_members),
        *(lists, constraints, values, gateway),
    )
    for operator in module.OPERATORS
)
RIGHT = "none"
"""The name that stands for no operator, in a task without a change."""
GOAL = 95
_SEEDS = 5


@dataclass(frozen=True)
class Task:
    """A change to test. `number` counts those of the operator in the service; for a service without
    a change it is the seed."""

    service: str
    operator: str
    where: str
    number: int

    @property
    def id(self) -> str:
        return f"{self.service} {self.operator} {self.number} {self.where}".rstrip()


@dataclass(frozen=True)
class Row:
    """What became of a task: `checks` have found something; `ended` says why the run did not come
    to its end; `changed` is how many messages were different, None if that is not known."""

    service: str
    operator: str
    where: str
    checks: tuple[str, ...]
    ended: str | None
    changed: int | None
    requests: int
    seconds: float

    @property
    def found(self) -> bool:
        return bool(self.checks)


def tasks(*, most: int | None, seed: int) -> list[Task]:
    """At most so many changes of each operator in each service, by chance."""
    rng = random.Random(seed)
    found = []
    for service in names():
        for operator in OPERATORS:
            changes = list(enumerate(operator.changes(contract_of(service))))
            if most is not None and len(changes) > most:
                changes = sorted(rng.sample(changes, most), key=lambda pair: pair[0])
            found += [Task(service, operator.name, each.where, n) for n, each in changes]
    return found


def right(seeds: int = _SEEDS) -> list[Task]:
    return [Task(service, RIGHT, "", seed) for service in names() for seed in range(seeds)]


def row_of(task: Task) -> Row | None:
    """None for a change that makes a contract which cannot be served."""
    started = time.monotonic()
    change, seed = None, 1
    if task.operator == RIGHT:
        seed = task.number
    else:
        operator = next(each for each in OPERATORS if each.name == task.operator)
        change = list(operator.changes(contract_of(task.service)))[task.number]
    try:
        build = _built(task.service, change)
    except UserError:
        return None
    served = Served(task.service, build, change.wrap if change else None)
    checks: tuple[str, ...] = ()
    ended, requests = None, 0
    try:
        run = contract_test(served, seed=seed, fail_fast=task.operator != RIGHT)
        checks = tuple(dict.fromkeys(each.promise.check for each in run.findings))
        ended, requests = run.ended_early, run.requests
    except Exception as error:  # a run must never end with one, so it is kept
        ended = f"{type(error).__name__}: {error}"[:200]
    counted = served.state.changed if change and change.wrap else None
    seconds = round(time.monotonic() - started, 1)
    return Row(task.service, task.operator, task.where, checks, ended, counted, requests, seconds)


def _built(service: str, change: Change | None) -> Built:
    if change is not None and change.contract is not None:
        document = copy.deepcopy(contract_of(service).root.value)
        change.contract(document)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "openapi.json")
            file.write_text(json.dumps(document))
            return built(load(file), service)
    build = unchanged(service)
    if change is not None and change.gateway is not None:
        document = copy.deepcopy(build.document)
        change.gateway(document)
        return Built(build.compiled, document, build.variables)
    return build


def _rows(
    chosen: Sequence[Task], kept: Path | None, processes: int
) -> Iterator[tuple[Task, Row | None]]:
    """Known rows first. A killed run continues from `kept`."""
    known = {}
    if kept is not None and kept.exists():
        known = {
            each["task"]: each["row"] for each in map(json.loads, kept.read_text().splitlines())
        }
    missing = []
    for task in chosen:
        if task.id in known:
            row = known[task.id]
            yield task, row and Row(**{**row, "checks": tuple(row["checks"])})
        else:
            missing.append(task)
    # New processes now and then: each stage leaves something behind.
    with multiprocessing.get_context("spawn").Pool(
        processes, _silence, maxtasksperchild=40
    ) as pool:
        for task, row in pool.imap_unordered(_task_and_row, missing):
            if kept is not None:
                with kept.open("a") as file:
                    file.write(json.dumps({"task": task.id, "row": row and asdict(row)}) + "\n")
            yield task, row


def _silence() -> None:
    """Stages log each request."""
    logging.disable(logging.CRITICAL)


def _task_and_row(task: Task) -> tuple[Task, Row | None]:
    return task, row_of(task)


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 1 below the goal, or when a right service gets a finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="operator or service")
    parser.add_argument(
        "--most", type=int, default=2, metavar="N", help="changes per operator and service; 0: all"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the choice of changes")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the table as Markdown")
    parser.add_argument("--resume", type=Path, metavar="FOLDER", help="keep rows here")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N")
    options = parser.parse_args(arguments)
    chosen = [*tasks(most=options.most or None, seed=options.seed), *right()]
    if options.only:
        chosen = [each for each in chosen if {each.operator, each.service} & set(options.only)]
    kept = None
    if options.resume is not None:
        options.resume.mkdir(parents=True, exist_ok=True)
        kept = options.resume / "operators.jsonl"
    rows: list[Row] = []
    for number, (_, row) in enumerate(_rows(chosen, kept, options.processes), 1):
        if row is not None:
            rows.append(row)
            if row.found == (row.operator == RIGHT) or row.ended:
                print(f"{number}/{len(chosen)} {_line(row)}", flush=True)
    text = report(rows)
    print(text.partition("\n## ")[0])
    if options.report is not None:
        options.report.write_text(text)
    return 0 if _percent(rows) >= GOAL and not _accused(rows) else 1


def _line(row: Row) -> str:
    what = ", ".join(row.checks) or row.ended or "missed"
    seen = "" if row.changed is None else f", {row.changed} messages changed"
    return f"{row.service}: {row.operator} {row.where}: {what} ({row.requests} requests{seen})"


def _changed(rows: Sequence[Row]) -> list[Row]:
    """Without the findings that the service without a change gets, too."""
    accused = {(each.service, check) for each in _accused(rows) for check in each.checks}
    return [
        replace(
            row, checks=tuple(each for each in row.checks if (row.service, each) not in accused)
        )
        for row in rows
        if row.operator != RIGHT
    ]


def _accused(rows: Sequence[Row]) -> list[Row]:
    return [each for each in rows if each.operator == RIGHT and (each.found or each.ended)]


def _percent(rows: Sequence[Row]) -> float:
    changed = _changed(rows)
    return 100 * sum(each.found for each in changed) / max(1, len(changed))


def report(rows: Sequence[Row]) -> str:
    """The table and every miss, as Markdown."""
    services = sorted({each.service for each in rows})
    changed, accused = _changed(rows), _accused(rows)
    found = sum(each.found for each in changed)
    right_runs = sum(each.operator == RIGHT for each in rows)
    lines = [
        "# What the contract tests find in services of other shapes",
        "",
        "Generated by `make mutants`; do not edit. The services are in `tests/support/services`, "
        "the operators in `tools/mutants/operators`. Each cell has how many changes were found, of "
        "how many; `contract test` stops at its first finding.",
        "",
        f"{found} of {len(changed)} changes are found ({_percent(rows):.1f} %). Of {right_runs} "
        f"runs against services without a change, {len(accused)} have a finding or stop early.",
        "",
        f"| operator | {' | '.join(services)} | found by |",
        "|---" * (len(services) + 2) + "|",
    ]
    for operator in OPERATORS:
        own = [each for each in changed if each.operator == operator.name]
        if not own:
            continue
        cells = []
        for service in services:
            here = [each for each in own if each.service == service]
            cells.append(f"{sum(each.found for each in here)}/{len(here)}" if here else "")
        checks = Counter(check for each in own for check in each.checks)
        by = ", ".join(name for name, _ in checks.most_common())
        lines.append(
            f"| {operator.fault} (`{operator.name}`) | {' | '.join(cells)} | {by or '-'} |"
        )
    for title, listed in (
        ("Missed", [each for each in changed if not each.found]),
        ("False accusations", accused),
    ):
        lines += ["", f"## {title}", ""]
        lines += [f"- {_line(each)}" for each in sorted(listed, key=_line)] or ["None."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
