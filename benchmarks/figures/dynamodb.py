"""The price of a whole request, and of the start, with DynamoDB in another process."""

from __future__ import annotations

from collections.abc import Iterator
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
        Candidate("this engine, boto3's client", "ours", _QUIET),
        Candidate("this engine, direct client", "ours", {**_QUIET, "DYNAMODB_CLIENT": "direct"}),
    )
}
# With the first requests, these are 1,000.
_OPTIONS: dict[str, Any] = {
    "item_id": stub.item(7)["id"],
    "counts": {"create": 100, "get": 180, "list": 30},
    "rounds": 3,
}
_BATCH = 25
"""DynamoDB's limit for BatchWriteItem (API reference)."""


def measure(folder: Path, turns: int = TURNS) -> Section:
    """`folder` has the compiled contract. Raises BenchmarkFailed for a wrong answer, too."""
    with dynamodb.start() as local:
        tables = iter(range(1_000_000))

        def turn(title: str) -> dict[str, float]:
            with table(local.endpoint_url, f"items{next(tables)}", LIMIT + 10) as name:
                return measured(
                    CANDIDATES[title],
                    folder,
                    _OPTIONS,
                    TABLE_NAME=name,
                    AWS_ENDPOINT_URL_DYNAMODB=local.endpoint_url,
                )

        found = in_turns(CANDIDATES, turn, turns)
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
    for start in range(0, count, _BATCH):
        puts: Any = [
            {"PutRequest": {"Item": {n: {"S": v} for n, v in stub.item(number).items()}}}
            for number in range(start, min(start + _BATCH, count))
        ]
        client.batch_write_item(RequestItems={name: puts})
    try:
        yield name
    finally:
        client.delete_table(TableName=name)
