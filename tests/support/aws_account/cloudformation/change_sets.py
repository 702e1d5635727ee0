"""CloudFormation's change sets and their stacks (AWS: CloudFormation API Reference)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from support.aws_account.cloudformation import plan
from support.aws_account.cloudformation.execution import Execution
from support.aws_account.cloudformation.stacks import (
    NO_CHANGES,
    NO_UPDATES,
    UPDATABLE,
    ChangeSet,
    Settings,
    Stack,
    note_stack,
)
from support.aws_account.cloudformation.templates import read
from support.aws_account.messages import AwsError, invalid
from support.aws_account.region import Region

_NAMED = "Stack with id {name} does not exist"


class ChangeSets:
    """`stacks` has all stacks that there have been, by their ids. `fails`: see Execution."""

    def __init__(self, region: Region, fails: Callable[[str, str], str | None]) -> None:
        self._region, self._fails = region, fails
        self.stacks: dict[str, Stack] = {}

    def find(self, name: str) -> Stack | None:
        """A stack by its name, if it is not deleted, or by its id."""
        if name in self.stacks:
            return self.stacks[name]
        there = (each for each in self.stacks.values() if not each.deleted)
        return next((each for each in there if each.name == name), None)

    def create_change_set(
        self, stack_name: str, change_set_name: str, change_set_type: str = "UPDATE", **asked: Any
    ) -> dict[str, Any]:
        """AWS: API_CreateChangeSet. It has made the change set when it returns."""
        stack = self.find(stack_name)
        if change_set_type == "UPDATE" or (change_set_type == "IMPORT" and stack is not None):
            if stack is None or stack.status == "REVIEW_IN_PROGRESS":
                raise invalid(f"Stack [{stack_name}] does not exist")
            self._check_updatable(stack)
        elif stack is None:
            stack = self._new(stack_name)
        elif stack.status != "REVIEW_IN_PROGRESS":
            detail = f"cannot be created again with the changeSet [{change_set_name}]"
            raise invalid(f"Stack [{stack_name}] already exists and {detail}.")
        if change_set_name in stack.change_sets:
            message = f"ChangeSet {change_set_name} cannot be created; it exists already"
            raise AwsError("AlreadyExistsException", message)
        made = self._change_set(stack, change_set_name, change_set_type, asked)
        if stack.id not in self.stacks:
            self.stacks[stack.id] = stack
            stack.reason = "User Initiated"
            note_stack(self._region, stack)
        stack.change_sets[made.name] = made
        return {"Id": made.id, "StackId": stack.id}

    def describe_change_set(self, change_set_name: str, stack_name: str = "") -> dict[str, Any]:
        stack, found = self._found(change_set_name, stack_name)
        settings = found.settings
        return {
            **found.summary,
            "StackId": stack.id,
            "StackName": stack.name,
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": str(value)}
                for name, value in found.template.parameters.items()
            ],
            "Changes": found.changes,
            "Tags": list(settings.tags),
            "RollbackConfiguration": dict(settings.rollback),
        }

    def list_change_sets(self, stack_name: str) -> dict[str, Any]:
        stack = self._stack(stack_name)
        return {
            "Summaries": [
                {**each.summary, "StackId": stack.id, "StackName": stack.name}
                for each in stack.change_sets.values()
            ]
        }

    def delete_change_set(self, change_set_name: str, stack_name: str = "") -> dict[str, Any]:
        stack, found = self._found(change_set_name, stack_name)
        del stack.change_sets[found.name]
        return {}

    def execute_change_set(
        self,
        change_set_name: str,
        stack_name: str = "",
        disable_rollback: bool = False,
        retain_except_on_create: bool = False,
        **_: Any,
    ) -> dict[str, Any]:
        """AWS: API_ExecuteChangeSet. The other change sets of the stack are deleted."""
        stack, found = self._found(change_set_name, stack_name)
        if found.status != "CREATE_COMPLETE":
            detail = f"cannot be executed in its current status of [{found.status}]"
            raise AwsError("InvalidChangeSetStatus", f"ChangeSet [{found.id}] {detail}")
        if stack.status != "REVIEW_IN_PROGRESS":
            self._check_updatable(stack)
        stack.change_sets.clear()
        Execution(self._region, stack, self._fails).run(
            found, keep_failed=disable_rollback, retain_except_on_create=retain_except_on_create
        )
        return {}

    def _change_set(
        self, stack: Stack, name: str, kind: str, asked: Mapping[str, Any]
    ) -> ChangeSet:
        if asked.get("use_previous_template"):
            assert stack.template is not None
            body = stack.template.body
        else:
            body = asked.get("template_body") or self._body(asked)
        template = read(body, asked.get("parameters", []), stack.parameters, self._region)
        settings = _settings(stack.settings, asked)
        plan.check_capabilities(template, settings)
        imports = plan.imports(asked.get("resources_to_import", []))
        changes, is_empty = plan.changes(template, settings, self._region, stack)
        identifier = self._region.arn(
            "cloudformation", f"changeSet/{name}/{self._region.made_id()}"
        )
        made = ChangeSet(
            name,
            identifier,
            kind,
            template,
            settings,
            self._region.clock.text(),
            changes,
            imports,
        )
        if kind == "UPDATE" and is_empty:
            reason = NO_UPDATES if template.is_transformed else NO_CHANGES
            made.status, made.reason = "FAILED", reason
        return made

    def _body(self, asked: Mapping[str, Any]) -> str:
        bucket, _, key = unquote(urlsplit(asked["template_url"]).path).strip("/").partition("/")
        return self._region.storage.object(bucket, key).decode()

    def _new(self, name: str) -> Stack:
        identifier = self._region.arn("cloudformation", f"stack/{name}/{self._region.made_id()}")
        return Stack(name, identifier, self._region.clock.text())

    def _check_updatable(self, stack: Stack) -> None:
        if stack.status not in UPDATABLE:
            detail = f"is in {stack.status} state and can not be updated."
            raise invalid(f"Stack:{stack.id} {detail}")

    def _stack(self, name: str, *, quoted: bool = False) -> Stack:
        found = self.find(name)
        if found is None:
            raise invalid(f"Stack [{name}] does not exist" if quoted else _NAMED.format(name=name))
        return found

    def _found(self, change_set: str, stack: str) -> tuple[Stack, ChangeSet]:
        stacks = [self._stack(stack)] if stack else list(self.stacks.values())
        for each in stacks:
            for found in each.change_sets.values():
                if change_set in (found.name, found.id):
                    return each, found
        raise AwsError("ChangeSetNotFound", f"ChangeSet [{change_set}] does not exist", 404)


def _settings(before: Settings, asked: Mapping[str, Any]) -> Settings:
    """AWS: API_UpdateStack, API_RollbackConfiguration. What is not given stays; an empty list of
    tags removes them."""
    return Settings(
        tuple(asked["tags"]) if "tags" in asked else before.tags,
        asked.get("role_arn", before.role),
        tuple(asked.get("notification_arns", before.notifications)),
        {**before.rollback, **asked.get("rollback_configuration", {})},
        tuple(asked.get("capabilities", ())),
    )
