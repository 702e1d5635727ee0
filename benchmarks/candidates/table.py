"""The DynamoDB table as most services use it: with `boto3.resource`, and short timeouts."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

_CONFIG = Config(
    connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
)


class Table:
    """Makes the calls that the sample service makes."""

    def __init__(self, name: str) -> None:
        self._table = boto3.resource("dynamodb", config=_CONFIG).Table(name)
        self._taken = self._table.meta.client.exceptions.ConditionalCheckFailedException

    def put(self, item: dict[str, Any]) -> bool:
        """False if there is an item with the id."""
        try:
            self._table.put_item(Item=item, ConditionExpression="attribute_not_exists(id)")
        except self._taken:
            return False
        return True

    def get(self, id: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self._table.get_item(
            Key={"id": id}, ConsistentRead=True
        ).get("Item")
        return found

    def page(self, limit: int, after: str | None) -> tuple[list[dict[str, Any]], str | None]:
        start: Any = {} if after is None else {"ExclusiveStartKey": {"id": after}}
        answer: Any = self._table.scan(Limit=limit, **start)
        return answer["Items"], answer.get("LastEvaluatedKey", {}).get("id")
