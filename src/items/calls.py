"""The calls of DynamoDB for a table with the key `id`; every call has a timeout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from items.failures import translated
from items.versions import Condition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from items.direct_client import DirectClient

    Client: TypeAlias = DynamoDBClient | DirectClient


# A call takes at most 9 s (see items.connection), a round has two calls, the function has 25 s.
LAST_ROUND_BEGINS_WITHIN_S = 6.0
"""For loops of calls: how long after its start a loop may begin another round."""


class TableCalls:
    """Items are attributes here, as DynamoDB has them. Thread-safe, as the client is.

    The methods raise `items.failures.StoreError`, and ConditionFailed for a false condition.
    """

    def __init__(self, client: Client, table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def get(self, key: str) -> Mapping[str, Any] | None:
        """A consistent read; None if there is no item."""
        with translated():
            answer = self._client.get_item(
                TableName=self._table_name, Key={"id": {"S": key}}, ConsistentRead=True
            )
        return answer.get("Item")

    def put(self, attributes: Mapping[str, Any], condition: Condition) -> None:
        with translated():
            self._client.put_item(
                TableName=self._table_name, Item=attributes, **_conditional(condition)
            )

    def update(
        self, key: str, fields: Mapping[str, str | None], condition: Condition
    ) -> Mapping[str, Any]:
        """Sets the fields, removes those that are None, and returns all attributes of the item.

        The condition must require an item: without that, UpdateItem would create it.
        """
        given = {name: value for name, value in fields.items() if value is not None}
        update = "SET " + ", ".join(f"#{name} = :{name}" for name in given)
        if removed := [f"#{name}" for name in fields if name not in given]:
            update += " REMOVE " + ", ".join(removed)
        with translated():
            answer = self._client.update_item(
                TableName=self._table_name,
                Key={"id": {"S": key}},
                UpdateExpression=update,
                ConditionExpression=condition.expression,
                ExpressionAttributeNames={
                    **{f"#{name}": name for name in fields},
                    **condition.names,
                },
                ExpressionAttributeValues={
                    **{f":{name}": {"S": value} for name, value in given.items()},
                    **condition.values,
                },
                ReturnValues="ALL_NEW",
            )
        return answer["Attributes"]

    def delete(self, key: str, condition: Condition | None = None) -> None:
        """Without a condition, also a success if there is no item."""
        with translated():
            self._client.delete_item(
                TableName=self._table_name, Key={"id": {"S": key}}, **_conditional(condition)
            )

    def scan(self, limit: int, after: str | None) -> tuple[Sequence[Mapping[str, Any]], str | None]:
        """Up to `limit` items after a key, and the key to continue from; None at the end."""
        start: dict[str, Any] = {}
        if after is not None:
            start = {"ExclusiveStartKey": {"id": {"S": after}}}
        with translated():
            answer = self._client.scan(TableName=self._table_name, Limit=limit, **start)
        last = answer.get("LastEvaluatedKey")
        return answer["Items"], last["id"]["S"] if last else None


def _conditional(condition: Condition | None) -> dict[str, Any]:
    if condition is None:
        return {}
    parameters: dict[str, Any] = {
        "ConditionExpression": condition.expression,
        "ExpressionAttributeNames": condition.names,
    }
    if condition.values:
        parameters["ExpressionAttributeValues"] = condition.values
    return parameters
