"""What the scripts only look at: the caller, tables and alarms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from support.aws_account.protocols import AwsError


class Tokens:
    """STS (AWS: API_GetCallerIdentity)."""

    def __init__(self, account: str) -> None:
        self._account = account

    def get_caller_identity(self) -> dict[str, Any]:
        arn = f"arn:aws:iam::{self._account}:user/deployer"
        return {"Account": self._account, "UserId": "AIDAEXAMPLE", "Arn": arn}


@dataclass
class Table:
    """`settings` are the properties that the table was made with."""

    name: str
    settings: dict[str, Any]
    items: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_protected(self) -> bool:
        return str(self.settings.get("DeletionProtectionEnabled", False)).lower() == "true"


class Tables:
    """DynamoDB (AWS: API_DescribeTable, API_UpdateTable)."""

    def __init__(self, arn: str) -> None:
        self._arn = arn
        self.tables: dict[str, Table] = {}

    def describe_table(self, TableName: str) -> dict[str, Any]:
        table = self._table(TableName)
        return {
            "Table": {
                "TableName": table.name,
                "TableArn": f"{self._arn}{table.name}",
                "TableStatus": "ACTIVE",
                "KeySchema": table.settings.get("KeySchema", []),
                "AttributeDefinitions": table.settings.get("AttributeDefinitions", []),
                "BillingModeSummary": {
                    "BillingMode": table.settings.get("BillingMode", "PROVISIONED")
                },
                "ItemCount": len(table.items),
                "DeletionProtectionEnabled": table.is_protected,
            }
        }

    def update_table(self, TableName: str, **settings: Any) -> dict[str, Any]:
        if settings.keys() != {"DeletionProtectionEnabled"}:
            raise LookupError(f"UpdateTable: {settings}")
        self._table(TableName).settings |= settings
        return {"TableDescription": self.describe_table(TableName)["Table"]}

    def delete_table(self, TableName: str) -> dict[str, Any]:
        """AWS: WorkingWithTables, deletion protection."""
        if self._table(TableName).is_protected:
            message = (
                "Resource cannot be deleted as it is currently protected against deletion. "
                "Disable deletion protection first."
            )
            raise AwsError("ValidationException", message)
        description = self.describe_table(TableName)["Table"]
        del self.tables[TableName]
        return {"TableDescription": description}

    def _table(self, name: str) -> Table:
        if name not in self.tables:
            message = f"Requested resource not found: Table: {name} not found"
            raise AwsError("ResourceNotFoundException", message)
        return self.tables[name]


class Alarms:
    """CloudWatch (AWS: API_DescribeAlarms); `states` are OK, ALARM or INSUFFICIENT_DATA."""

    def __init__(self, arn: str) -> None:
        self._arn = arn
        self.alarms: dict[str, dict[str, Any]] = {}
        self.states: dict[str, str] = {}

    def describe_alarms(
        self,
        AlarmNames: list[str] | None = None,
        AlarmNamePrefix: str = "",
        StateValue: str = "",
        **_: Any,
    ) -> dict[str, Any]:
        found = [
            {
                "AlarmName": name,
                "AlarmArn": f"{self._arn}{name}",
                "StateValue": self.states.get(name, "OK"),
                **properties,
            }
            for name, properties in self.alarms.items()
            if (AlarmNames is None or name in AlarmNames) and name.startswith(AlarmNamePrefix)
        ]
        chosen = [each for each in found if StateValue in ("", each["StateValue"])]
        return {"MetricAlarms": chosen, "CompositeAlarms": []}
