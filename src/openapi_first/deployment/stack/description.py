"""A stack as CloudFormation describes it (AWS: API_Stack)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_first.deployment.account.aws import Account, Refused

_NAME = re.compile("[A-Za-z][A-Za-z0-9-]{0,127}")


@dataclass(frozen=True)
class Stack:
    """`id` names it when it is deleted, too. `reason` is what CloudFormation says of its status,
    `rollback` its RollbackConfiguration."""

    name: str
    id: str
    status: str
    reason: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    rollback: Mapping[str, Any]
    protected: bool


@dataclass(frozen=True)
class Resource:
    """`id` is the physical one: a table's name, an alarm's name."""

    logical_id: str
    type: str
    id: str
    status: str
    reason: str


def check_name(name: str) -> str:
    """What is wrong with a stack's name; "" if it is right (AWS: API_CreateStack)."""
    if _NAME.fullmatch(name):
        return ""
    return (
        f"{name!r} is no name of a stack: take a letter, then letters, digits and hyphens, "
        "128 at most."
    )


def find(account: Account, name: str) -> Stack | None:
    """The stack of this name or id; None if there is none, or no more. Raises Refused."""
    try:
        (found,) = account.call("cloudformation", "describe_stacks", StackName=name)["Stacks"]
    except Refused as refused:
        if refused.code == "ValidationError" and "does not exist" in str(refused):
            return None
        raise
    if found["StackStatus"] == "DELETE_COMPLETE":
        return None
    return Stack(
        name=found["StackName"],
        id=found.get("StackId", name),
        status=found["StackStatus"],
        reason=" ".join(found.get("StackStatusReason", "").split()),
        outputs=_table(found, "Outputs", "OutputKey", "OutputValue"),
        parameters=_table(found, "Parameters", "ParameterKey", "ParameterValue"),
        tags=_table(found, "Tags", "Key", "Value"),
        rollback=_rollback(found.get("RollbackConfiguration", {})),
        protected=bool(found.get("EnableTerminationProtection")),
    )


def resources(account: Account, stack_id: str) -> Iterator[Resource]:
    """The resources of a stack; for one that is deleted, those that it had. Raises Refused."""
    for each in account.listed(
        "cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=stack_id
    ):
        yield Resource(
            each["LogicalResourceId"],
            each["ResourceType"],
            each.get("PhysicalResourceId", ""),
            each["ResourceStatus"],
            " ".join(each.get("ResourceStatusReason", "").split()),
        )


def failures(account: Account, stack: Stack) -> list[str]:
    """What CloudFormation could not do with the resources of the stack, newest event first.

    The cancelled ones are left out: they say nothing of the cause.
    """
    return [
        f"{each.logical_id} ({each.type}): {each.reason or each.status}"
        for each in resources(account, stack.id)
        if each.status.endswith("_FAILED") and "cancelled" not in each.reason
    ]


def _rollback(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "RollbackTriggers": list(found.get("RollbackTriggers", [])),
        "MonitoringTimeInMinutes": found.get("MonitoringTimeInMinutes", 0),
    }


def _table(found: Mapping[str, Any], key: str, name: str, value: str) -> dict[str, str]:
    return {each[name]: each.get(value, "") for each in found.get(key, [])}
