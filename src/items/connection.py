"""The one client and the one store of a process, made when the function starts."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from items.settings import Settings
from items.store import ItemStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


# botocore's defaults wait 60 s for a connection and again for an answer, longer than API Gateway
# (29 s) or the function (25 s) lives. DynamoDB answers in milliseconds. Two attempts of 1 s + 3 s
# and one pause of up to 1 s make 9 s for a call; no operation makes more than two in a row without
# looking at the clock.
_CONFIG = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 2},
)


def client() -> DynamoDBClient:
    """A DynamoDB client that gives up in time. AWS_ENDPOINT_URL_DYNAMODB points it elsewhere."""
    return boto3.client("dynamodb", config=_CONFIG)


@cache
def store() -> ItemStore:
    """The store the environment describes, made on the first call and shared by all requests."""
    settings = Settings.from_environment(os.environ)
    return ItemStore(client(), settings.table_name)
