"""Functions, setup and DynamoDB start side by side, and no function sees DynamoDB half made."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from openapi_first.core.errors import UserError
from openapi_first.serving.dynamodb.database import Database
from openapi_first.serving.dynamodb.start_order import start


@pytest.fixture
def database() -> Iterator[Database]:
    with Database() as made:
        yield made


def client(url: str) -> Any:
    made = boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    return contextlib.closing(made)


def test_a_function_that_connects_while_it_is_loaded_waits_for_the_tables(
    database: Database,
) -> None:
    seen = []
    loading = asyncio.Event()

    def tables() -> None:
        with client(database.endpoint_url) as connected:
            seen.extend(connected.list_tables()["TableNames"])

    def create(url: str) -> None:
        with client(url) as connected:
            connected.create_table(
                TableName="made",
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )

    async def load() -> None:
        loading.set()
        await asyncio.to_thread(tables)

    async def set_up(url: str | None) -> None:
        assert url is not None
        await loading.wait()
        await asyncio.sleep(0.1)
        await asyncio.to_thread(create, url)

    database.start()
    asyncio.run(start(load, database, set_up))
    assert seen == ["made"]


def test_without_a_database_here_the_setup_ends_before_a_function_is_loaded() -> None:
    order = []

    async def load() -> None:
        order.append("load")

    async def set_up(url: str | None) -> None:
        assert url is None
        await asyncio.sleep(0.01)
        order.append("set up")

    asyncio.run(start(load, None, set_up))
    assert order == ["set up", "load"]


class Unready(Database):
    """One whose start does not matter here."""

    is_started = True

    async def wait_ready(self) -> None:
        pass


def test_a_function_that_needs_a_file_of_the_setup_is_loaded_again() -> None:
    made, loads = [], []

    async def load() -> None:
        loads.append(list(made))
        if not made:
            raise UserError("no file")

    async def set_up(_url: str | None) -> None:
        await asyncio.sleep(0.01)
        made.append("file")

    with Unready() as database:
        asyncio.run(start(load, database, set_up))
    assert loads == [[], ["file"]]


def test_a_function_that_fails_after_the_setup_is_not_loaded_twice() -> None:
    loads, done = [], asyncio.Event()

    async def load() -> None:
        loads.append(1)
        await done.wait()
        await asyncio.sleep(0.01)
        raise UserError("wrong")

    async def set_up(_url: str | None) -> None:
        done.set()

    with Unready() as database, pytest.raises(UserError, match="wrong"):
        asyncio.run(start(load, database, set_up))
    assert loads == [1]


def test_a_setup_that_fails_ends_the_loading_and_is_what_is_reported() -> None:
    ended = []

    async def load() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("load")

    async def set_up(_url: str | None) -> None:
        await asyncio.sleep(0.01)
        raise UserError("no table")

    with Unready() as database, pytest.raises(UserError, match="no table"):
        asyncio.run(start(load, database, set_up))
    assert ended == ["load"]
