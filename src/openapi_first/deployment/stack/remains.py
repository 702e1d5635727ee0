"""What stays when a stack is deleted, and how to delete it or take it up again."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.deployment.account.aws import Account
from openapi_first.deployment.stack.description import Resource, Stack, resources

TABLE, LOGS = "AWS::DynamoDB::Table", "AWS::Logs::LogGroup"
_GONE_WITH_OTHERS = ("AWS::ApiGateway::Deployment", "AWS::Lambda::Version")
"""CloudFormation leaves them alone, and they go with their API and their function."""


def delete(account: Account, stack: Stack) -> None:
    """Deletes a stack that holds nothing, and waits until it is gone. Raises Refused."""
    account.call("cloudformation", "delete_stack", StackName=stack.id)
    account.wait("cloudformation", "stack_delete_complete", StackName=stack.id)


def remains(account: Account, stack: Stack) -> Iterator[str]:
    """A line for each resource that CloudFormation has skipped, with the command that deletes it.

    CloudFormation lists a deleted stack by its id for 90 days. Raises Refused.
    """
    options = " ".join(account.options)
    for resource in resources(account, stack.id):
        if resource.status == "DELETE_SKIPPED" and resource.type not in _GONE_WITH_OTHERS:
            yield _line(resource, options)
    existing = stack.parameters.get("ExistingTable")
    if existing:
        yield _table(existing, options)


def _line(resource: Resource, options: str) -> str:
    if resource.type == TABLE:
        return _table(resource.id, options)
    if resource.type == LOGS:
        return (
            f"the log {resource.id}, until its events expire. Delete it: aws logs "
            f"delete-log-group --log-group-name {resource.id} {options}"
        )
    if resource.type in ("AWS::ApiGateway::Account", "AWS::IAM::Role"):
        return (
            f"{resource.id} ({resource.type}), with which API Gateway writes the logs of every API "
            "in this account and region: leave it while there are others"
        )
    return f"{resource.id} ({resource.type}, {resource.logical_id})"


def _table(name: str, options: str) -> str:
    which = f"--table-name {name} {options}"
    return (
        f"the table {name}. Take it up again: make deploy PARAMETERS='ExistingTable={name}'. "
        f"Delete it: aws dynamodb update-table {which} --no-deletion-protection-enabled && "
        f"aws dynamodb delete-table {which}"
    )
