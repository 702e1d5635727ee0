"""The table: its definition, and `python -m items.table` to create it where no stack does."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from items.connection import client as connect
from items.settings import MissingSetting, Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import CreateTableInputTypeDef, DescribeTableOutputTypeDef


_ACTIVE_WITHIN_S = 30.0


class TableMismatch(RuntimeError):
    """A table of this name exists and is not one for items."""


def definition(table_name: str) -> CreateTableInputTypeDef:
    """The input of CreateTable; template.yaml has the same and a test compares them."""
    return {
        "TableName": table_name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    }


def create(client: DynamoDBClient, table_name: str) -> bool:
    """Create the table and wait until it can be used; False if it was there already."""
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
            f"The table {table_name} exists with another key than `id` (a string). Give another "
            "name in TABLE_NAME, or delete that table."
        )
    return created


def _active(client: DynamoDBClient, table_name: str) -> DescribeTableOutputTypeDef:
    # Not botocore's waiter: its shortest pause is a second, and an engine on a laptop is ready in
    # a tenth of that.
    deadline = time.monotonic() + _ACTIVE_WITHIN_S
    while True:
        answer = client.describe_table(TableName=table_name)
        status = answer["Table"].get("TableStatus")
        # UPDATING is a table in use whose billing or backups are being changed.
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
        created = create(connect(), settings.table_name)
    except (MissingSetting, TableMismatch, TimeoutError, ValueError, BotoCoreError) as error:
        endpoint = os.environ.get("AWS_ENDPOINT_URL_DYNAMODB")
        print(error, file=sys.stderr)
        if endpoint and not isinstance(error, MissingSetting):
            print(f"AWS_ENDPOINT_URL_DYNAMODB is {endpoint}.", file=sys.stderr)
        return 1
    print(f"Table {settings.table_name}: {'created' if created else 'already there'}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(_main())
