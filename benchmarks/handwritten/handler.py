"""A hand-written Lambda without a contract or validation, as the baseline."""

from __future__ import annotations

import json
import os
from typing import Any

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    item_id = (event.get("pathParameters") or {}).get("id")
    if item_id is not None:
        found = table.get_item(Key={"id": item_id}).get("Item")
        return {"statusCode": 200 if found else 404, "body": json.dumps(found)}
    return {"statusCode": 200, "body": json.dumps(table.scan(Limit=20)["Items"])}
