"""DynamoDB starts only for a function that uses it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterator

import boto3
import pytest

from openapi_first.serving.dynamodb.database import Database


@pytest.fixture
def database() -> Iterator[Database]:
    made = Database()
    yield made
    made.stop()


def tables(database: Database) -> list[str]:
    client = boto3.client(
        "dynamodb",
        endpoint_url=database.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    with contextlib.closing(client):
        names: list[str] = client.list_tables()["TableNames"]
        return names


def test_it_starts_at_the_first_connection_which_is_answered(database: Database) -> None:
    async def run() -> list[str]:
        async with database.starting_on_demand():
            await asyncio.sleep(0.05)
            assert not database.is_started
            return await asyncio.to_thread(tables, database)

    assert asyncio.run(run()) == []
    assert database.is_started


def test_a_connection_without_the_extra_ends_the_wait(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "moto", None)

    async def run() -> None:
        async with database.starting_on_demand():
            port = int(database.endpoint_url.rpartition(":")[2])
            await asyncio.open_connection("127.0.0.1", port)
            await asyncio.sleep(60)

    with pytest.raises(ModuleNotFoundError) as raised:
        asyncio.run(run())
    assert raised.value.name == "moto"


def test_it_keeps_its_address_when_it_is_started_at_once(database: Database) -> None:
    address = database.endpoint_url
    database.start()
    database.start()
    asyncio.run(database.wait_ready())
    database.open()
    assert (tables(database), database.endpoint_url) == ([], address)
