"""DynamoDB starts only for a function that uses it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import boto3
import pytest

from openapi_first.serving.database import Database


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


def test_it_keeps_its_address_when_it_is_started_at_once(database: Database) -> None:
    address = database.endpoint_url
    database.start()
    database.start()
    asyncio.run(database.wait_ready())
    assert (tables(database), database.endpoint_url) == ([], address)
