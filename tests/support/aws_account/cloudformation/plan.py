"""What a change set would change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from support.aws_account.cloudformation import resources
from support.aws_account.cloudformation.stacks import Settings, Stack
from support.aws_account.cloudformation.templates import Template
from support.aws_account.cloudformation.values import UNKNOWN, outputs, values_of
from support.aws_account.messages import AwsError, invalid
from support.aws_account.region import Region

_IAM = frozenset(
    {
        *("AWS::IAM::AccessKey", "AWS::IAM::Group", "AWS::IAM::InstanceProfile"),
        *("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User"),
    }
)


def check_capabilities(template: Template, settings: Settings) -> None:
    """AWS: using-iam-template, acknowledging IAM resources. Raises AwsError."""
    made = [each for each in template.resources.values() if each["Type"] in _IAM]
    named = any(
        name in each.get("Properties", {})
        for each in made
        for name in ("RoleName", "UserName", "GroupName", "ManagedPolicyName")
    )
    needed = "CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM"
    if made and not {needed, "CAPABILITY_NAMED_IAM"} & set(settings.capabilities):
        raise AwsError("InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]")


def imports(asked: list[Mapping[str, Any]]) -> dict[str, str]:
    """The names of existing resources by logical ids (AWS: API_ResourceToImport)."""
    found = {}
    for each in asked:
        name = resources.imported_by(each["ResourceType"])
        if name not in each["ResourceIdentifier"]:
            raise invalid(f"{each['ResourceType']} is not identified by {name or 'anything here'}")
        found[each["LogicalResourceId"]] = each["ResourceIdentifier"][name]
    return found


def changes(
    template: Template, settings: Settings, region: Region, stack: Stack
) -> tuple[list[dict[str, Any]], bool]:
    """The changes of resources, and whether nothing at all is different."""
    values = values_of(template, region, stack)
    order = values.ordered()
    found = []
    for logical_id, written in order:
        present = stack.resources.get(logical_id)
        properties = values.properties(written)
        if present is None:
            found.append(_change("Add", logical_id, written["Type"]))
        elif resources.is_replaced(present, written, properties):
            found.append(_change("Modify", logical_id, written["Type"], "True"))
        elif present.properties != properties or _is_other(present.written, written):
            found.append(_change("Modify", logical_id, written["Type"], "False"))
    names = {logical_id for logical_id, _ in order}
    for logical_id, made in stack.resources.items():
        if logical_id not in names:
            found.append(_change("Remove", logical_id, made.type))
    present_outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.outputs}
    new_outputs = {
        each["OutputKey"]: each["OutputValue"] for each in outputs(template, region, stack)
    }
    same = new_outputs == present_outputs or UNKNOWN in str(new_outputs)
    return found, not found and same and settings.tags == stack.settings.tags


def _is_other(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    names = ("Metadata", "DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy")
    return any(old.get(name) != new.get(name) for name in names)


def _change(action: str, logical_id: str, kind: str, replacement: str = "") -> dict[str, Any]:
    change = {"Action": action, "LogicalResourceId": logical_id, "ResourceType": kind}
    if replacement:
        change["Replacement"] = replacement
    return {"Type": "Resource", "ResourceChange": change}
