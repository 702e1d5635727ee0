"""The price of a whole request, and of the start, with DynamoDB in another process."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from benchmarks import targets
from benchmarks.candidates import stub
from benchmarks.events import CASES, LIMIT
from benchmarks.results import Section, Table, ratio
from benchmarks.turns import TURNS, Candidate, in_turns, measured
from openapi_first.stage import dynamodb

_QUIET = {"POWERTOOLS_LOG_LEVEL": "CRITICAL"}
CANDIDATES = {
    each.title: each
    for each in (
        Candidate("hand-written, boto3.resource", "handwritten", _QUIET),
        Candidate("Powertools, boto3.resource", "powertools_plain", _QUIET),
        Candidate("FastAPI with Mangum, boto3.resource", "fastapi_mangum", _QUIET),
        Candidate("this engine, boto3's client", "ours", {**_QUIET, "DYNAMODB_CLIENT": "boto3"}),
        Candidate("this engine, direct client", "ours", {**_QUIET, "DYNAMODB_CLIENT": "direct"}),
    )
}
_OPTIONS: dict[str, Any] = {
    "item_id": stub.item(7)["id"],
    "counts": {"create": 40, "get": 60, "list": 12},
    "rounds": 3,
}
# With the first requests, these are 1,000, of which one turn is enough: memory has no spread.
_FOR_MEMORY = {**_OPTIONS, "counts": {"create": 100, "get": 180, "list": 30}}
_BATCH = 25
"""DynamoDB's limit for BatchWriteItem (API reference)."""


def measure(folder: Path, turns: int = TURNS) -> Section:
    """`folder` has the compiled contract. Raises BenchmarkFailed for a wrong answer, too."""
    with dynamodb.start() as local:
        tables = iter(range(1_000_000))

        def turn(title: str, options: dict[str, Any] = _OPTIONS) -> dict[str, float]:
            with table(local.endpoint_url, f"items{next(tables)}", LIMIT + 10) as name:
                return measured(
                    CANDIDATES[title],
                    folder,
                    options,
                    TABLE_NAME=name,
                    AWS_ENDPOINT_URL_DYNAMODB=local.endpoint_url,
                )

        found = in_turns(CANDIDATES, turn, turns)
        for title, figures in found.items():
            figures["rss_mb"] = turn(title, _FOR_MEMORY)["rss_mb"]
    peer, ours = found["hand-written, boto3.resource"], found["this engine, boto3's client"]
    direct = found["this engine, direct client"]
    columns = ("start_ms", "first_ms", *CASES, "rss_mb")
    rows = tuple((title, tuple(each[name] for name in columns)) for title, each in found.items())
    shown = ("start ms", "first request ms", "create µs", "get µs", "list of 50 µs", "memory MB")
    return Section(
        (
            *(ratio(targets.WITH_DYNAMODB[c], ours[c], peer[c], "µs") for c in CASES),
            ratio(targets.START, ours["start_ms"], peer["start_ms"], "ms"),
            ratio(targets.MEMORY, ours["rss_mb"], peer["rss_mb"], "MB"),
            *(ratio(targets.WITH_DIRECT[c], direct[c], peer[c], "µs") for c in CASES),
            ratio(targets.START_DIRECT, direct["start_ms"], peer["start_ms"], "ms"),
            ratio(targets.MEMORY_DIRECT, direct["rss_mb"], peer["rss_mb"], "MB"),
        ),
        (Table("A request with DynamoDB", shown, rows),),
    )


@contextmanager
def table(endpoint: str, name: str, count: int) -> Iterator[str]:
    """A table with that many items, for as long as the block runs."""
    client = boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="eu-central-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 # a local engine takes any
    )
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})

    def put(start: int) -> None:
        puts: Any = [
            {"PutRequest": {"Item": {n: {"S": v} for n, v in stub.item(number).items()}}}
            for number in range(start, min(start + _BATCH, count))
        ]
        client.batch_write_item(RequestItems={name: puts})

    # One writes the next request while the engine reads another one's.
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(put, range(0, count, _BATCH)))
    try:
        yield name
    finally:
        client.delete_table(TableName=name)
