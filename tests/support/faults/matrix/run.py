"""Runs the cells of the matrix of faults, in this process or in several."""

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
from support.faults.matrix.calls import Table
from support.faults.matrix.cells import Bench
from support.faults.matrix.function import ROOT, Function
from support.faults.matrix.heartbeat import heartbeat
from support.faults.matrix.outcomes import ONCE, Cell, Outcome
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
        config=Config(
            read_timeout=60, retries={"total_max_attempts": 1}, parameter_validation=False
        ),
    )
    name = f"faults-{uuid4().hex}"
    table.create(client, name)
    with tempfile.TemporaryDirectory() as folder, faulty(endpoint_url) as proxy:
        contract = (ROOT / "openapi.yaml").read_text()
        function = Function(compiled_module(Path(folder), contract))
        with heartbeat() as pulse:
            yield Bench(function, Table(client, name), proxy, seed, pulse)
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
        ordered = sorted(cells, key=lambda cell: cell.mode == ONCE)
        yield from pool.map(_run, ordered)


def _begin(endpoint_url: str, seed: int) -> None:
    global _bench
    # Ends when the process does.
    stack = contextlib.ExitStack()
    _bench = stack.enter_context(bench(endpoint_url, seed))
    multiprocessing.util.Finalize(None, stack.close, exitpriority=100)


def _run(cell: Cell) -> Outcome:
    return _bench.run(cell)
