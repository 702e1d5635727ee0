"""Changes of what is there: by PUT, by JSON Patches, and by merge patches, which also remove."""

from __future__ import annotations

from typing import Any

from openapi_first.conformance.judging.checks import LIFE_CYCLE
from openapi_first.conformance.life_cycle.conditions import Conditions
from openapi_first.conformance.life_cycle.links import CreationLinks
from openapi_first.conformance.life_cycle.reads import Reads, entity_tag
from openapi_first.conformance.life_cycle.removal import ACCEPTED, GONE, note_refusal
from openapi_first.conformance.model.declarations import header_parameter
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.model.runtime_expressions import NoValue, evaluate
from openapi_first.conformance.phases.comparison import difference
from openapi_first.conformance.phases.steps import Steps, json_body, succeeded
from openapi_first.conformance.phases.written_bodies import merges, patches_by_steps
from openapi_first.conformance.roles.created_resources import CreatedResource
from openapi_first.conformance.roles.members import json_schemas
from openapi_first.conformance.roles.resources import Resource
from openapi_first.openapi.model import Operation


class Changes:
    """The changes of one resource. What only GET shows is compared with what was written."""

    def __init__(
        self,
        steps: Steps,
        resource: Resource,
        reads: Reads,
        conditions: Conditions,
        links: CreationLinks,
    ) -> None:
        self._steps = steps
        self._resource = resource
        self._reads = reads
        self._conditions = conditions
        self._links = links

    def make(
        self, created: CreatedResource, read: Exchange | None, bodies: list[Any]
    ) -> Exchange | None:
        """PUT, then PATCH; the latest read. `read` is the latest one before, `bodies` are those of
        other writes. Raises StopAtFinding."""
        for operation in (self._resource.update, self._resource.patch):
            if operation is None:
                continue
            body = self._changing_body(operation, created, read, bodies)
            if body is None and operation.body is not None and operation.body.required:
                self._steps.note(operation, "not called, since no body could be made up")
                continue
            read = self._change(created, operation, body, read) or read
            if merges(operation) and read is not None:
                removal = _removing(self._steps, operation, json_body(read))
                if removal is not None:
                    read = self._change(created, operation, removal, read) or read
        return read

    def _changing_body(
        self,
        operation: Operation,
        created: CreatedResource,
        read: Exchange | None,
        bodies: list[Any],
    ) -> Any:
        """A body that changes what was created, if there is one."""
        shown = json_body(read if read is not None else created.creation)
        if patches_by_steps(operation):
            return _json_patch(shown, bodies)
        found = self._steps.bodies(operation)
        return next((each for each in found if difference(each, shown)), found[-1])

    def _change(
        self, created: CreatedResource, operation: Operation, body: Any, read: Exchange | None
    ) -> Exchange | None:
        """Changes what was created, and compares; the read after the change."""
        steps = self._steps
        old_tag = entity_tag(read)
        parameter = header_parameter(operation, "If-Match")
        headers = {}
        if parameter is not None and parameter.required and old_tag is not None:
            headers = {"If-Match": old_tag}
        exchange = steps.ask(operation, "change it", created, body=body, headers=headers)
        if not succeeded(exchange):
            status = exchange.response.status
            if status in GONE and read is not None:
                complaint = f"the status is {status} for what was created"
                steps.record(LIFE_CYCLE, operation, exchange, complaint)
            else:
                note_refusal(steps, operation, exchange)
            return None
        if exchange.response.status == ACCEPTED:
            steps.note(operation, "answers 202, and what it changes may change later")
            return None
        steps.compare_response(operation, exchange)
        self._links.count_as_followed(operation, exchange)
        self._check_identity(created, operation, exchange)
        again = self._reads.compared(created, operation, exchange, before=read)
        if again is None or old_tag is None or read is None:
            return again
        same: str | None = None
        if entity_tag(again) == old_tag and not self._reads.same_body(read, again):
            same = "the ETag is the same as before the change"
        steps.record(LIFE_CYCLE, operation, exchange, same)
        is_steady = not self._reads.changes_by_itself
        if parameter is not None and is_steady and entity_tag(again) != old_tag:
            self._conditions.write(created, operation, old_tag)
            assert self._resource.read is not None
            return steps.ask(self._resource.read, "read", created)
        return again

    def _check_identity(
        self, created: CreatedResource, operation: Operation, exchange: Exchange
    ) -> None:
        """The creation's expressions find the same values in the response to an update that has
        the same schema."""
        created_schemas, own = (
            {each.followed().identity for each in json_schemas(found)}
            for found in (self._resource.create, operation)
        )
        if not created_schemas & own:
            return
        expressions = self._steps.conversation.identifying(self._resource)
        for name, expression in expressions.items():
            try:
                value = evaluate(
                    expression, operation.path, exchange.case.request, exchange.response
                )
            except NoValue:
                continue
            complaint = None if str(value) == created.variables[name] else f"{name} has changed"
            self._steps.record(LIFE_CYCLE, operation, exchange, complaint)


def _json_patch(shown: Any, bodies: list[Any]) -> list[dict[str, Any]] | None:
    """A JSON Patch (RFC 6902) that replaces a member by the value that another body gives it; None
    if there is none."""
    for body in bodies if isinstance(shown, dict) else ():
        for name, value in body.items() if isinstance(body, dict) else ():
            if name in shown and shown[name] != value and value is not None:
                path = "/" + name.replace("~", "~0").replace("/", "~1")
                return [{"op": "replace", "path": path, "value": value}]
    return None


def _removing(steps: Steps, operation: Operation, shown: Any) -> Any:
    """A merge patch that removes a member that is there (RFC 7396: by null), None if none may."""
    for name in sorted(steps.request_members(operation)) if isinstance(shown, dict) else ():
        if shown.get(name) is not None and steps.allows(operation, {name: None}):
            return {name: None}
    return None
