"""A client of each engine, and a fresh table for each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config

from items import table
from items.direct_client import DirectClient
from items.settings import BOTO3, CLIENTS, DIRECT
from items.store import ItemStore
from support import engines

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="session")
def client(engine: engines.Engine) -> Iterator[DynamoDBClient]:
    client = boto3.client(
        "dynamodb",
        endpoint_url=engine.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(max_pool_connections=32, retries={"total_max_attempts": 1}),
    )
    yield client
    client.close()


@pytest.fixture
def table_name(client: DynamoDBClient) -> Iterator[str]:
    """A table no other test has seen."""
    name = f"items-{uuid4().hex}"
    table.create(client, name)
    yield name
    client.delete_table(TableName=name)


@pytest.fixture(scope="session")
def direct_client(engine: engines.Engine) -> Iterator[DirectClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", engine.endpoint_url)
        client = DirectClient(Config(max_pool_connections=32, retries={"total_max_attempts": 1}))
    yield client
    client.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Without --all, only the tests of the store itself run with both clients."""
    if "store" in metafunc.fixturenames:
        both = metafunc.config.getoption("--all") or metafunc.module.__name__.endswith("test_store")
        metafunc.parametrize("store", CLIENTS if both else (BOTO3,), indirect=True)


@pytest.fixture
def store(
    request: pytest.FixtureRequest,
    client: DynamoDBClient,
    direct_client: DirectClient,
    table_name: str,
) -> ItemStore:
    return ItemStore(direct_client if request.param == DIRECT else client, table_name)
