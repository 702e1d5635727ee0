"""A DynamoDB that has ended is started again with its tables, which is said once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from openapi_first.serving.dynamodb import revival
from openapi_first.serving.dynamodb.database import Database
from openapi_first.serving.dynamodb.revival import Revival
from openapi_first.serving.errors import CannotServe


@pytest.fixture
def database() -> Iterator[Database]:
    made = Database()
    made.start()
    yield made
    made.stop()


def client(url: str) -> Any:
    return boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=20),
    )


def create_table(url: str) -> None:
    key = {"AttributeName": "id", "KeyType": "HASH"}
    with contextlib.closing(client(url)) as made:
        made.create_table(
            TableName="t",
            KeySchema=[key],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )


def tables(url: str) -> list[str]:
    with contextlib.closing(client(url)) as made:
        names: list[str] = made.list_tables()["TableNames"]
        return names


def kill(database: Database) -> None:
    assert database._server is not None
    os.kill(database._server.pid, signal.SIGKILL)


async def printed(capsys: pytest.CaptureFixture[str], words: str) -> str:
    text = ""
    async with asyncio.timeout(30):
        while words not in text:
            await asyncio.sleep(0.02)
            text += capsys.readouterr().out
    return text


def test_who_asks_meanwhile_waits_until_it_has_its_tables(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    async def set_up(url: str) -> None:
        await asyncio.sleep(0.2)
        await asyncio.to_thread(create_table, url)

    async def run() -> tuple[list[str], str]:
        await database.wait_ready()
        async with Revival(database, "shop.table", set_up).going_on():
            kill(database)
            text = await printed(capsys, "ended")
            found = await asyncio.to_thread(tables, database.endpoint_url)
            return found, text + await printed(capsys, "again")

    found, text = asyncio.run(run())
    assert found == ["t"]
    assert text.splitlines() == [
        "DynamoDB has ended (SIGKILL): its tables and items are gone. It restarts.",
        "DynamoDB runs again; python -m shop.table has created its tables.",
    ]


def test_one_that_ends_again_and_again_is_started_after_pauses_in_which_it_refuses(
    database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revival, "_PAUSES", (0.0, 0.0, 0.0, 30.0))

    async def run() -> str:
        async with Revival(database, None, never).going_on():
            text, last = "", None
            for _ in range(4):
                async with asyncio.timeout(20):
                    while database._server is last:
                        await asyncio.sleep(0.01)
                last = database._server
                kill(database)
            await asyncio.sleep(0.5)
            text = capsys.readouterr().out
            _, _, port = database.endpoint_url.rpartition(":")
            for _ in range(2):
                reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
                assert await asyncio.wait_for(reader.read(), 5) == b""
                writer.close()
            return text

    lines = asyncio.run(run()).splitlines()
    assert [line[:24] for line in lines] == ["DynamoDB has ended (SIGK"] * 2 + [
        "DynamoDB ends again and "
    ]


async def never(_url: str) -> None:
    raise AssertionError


@pytest.mark.parametrize("setup", [None, "shop.table"])
def test_without_tables_it_says_so(
    database: Database, capsys: pytest.CaptureFixture[str], setup: str | None, everything: bool
) -> None:
    if not everything:
        return

    async def fails(_url: str) -> None:
        raise CannotServe("python -m shop.table failed:\nno")

    async def run() -> str:
        await database.wait_ready()
        async with Revival(database, setup, fails).going_on():
            kill(database)
            return await printed(capsys, "runs again")

    words = "without tables: no --setup" if setup is None else "without its tables: python -m shop"
    assert words in asyncio.run(run())
    with socket.create_connection(("127.0.0.1", int(database.endpoint_url.rpartition(":")[2]))):
        assert tables(database.endpoint_url) == []
