"""The DynamoDB client and the store of the process, made when the function starts."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from botocore.config import Config

from items import botocore_data, deadline
from items.answers import check_answers
from items.attempts import note_outcomes
from items.settings import BOTO3, DIRECT, Settings
from items.store import ItemStore
from openapi_first.runtime import after_restore, before_snapshot

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from items.calls import Client


# botocore's defaults wait 60 s for a connection and 60 s for an answer, longer than API Gateway
# (29 s) and the function (25 s) wait. DynamoDB answers in milliseconds. Two attempts of 1 s + 3 s
# and a pause of up to 1 s make at most 9 s for a call; items.deadline ends slow answers.
_CONFIG = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 2},
    # The store's calls are made by code, not from data, and tests make each of them.
    parameter_validation=False,
)


def client(kind: str = BOTO3) -> Client:
    """A client with short timeouts, which checks each answer, notes the outcome of each attempt,
    and ends its calls at the deadline of the request. AWS_ENDPOINT_URL_DYNAMODB sets another
    endpoint. `kind` is a value of DYNAMODB_CLIENT."""
    if kind != DIRECT:
        return boto3_client()
    # As below, imports are most of the function's start, and it needs only one of these.
    from items.direct_client import DirectClient

    made = DirectClient(_CONFIG)
    _check_calls(made)
    return made


def boto3_client() -> DynamoDBClient:
    """As `client`, with all calls of DynamoDB."""
    import boto3

    core = botocore_data.session()
    # botocore else writes this header again for each attempt, a twentieth of a call.
    config = _CONFIG.merge(Config(user_agent=core.user_agent()))
    made = boto3.Session(botocore_session=core).client("dynamodb", config=config)
    _check_calls(made)
    return made


def _check_calls(made: Client) -> None:
    deadline.limit(made)
    note_outcomes(check_answers(made))


@cache
def store() -> ItemStore:
    """The store for the table in the environment, shared by all requests."""
    settings = Settings.from_environment(os.environ)
    made = client(settings.dynamodb_client)
    # A connection does not survive a snapshot. After the restore, too, since what runs later before
    # the snapshot may have opened one. botocore gets new credentials once these end.
    before_snapshot(made.close)
    after_restore(made.close)
    return ItemStore(made, settings.table_name)
