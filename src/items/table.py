"""The DynamoDB table. `python -m items.table` creates it where no stack does."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from items.connection import boto3_client
from items.settings import MissingSetting, Settings, WrongSetting

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import CreateTableInputTypeDef, DescribeTableOutputTypeDef


_ACTIVE_WITHIN_S = 30.0


class TableMismatch(RuntimeError):
    """A table of this name exists with another key."""


def definition(table_name: str) -> CreateTableInputTypeDef:
    """The input of CreateTable. A test compares it with template.yaml."""
    return {
        "TableName": table_name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    }


def create(client: DynamoDBClient, table_name: str) -> bool:
    """Creates the table and waits until it is active. Returns False if it already existed."""
    created = True
    try:
        client.create_table(**definition(table_name))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceInUseException":
            raise
        created = False
    table = _active(client, table_name)["Table"]
    wanted = definition(table_name)
    if (table["KeySchema"], table["AttributeDefinitions"]) != (
        wanted["KeySchema"],
        wanted["AttributeDefinitions"],
    ):
        raise TableMismatch(
            f"The table {table_name} exists with another key than `id` (a string). Set TABLE_NAME "
            "to another name, or delete that table."
        )
    return created


def _active(client: DynamoDBClient, table_name: str) -> DescribeTableOutputTypeDef:
    # botocore's waiter pauses at least a second; an engine on a laptop is ready in a tenth of that.
    deadline = time.monotonic() + _ACTIVE_WITHIN_S
    while True:
        answer = client.describe_table(TableName=table_name)
        status = answer["Table"].get("TableStatus")
        # An UPDATING table can be used while its billing or backups change.
        if status in ("ACTIVE", "UPDATING"):
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"The table {table_name} is {status} after {_ACTIVE_WITHIN_S:.0f} s; try again."
            )
        time.sleep(0.05)


def _main() -> int:
    try:
        settings = Settings.from_environment(os.environ)
        created = create(boto3_client(), settings.table_name)
    except (
        MissingSetting,
        WrongSetting,
        TableMismatch,
        TimeoutError,
        ValueError,
        BotoCoreError,
    ) as error:
        endpoint = os.environ.get("AWS_ENDPOINT_URL_DYNAMODB")
        print(error, file=sys.stderr)
        if endpoint and not isinstance(error, MissingSetting | WrongSetting):
            print(f"AWS_ENDPOINT_URL_DYNAMODB is {endpoint}.", file=sys.stderr)
        return 1
    print(f"Table {settings.table_name}: {'created' if created else 'already exists'}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(_main())
