"""Runs the operations of stacks: creates, updates and deletes resources, and rolls back.

AWS: using-cfn-updating-stacks-update-behaviors, stack-failure-options,
aws-attribute-deletionpolicy, aws-attribute-updatereplacepolicy, using-cfn-rollback-triggers.
An operation is over when the request that begins it is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from support.aws_account.cloudformation import resources
from support.aws_account.cloudformation.kind import Made
from support.aws_account.cloudformation.stacks import (
    ChangeSet,
    Listed,
    Settings,
    Stack,
    note,
    note_stack,
)
from support.aws_account.cloudformation.templates import Template
from support.aws_account.cloudformation.values import outputs, values_of
from support.aws_account.messages import AwsError
from support.aws_account.region import Region


class Failed(Exception):
    """A resource has failed; the message is the reason."""


class Execution:
    """One operation on a stack. `fails` says why an action on a logical id fails, or nothing; the
    actions are create, update and delete, and those of a rollback begin with `rollback-`."""

    def __init__(
        self, region: Region, stack: Stack, fails: Callable[[str, str], str | None]
    ) -> None:
        self._region, self._stack, self._fails = region, stack, fails
        self._rolling_back = False

    def run(self, changes: ChangeSet, *, keep_failed: bool, retain_except_on_create: bool) -> None:
        """Creates, updates or imports by a change set."""
        stack, kind = self._stack, changes.type
        before = (stack.template, stack.settings, dict(stack.resources), stack.outputs)
        stack.template, stack.settings = changes.template, changes.settings
        if kind != "CREATE":
            stack.updated = self._region.clock.text()
        self._set(f"{kind}_IN_PROGRESS", "User Initiated")
        try:
            released = self._made(changes)
            self._check_triggers()
        except Failed as failure:
            if keep_failed:
                self._set(f"{kind}_FAILED", str(failure))
                return
            self._roll_back(kind, before, str(failure), retain_except_on_create)
            return
        if kind == "UPDATE":
            self._set("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        for made in reversed(released):
            replaced = made.logical_id in stack.resources
            self._let_go(made, made.replace_policy if replaced else made.deletion_policy)
            if not replaced:
                del stack.listed[made.logical_id]
        stack.outputs = outputs(changes.template, self._region, stack)
        self._set(f"{kind}_COMPLETE")

    def delete(self, retained: list[str]) -> None:
        """Deletes the stack; what cannot be deleted makes it DELETE_FAILED."""
        stack = self._stack
        self._set("DELETE_IN_PROGRESS", "User Initiated")
        failed = []
        for made in reversed(list(stack.resources.values())):
            policy = "Retain" if made.logical_id in retained else made.deletion_policy
            if self._let_go(made, policy):
                del stack.resources[made.logical_id]
            else:
                failed.append(made.logical_id)
        if failed:
            names = ", ".join(failed)
            self._set("DELETE_FAILED", f"The following resource(s) failed to delete: [{names}].")
            return
        stack.deleted = self._region.clock.text()
        self._set("DELETE_COMPLETE")

    def continue_rollback(self, skipped: list[str]) -> None:
        """AWS: API_ContinueUpdateRollback."""
        for name in skipped:
            self._note(self._stack.resources[name], "UPDATE_COMPLETE")
        self._set("UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
        self._set("UPDATE_ROLLBACK_COMPLETE")

    def _made(self, changes: ChangeSet) -> list[Made]:
        """Makes the resources what the template says; what is no longer of it is returned."""
        stack, region = self._stack, self._region
        values = values_of(changes.template, region, stack)
        order = values.ordered()
        old, released = dict(stack.resources), []
        for logical_id, written in order:
            properties = values.properties(written)
            present = stack.resources.get(logical_id)
            existing = changes.imports.get(logical_id, "")
            if present is None or resources.is_replaced(present, written, properties):
                if present is not None:
                    released.append(present)
                self._create(logical_id, written, properties, existing)
            elif present.properties != properties:
                self._update(present, written, properties)
            else:
                self._keep(present, written)
        names = {logical_id for logical_id, _ in order}
        for logical_id, made in old.items():
            if logical_id not in names:
                released.append(made)
                del stack.resources[logical_id]
        return released

    def _create(
        self, logical_id: str, written: Mapping[str, Any], properties: Any, existing: str
    ) -> None:
        stack, region = self._stack, self._region
        action = "IMPORT" if existing else "CREATE"
        shown = Made(logical_id, str(written["Type"]), "", "", {}, {}, written)
        self._note(shown, f"{action}_IN_PROGRESS")
        try:
            self._raise_if_told(logical_id, "create")
            made = resources.created(region, stack.name, logical_id, written, properties, existing)
        except AwsError as error:
            self._note(shown, f"{action}_FAILED", error.message)
            raise Failed(f"The following resource(s) failed to create: [{logical_id}].") from error
        stack.resources[logical_id] = made
        self._note(made, f"{action}_COMPLETE")

    def _update(self, made: Made, written: Mapping[str, Any], properties: Any) -> None:
        self._note(made, "UPDATE_IN_PROGRESS")
        try:
            self._raise_if_told(made.logical_id, "update")
            updated = resources.updated(self._region, made, written, properties)
        except AwsError as error:
            self._note(made, "UPDATE_FAILED", error.message)
            message = f"The following resource(s) failed to update: [{made.logical_id}]."
            raise Failed(message) from error
        self._stack.resources[made.logical_id] = updated
        self._note(updated, "UPDATE_COMPLETE")

    def _keep(self, made: Made, written: Mapping[str, Any]) -> None:
        """Policies and metadata may have changed; the service hears nothing of them."""
        self._stack.resources[made.logical_id] = Made(
            made.logical_id,
            made.type,
            made.name,
            made.physical_id,
            made.attributes,
            made.properties,
            written,
        )

    def _check_triggers(self) -> None:
        """A trigger that rings or is missing rolls the operation back."""
        states = self._region.alarms
        for trigger in self._stack.settings.rollback.get("RollbackTriggers", []):
            name = str(trigger["Arn"]).rpartition(":alarm:")[2]
            if name not in states.alarms:
                raise Failed(f"Rollback trigger {trigger['Arn']} could not be found")
            if states.states.get(name) == "ALARM":
                raise Failed(f"Alarm with name {trigger['Arn']} in alarm state")

    def _roll_back(
        self,
        kind: str,
        before: tuple[Template | None, Settings, dict[str, Made], list[dict[str, Any]]],
        reason: str,
        retain_except_on_create: bool,
    ) -> None:
        stack = self._stack
        prefix = "" if kind == "CREATE" else f"{kind}_"
        self._rolling_back = True
        self._set(f"{prefix}ROLLBACK_IN_PROGRESS", reason)
        template, settings, old, old_outputs = before
        failed = False in [self._put_back(made) for made in old.values()]
        failed = not self._undone(old, retain_except_on_create, kind) or failed
        stack.resources.update(old)
        if kind != "CREATE":
            stack.template, stack.settings, stack.outputs = template, settings, old_outputs
            stack.listed = {
                name: each for name, each in stack.listed.items() if name in stack.resources
            }
        self._set(f"{prefix}ROLLBACK_FAILED" if failed else f"{prefix}ROLLBACK_COMPLETE")

    def _undone(self, old: Mapping[str, Made], retain_except_on_create: bool, kind: str) -> bool:
        """Whether what the operation has made is deleted; what it has imported is only let go."""
        stack, done = self._stack, True
        for name, listed in list(stack.listed.items()):
            if listed.status in ("CREATE_FAILED", "IMPORT_FAILED"):
                self._note(Made(name, listed.type, "", "", {}, {}, {}), "DELETE_COMPLETE")
        for made in reversed(list(stack.resources.values())):
            before = old.get(made.logical_id)
            if before is not None and before.physical_id == made.physical_id:
                continue
            policy = made.deletion_policy
            if policy == "RetainExceptOnCreate" or retain_except_on_create:
                policy = "Delete"
            if self._let_go(made, "Retain" if kind == "IMPORT" else policy):
                del stack.resources[made.logical_id]
            else:
                done = kind != "CREATE"  # after an update it is left behind
        return done

    def _put_back(self, old: Made) -> bool:
        """Whether the resource is what it was."""
        present = self._stack.resources.get(old.logical_id, old)
        has_failed = self._stack.listed[old.logical_id].status == "UPDATE_FAILED"
        if present.physical_id != old.physical_id:
            return True
        if present.properties == old.properties and not has_failed:
            return True
        self._note(old, "UPDATE_IN_PROGRESS")
        try:
            self._raise_if_told(old.logical_id, "update")
            resources.updated(self._region, present, old.written, old.properties)
        except AwsError as error:
            self._note(old, "UPDATE_FAILED", error.message)
            return False
        self._note(old, "UPDATE_COMPLETE")
        return True

    def _let_go(self, made: Made, policy: str) -> bool:
        """Whether the resource is no longer the stack's: deleted, or left by its policy."""
        if policy.startswith("Retain"):
            self._stack.kept.append(made)
            self._note(made, "DELETE_SKIPPED")
            return True
        self._note(made, "DELETE_IN_PROGRESS")
        try:
            self._raise_if_told(made.logical_id, "delete")
            resources.deleted(self._region, made)
        except AwsError as error:
            self._note(made, "DELETE_FAILED", error.message)
            return False
        self._note(made, "DELETE_COMPLETE")
        return True

    def _raise_if_told(self, logical_id: str, action: str) -> None:
        reason = self._fails(logical_id, f"rollback-{action}" if self._rolling_back else action)
        if reason is not None:
            raise AwsError("GeneralServiceException", reason)

    def _set(self, status: str, reason: str = "") -> None:
        self._stack.status, self._stack.reason = status, reason
        note_stack(self._region, self._stack)

    def _note(self, made: Made, status: str, reason: str = "") -> None:
        listed = Listed(made.physical_id, made.type, status, reason)
        present = self._stack.resources.get(made.logical_id)
        if present is None or present.physical_id == made.physical_id:  # and not replaced
            self._stack.listed[made.logical_id] = listed
        note(self._region, self._stack, made.logical_id, listed)
