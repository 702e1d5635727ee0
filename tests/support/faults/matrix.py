"""Runs cells of the matrix in several processes, and prints what was seen in them."""

from __future__ import annotations

import contextlib
import multiprocessing
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from uuid import uuid4

import boto3
from botocore.config import Config

from items import table
from support.compiled import compiled_module
from support.faults.calls import Table
from support.faults.cells import Bench, Cell, Outcome
from support.faults.function import ROOT, Function
from support.faults.proxy import faulty

WORKERS = 14
"""Processes of a run; most of its time is waiting."""

_bench: Bench


@contextlib.contextmanager
def bench(endpoint_url: str, seed: int) -> Iterator[Bench]:
    """A function, a proxy and a table of their own, in front of the DynamoDB at this URL."""
    client = boto3.client(
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(read_timeout=60, retries={"total_max_attempts": 1}),
    )
    name = f"faults-{uuid4().hex}"
    table.create(client, name)
    with tempfile.TemporaryDirectory() as folder, faulty(endpoint_url) as proxy:
        contract = (ROOT / "openapi.yaml").read_text()
        function = Function(compiled_module(Path(folder), contract))
        yield Bench(function, Table(client, name), proxy, seed)
    client.delete_table(TableName=name)
    client.close()


def run(
    endpoint_url: str, cells: Sequence[Cell], seed: int, workers: int = WORKERS
) -> Iterator[Outcome]:
    """The outcome of each cell, in no order."""
    # Not forked: the parent has threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _begin, (endpoint_url, seed)) as pool:
        # Those that stay take longest.
        ordered = sorted(cells, key=lambda cell: not cell.always)
        yield from pool.map(_run, ordered)


def _begin(endpoint_url: str, seed: int) -> None:
    global _bench
    # Ends when the process does.
    stack = contextlib.ExitStack()
    _bench = stack.enter_context(bench(endpoint_url, seed))
    multiprocessing.util.Finalize(None, stack.close, exitpriority=100)


def _run(cell: Cell) -> Outcome:
    return _bench.run(cell)


def printed(outcomes: Sequence[Outcome]) -> str:
    """A row for each fault and whether it stays, a column for each call: status and seconds, and
    `✗` in a wrong cell. What is wrong follows."""
    calls = list(dict.fromkeys(each.cell.call for each in outcomes))
    faults = list(dict.fromkeys((each.cell.fault, each.cell.mode) for each in outcomes))
    found = {(each.cell.fault, each.cell.mode, each.cell.call): each for each in outcomes}
    rows = [["fault", "", *calls]]
    for fault, mode in faults:
        shown = [_shown(found.get((fault, mode, call))) for call in calls]
        rows.append([fault, mode, *shown])
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, *complaints(outcomes)])


def _shown(outcome: Outcome | None) -> str:
    if outcome is None:
        return "-"
    return f"{'✗ ' if outcome.complaints else ''}{outcome.status} {outcome.seconds:.1f}"


def complaints(outcomes: Sequence[Outcome]) -> list[str]:
    """A line for each wrong cell."""
    return [
        f"✗ {each.cell.fault}, {each.cell.mode}, {each.cell.call}: {'; '.join(each.complaints)}"
        for each in outcomes
        if each.complaints
    ]
