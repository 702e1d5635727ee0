"""What the scripts only look at: the caller, tables and alarms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from support.aws_account.messages import AwsError


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

    def describe_table(self, table_name: str) -> dict[str, Any]:
        table = self._table(table_name)
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

    def update_table(self, table_name: str, **settings: Any) -> dict[str, Any]:
        if settings.keys() != {"deletion_protection_enabled"}:
            raise LookupError(f"UpdateTable: {settings}")
        protected = settings["deletion_protection_enabled"]
        self._table(table_name).settings["DeletionProtectionEnabled"] = protected
        return {"TableDescription": self.describe_table(table_name)["Table"]}

    def delete_table(self, table_name: str) -> dict[str, Any]:
        """AWS: WorkingWithTables, deletion protection."""
        if self._table(table_name).is_protected:
            message = (
                "Resource cannot be deleted as it is currently protected against deletion. "
                "Disable deletion protection first."
            )
            raise AwsError("ValidationException", message)
        description = self.describe_table(table_name)["Table"]
        del self.tables[table_name]
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
        alarm_names: list[str] | None = None,
        alarm_name_prefix: str = "",
        state_value: str = "",
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
            if (alarm_names is None or name in alarm_names) and name.startswith(alarm_name_prefix)
        ]
        chosen = [each for each in found if state_value in ("", each["StateValue"])]
        return {"MetricAlarms": chosen, "CompositeAlarms": []}
