"""A client of each engine, and a fresh table for each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config

from items import table
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


@pytest.fixture
def store(client: DynamoDBClient, table_name: str) -> ItemStore:
    return ItemStore(client, table_name)
