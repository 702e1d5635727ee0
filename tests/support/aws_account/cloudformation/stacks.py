"""Stacks and change sets as data, and how the API describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from support.aws_account.cloudformation.kind import Made
from support.aws_account.cloudformation.templates import Template
from support.aws_account.region import Region

UPDATABLE = frozenset(
    {
        *("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"),
        *("IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE", "CREATE_FAILED", "UPDATE_FAILED"),
    }
)
"""AWS: view-stack-data-resources, stack status codes."""
NO_CHANGES = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)

NO_UPDATES = "No updates are to be performed."
"""The reason of an empty change set; the second of a template that is transformed (observed in
https://github.com/aws/aws-cdk/issues/10650)."""


_STACK = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Settings:
    """What a stack keeps between its operations, and each operation may change."""

    tags: tuple[Mapping[str, str], ...] = ()
    role: str = ""
    notifications: tuple[str, ...] = ()
    rollback: Mapping[str, Any] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()


@dataclass
class ChangeSet:
    """`template` and `settings` are what the stack will have."""

    name: str
    id: str
    type: str
    template: Template
    settings: Settings
    created: str
    changes: list[dict[str, Any]]
    imports: Mapping[str, str] = field(default_factory=dict)
    """The names of existing resources by their logical ids."""
    status: str = "CREATE_COMPLETE"
    reason: str = ""

    @property
    def summary(self) -> dict[str, Any]:
        can_run = self.status == "CREATE_COMPLETE"
        return {
            "ChangeSetId": self.id,
            "ChangeSetName": self.name,
            "Status": self.status,
            "StatusReason": self.reason or None,
            "ExecutionStatus": "AVAILABLE" if can_run else "UNAVAILABLE",
            "CreationTime": self.created,
        }


@dataclass(frozen=True)
class Listed:
    """A resource as it is listed."""

    physical_id: str
    type: str
    status: str
    reason: str


@dataclass
class Stack:
    """`events` are in their order; the API has the last one first."""

    name: str
    id: str
    created: str
    status: str = "REVIEW_IN_PROGRESS"
    reason: str = ""
    updated: str = ""
    deleted: str = ""
    template: Template | None = None
    settings: Settings = Settings()
    is_protected: bool = False
    outputs: list[dict[str, Any]] = field(default_factory=list)
    resources: dict[str, Made] = field(default_factory=dict)
    listed: dict[str, Listed] = field(default_factory=dict)
    """The resources that it lists; after its end those that it had."""
    kept: list[Made] = field(default_factory=list)
    """What was left in the account when the stack let it go."""
    events: list[dict[str, Any]] = field(default_factory=list)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, str]:
        """The values as strings, those of NoEcho included."""
        if self.template is None:
            return {}
        return {name: _text(value) for name, value in self.template.parameters.items()}

    def described(self) -> dict[str, Any]:
        """As DescribeStacks returns it."""
        return {
            "StackId": self.id,
            "StackName": self.name,
            "StackStatus": self.status,
            "StackStatusReason": self.reason or None,
            "CreationTime": self.created,
            "LastUpdatedTime": self.updated or None,
            "DeletionTime": self.deleted or None,
            "Parameters": _shown(self.template),
            "Outputs": self.outputs or None,
            "Tags": list(self.settings.tags),
            "Capabilities": list(self.settings.capabilities),
            "NotificationARNs": list(self.settings.notifications),
            "RoleARN": self.settings.role or None,
            "RollbackConfiguration": dict(self.settings.rollback),
            "EnableTerminationProtection": self.is_protected,
            "DisableRollback": False,
        }

    def listed_resources(self) -> list[dict[str, Any]]:
        """AWS: API_StackResourceSummary, without the time."""
        return [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": each.physical_id or None,
                "ResourceType": each.type,
                "ResourceStatus": each.status,
                "ResourceStatusReason": each.reason or None,
            }
            for name, each in self.listed.items()
        ]


def note_stack(region: Region, stack: Stack) -> None:
    """Writes the stack's status into its events."""
    note(region, stack, stack.name, Listed(stack.id, _STACK, stack.status, stack.reason))


def note(region: Region, stack: Stack, logical_id: str, listed: Listed) -> None:
    stack.events.append(
        {
            "StackId": stack.id,
            "EventId": f"{logical_id}-{region.made_id()}",
            "StackName": stack.name,
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": listed.physical_id,
            "ResourceType": listed.type,
            "Timestamp": region.clock.text(),
            "ResourceStatus": listed.status,
            "ResourceStatusReason": listed.reason or None,
        }
    )


def _shown(template: Template | None) -> list[dict[str, str]] | None:
    if template is None:
        return None
    declared = template.processed.get("Parameters", {})
    return [
        {
            "ParameterKey": name,
            "ParameterValue": "****" if declared[name].get("NoEcho") else _text(value),
        }
        for name, value in template.parameters.items()
    ] or None


def _text(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)
