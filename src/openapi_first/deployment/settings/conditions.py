"""What an account must have for the parameters; CloudFormation would find out after minutes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openapi_first.deployment.account.aws import Account, Refused
from openapi_first.deployment.account.failures import DENIED
from openapi_first.templates.files.tags import read_file


def check_account(account: Account, template: Path, parameters: Mapping[str, str]) -> None:
    """Raises Refused with every condition that the account does not meet, one a line."""
    wrong = [*_table(account, template, parameters), *_log_role(account, parameters)]
    if wrong:
        raise Refused("\n".join(wrong))


def _table(account: Account, template: Path, parameters: Mapping[str, str]) -> Iterator[str]:
    """The table to be taken up exists and has the keys that the template declares."""
    name = parameters.get("ExistingTable", "")
    if not name:
        return
    try:
        found = account.call("dynamodb", "describe_table", TableName=name)["Table"]
    except Refused as refused:
        if refused.code != "ResourceNotFoundException":
            raise
        yield (
            f"ExistingTable={name}: there is no such table in {account}. Its tables: aws dynamodb "
            f"list-tables {' '.join(account.options)}"
        )
        return
    for declared in _declared_tables(template):
        if _keys(declared) != _keys(found):
            yield (
                f"ExistingTable={name} has the key {_shown(found)}, and the template needs "
                f"{_shown(declared)}: name another table."
            )
    if found.get("TableStatus") not in ("ACTIVE", "UPDATING"):
        yield f"ExistingTable={name} is {found.get('TableStatus')}: wait until it is ACTIVE."


def _declared_tables(template: Path) -> Iterator[Mapping[str, Any]]:
    for resource in read_file(template).value["Resources"].values():
        if resource.get("Type") == "AWS::DynamoDB::Table":
            yield resource["Properties"]


def _keys(table: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Name, role and type of each attribute of the key."""
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    return sorted(
        (each["AttributeName"], each["KeyType"], types[each["AttributeName"]])
        for each in table["KeySchema"]
    )


def _shown(table: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} ({role}, {kind})" for name, role, kind in _keys(table))


def _log_role(account: Account, parameters: Mapping[str, str]) -> Iterator[str]:
    """API Gateway can write access logs (AWS: API_GetAccount, cloudwatchRoleArn)."""
    if parameters.get("ApiGatewayAccountRole") != "exists":
        return
    try:
        found = account.call("apigateway", "get_account")
    except Refused as refused:
        if refused.code in DENIED:
            print(
                "It is not checked whether API Gateway has a role for logs: these credentials may "
                "not call apigateway:GET on /account."
            )
            return
        raise
    if not found.get("cloudwatchRoleArn"):
        yield (
            f"API Gateway has no role for logs in {account}, so the stage could not write its "
            "access log: add PARAMETERS='ApiGatewayAccountRole=create', which sets one for all "
            "APIs of this account and region."
        )
