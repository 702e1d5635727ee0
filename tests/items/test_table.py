"""The table is made once, and another's table is not taken for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from items import table
from support import engines

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SRC = Path(table.__file__).parents[1]


def test_creating_it_again_changes_nothing(client: DynamoDBClient) -> None:
    name = f"items-{uuid4().hex}"
    assert table.create(client, name) is True
    client.put_item(TableName=name, Item={"id": {"S": "kept"}})
    assert table.create(client, name) is False
    assert "Item" in client.get_item(TableName=name, Key={"id": {"S": "kept"}})


def test_it_is_billed_by_request(client: DynamoDBClient, table_name: str) -> None:
    described = client.describe_table(TableName=table_name)["Table"]
    assert described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_a_table_with_another_key_is_refused(client: DynamoDBClient) -> None:
    name = f"orders-{uuid4().hex}"
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "number", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "number", "AttributeType": "N"}],
    )
    with pytest.raises(table.TableMismatch, match=name):
        table.create(client, name)


def _run(**environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "items.table"],
        env={
            "PYTHONPATH": os.pathsep.join((str(_SRC), os.environ["PYTHONPATH"])),
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            **environ,
        },
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_the_command_creates_it_from_the_environment(engine: engines.Engine) -> None:
    name = f"items-{uuid4().hex}"
    for outcome in ("created", "already exists"):
        run = _run(TABLE_NAME=name, AWS_ENDPOINT_URL_DYNAMODB=engine.endpoint_url)
        assert (run.returncode, run.stdout, run.stderr) == (0, f"Table {name}: {outcome}.\n", "")


def test_the_command_says_what_is_missing() -> None:
    run = _run()
    assert run.returncode == 1
    assert "TABLE_NAME" in run.stderr
