"""CloudFormation's operations (AWS: CloudFormation API Reference)."""

from __future__ import annotations

from typing import Any

from support.aws_account.cloudformation.change_sets import ChangeSets
from support.aws_account.cloudformation.execution import Execution
from support.aws_account.cloudformation.templates import read
from support.aws_account.messages import AwsError, invalid


class CloudFormation(ChangeSets):
    """The operations on stacks; those on change sets are inherited."""

    def describe_stacks(self, stack_name: str = "") -> dict[str, Any]:
        if stack_name:
            return {"Stacks": [self._stack(stack_name).described()]}
        return {"Stacks": [each.described() for each in self.stacks.values() if not each.deleted]}

    def create_stack(
        self,
        stack_name: str,
        disable_rollback: bool = False,
        on_failure: str = "ROLLBACK",
        enable_termination_protection: bool = False,
        **asked: Any,
    ) -> dict[str, Any]:
        if self.find(stack_name) is not None:
            raise AwsError("AlreadyExistsException", f"Stack [{stack_name}] already exists")
        stack = self._new(stack_name)
        made = self._change_set(stack, "create", "CREATE", asked)
        stack.is_protected = enable_termination_protection
        self.stacks[stack.id] = stack
        keep = disable_rollback or on_failure == "DO_NOTHING"
        Execution(self._region, stack, self._fails).run(
            made, keep_failed=keep, retain_except_on_create=False
        )
        return {"StackId": stack.id}

    def update_stack(self, stack_name: str, **asked: Any) -> dict[str, Any]:
        """AWS: API_UpdateStack. Without changes it is refused, but a template that is transformed
        is updated all the same (observed in
        https://github.com/localstack/localstack/pull/10782)."""
        stack = self.find(stack_name)
        if stack is None:
            raise invalid(f"Stack [{stack_name}] does not exist")
        self._check_updatable(stack)
        made = self._change_set(stack, "update", "UPDATE", asked)
        if made.status == "FAILED" and not made.template.is_transformed:
            raise invalid("No updates are to be performed.")
        Execution(self._region, stack, self._fails).run(
            made, keep_failed=False, retain_except_on_create=False
        )
        return {"StackId": stack.id}

    def continue_update_rollback(
        self, stack_name: str, resources_to_skip: list[str] | None = None, **_: Any
    ) -> dict[str, Any]:
        stack = self._stack(stack_name)
        if stack.status != "UPDATE_ROLLBACK_FAILED":
            detail = f"is in {stack.status} state and can not be rolled back further"
            raise invalid(f"Stack:{stack.id} {detail}.")
        Execution(self._region, stack, self._fails).continue_rollback(resources_to_skip or [])
        return {}

    def delete_stack(
        self, stack_name: str, retain_resources: list[str] | None = None, **_: Any
    ) -> None:
        """AWS: API_DeleteStack. There need not be such a stack."""
        stack = self.find(stack_name)
        if stack is None or stack.deleted:
            return
        if stack.is_protected:
            raise invalid(
                f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
            )
        if stack.status.endswith("_IN_PROGRESS") and stack.status != "REVIEW_IN_PROGRESS":
            detail = f"cannot be deleted while in status {stack.status}"
            raise invalid(f"Stack [{stack.name}] {detail}")
        if retain_resources and stack.status != "DELETE_FAILED":
            raise invalid(
                "Invalid operation on stack: RetainResources can only be specified when the stack "
                "is in the DELETE_FAILED state"
            )
        Execution(self._region, stack, self._fails).delete(retain_resources or [])

    def update_termination_protection(
        self, stack_name: str, enable_termination_protection: bool
    ) -> dict[str, Any]:
        stack = self._stack(stack_name)
        stack.is_protected = enable_termination_protection
        return {"StackId": stack.id}

    def describe_stack_events(self, stack_name: str, **_: Any) -> dict[str, Any]:
        return {"StackEvents": list(reversed(self._stack(stack_name, quoted=True).events))}

    def list_stack_resources(self, stack_name: str, **_: Any) -> dict[str, Any]:
        moment = self._region.clock.text()
        return {
            "StackResourceSummaries": [
                {**each, "LastUpdatedTimestamp": moment}
                for each in self._stack(stack_name).listed_resources()
            ]
        }

    def describe_stack_resources(
        self, stack_name: str, logical_resource_id: str = ""
    ) -> dict[str, Any]:
        stack, moment = self._stack(stack_name), self._region.clock.text()
        own = {"StackName": stack.name, "StackId": stack.id, "Timestamp": moment}
        found = [
            {**own, **each}
            for each in stack.listed_resources()
            if logical_resource_id in ("", each["LogicalResourceId"])
        ]
        return {"StackResources": found}

    def describe_stack_resource(self, stack_name: str, logical_resource_id: str) -> dict[str, Any]:
        stack, moment = self._stack(stack_name), self._region.clock.text()
        for each in stack.listed_resources():
            if each["LogicalResourceId"] == logical_resource_id:
                return {"StackResourceDetail": {**each, "LastUpdatedTimestamp": moment}}
        detail = f"Resource {logical_resource_id} does not exist for stack {stack_name}"
        raise invalid(detail)

    def get_template(
        self, stack_name: str, change_set_name: str = "", template_stage: str = "Original"
    ) -> dict[str, Any]:
        template = self._stack(stack_name).template
        if change_set_name:
            template = self._found(change_set_name, stack_name)[1].template
        if template is None:
            return {"TemplateBody": "", "StagesAvailable": []}
        assert template_stage == "Original"
        return {"TemplateBody": template.body, "StagesAvailable": ["Original", "Processed"]}

    def get_template_summary(self, stack_name: str = "", **asked: Any) -> dict[str, Any]:
        """AWS: API_GetTemplateSummary, of a stack or of a template."""
        if stack_name:
            template = self._stack(stack_name).template
            written = {} if template is None else template.processed
        else:
            body = asked.get("template_body") or self._body(asked)
            written = read(body, [], {}, self._region).processed
        return {
            "Parameters": [
                {
                    "ParameterKey": name,
                    "DefaultValue": each.get("Default"),
                    "ParameterType": each["Type"],
                    "NoEcho": bool(each.get("NoEcho", False)),
                }
                for name, each in written.get("Parameters", {}).items()
            ],
            "ResourceTypes": sorted(
                {each["Type"] for each in written.get("Resources", {}).values()}
            ),
        }
