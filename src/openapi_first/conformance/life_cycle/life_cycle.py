"""The life of one resource: created, read, listed, changed under conditions, removed.

What is judged follows from links, path variables, standard headers and declared statuses. A refusal
that the contract does not rule out, such as a 409, is a note.
"""

from __future__ import annotations

import uuid
from typing import Any

from openapi_first.conformance.judging.checks import LIFE_CYCLE, REMOVED
from openapi_first.conformance.life_cycle.conditions import Conditions
from openapi_first.conformance.life_cycle.idempotency import check_idempotency
from openapi_first.conformance.life_cycle.links import CreationLinks
from openapi_first.conformance.life_cycle.lists import ListChecks
from openapi_first.conformance.life_cycle.patches import json_patch, removing
from openapi_first.conformance.life_cycle.reads import Reads, entity_tag
from openapi_first.conformance.model.declarations import declared_response, header_parameter
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.model.runtime_expressions import NoValue, evaluate
from openapi_first.conformance.phases.comparison import difference
from openapi_first.conformance.phases.steps import (
    Steps,
    json_body,
    merges,
    patches_by_steps,
    succeeded,
)
from openapi_first.conformance.roles.created_resources import CreatedResource, location_variables
from openapi_first.conformance.roles.members import json_schemas
from openapi_first.conformance.roles.resources import Resource
from openapi_first.openapi.links import Link
from openapi_first.openapi.model import Operation
from openapi_first.openapi.path_templates import variable_names

_GONE = (404, 410)
_ACCEPTED = 202


class LifeCycle:
    def __init__(self, steps: Steps, resource: Resource, links: tuple[Link, ...], url: str) -> None:
        self._steps = steps
        self._resource = resource
        self._links = CreationLinks(steps, resource, links)
        self._url = url
        self._reads = Reads(steps, resource)
        self._conditions = Conditions(steps, resource, self._reads)

    def walk(self) -> None:
        """Raises ConnectionLost, CannotJudge, StopAtFinding."""
        resource, steps = self._resource, self._steps
        if variable_names(resource.create.path) and steps.target(resource.create.path) is None:
            line = "not called, since nothing could be created that its path needs"
            steps.note(resource.create, line)
            return
        bodies = steps.bodies(resource.create)
        created, creation = steps.create(resource, _richest(bodies))
        if not succeeded(creation):
            created, creation = steps.create(resource, bodies[0])
        if created is None:
            if not succeeded(creation):
                self._note_refusal(resource.create, creation)
            return
        self._check_location(created)
        if creation.response.status == _ACCEPTED and not self._reads.is_there(created):
            steps.note(resource.create, "answers 202, and what it creates is not there yet")
            return
        read = self._reads.compared(created, resource.create, creation)
        if read is not None:
            self._links.follow(creation)
            self._conditions.read(created, read)
        self._update(created, read, bodies)
        self._conditions.delete(created)
        self._conditions.refused_writes(created)
        check_idempotency(steps, resource, bodies)
        listing = resource.listing
        checks = ListChecks(steps, resource, listing, created) if listing is not None else None
        if checks is not None:
            checks.present(bodies)
        self._request_what_does_not_exist()
        if self._remove(created) and checks is not None:
            checks.absent(created)

    def _note_refusal(self, operation: Operation, exchange: Exchange) -> None:
        self._steps.note(
            operation,
            f"not checked what it writes: it answers {exchange.response.status} to "
            f"`{exchange.case.title}`; add an example that it accepts",
        )

    def _check_location(self, created: CreatedResource) -> None:
        response = created.creation.response
        location = response.header("Location")
        if location is None:
            return
        found = location_variables(self._resource.path, response, self._url)
        complaint = None
        if found != created.variables and not location.partition("?")[0].endswith(created.path):
            complaint = f"Location is {location}, not the path of what was created"
        self._steps.record(LIFE_CYCLE, self._resource.create, created.creation, complaint)

    def _update(self, created: CreatedResource, read: Exchange | None, bodies: list[Any]) -> None:
        for operation in (self._resource.update, self._resource.patch):
            if operation is None:
                continue
            body = self._changing_body(operation, created, read, bodies)
            if body is None and operation.body is not None and operation.body.required:
                self._steps.note(operation, "not called, since no body could be made up")
                continue
            read = self._change(created, operation, body, read) or read
            if merges(operation) and read is not None:
                removal = removing(self._steps, operation, json_body(read))
                if removal is not None:
                    read = self._change(created, operation, removal, read) or read

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
            return json_patch(shown, bodies)
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
            if status in _GONE and read is not None:
                complaint = f"the status is {status} for what was created"
                steps.record(LIFE_CYCLE, operation, exchange, complaint)
            else:
                self._note_refusal(operation, exchange)
            return None
        if exchange.response.status == _ACCEPTED:
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
        identity = self._resource.identity
        created_schemas, own = (
            {each.followed().identity for each in json_schemas(found)}
            for found in (self._resource.create, operation)
        )
        if not created_schemas & own:
            return
        for name, expression in (identity.link or identity.named or {}).items():
            try:
                value = evaluate(
                    expression, operation.path, exchange.case.request, exchange.response
                )
            except NoValue:
                continue
            complaint = None if str(value) == created.variables[name] else f"{name} has changed"
            self._steps.record(LIFE_CYCLE, operation, exchange, complaint)

    def _request_what_does_not_exist(self) -> None:
        """Nothing exists at a made-up path, and only POST creates."""
        steps = self._steps
        for operation in (self._resource.read, self._resource.update, self._resource.patch):
            if operation is None or declared_response(operation, 404) is None:
                continue
            for parameter in operation.parameters:
                schema = parameter.schema.followed().value
                if parameter.location == "path" and schema.get("format") != "uuid":
                    return  # a made-up value may be somebody's
            if _may_create(operation):
                continue
            values = {
                ("path", parameter.name): str(uuid.uuid4())
                for parameter in operation.parameters
                if parameter.location == "path"
            }
            exchange = steps.ask(operation, "what does not exist", values=values)
            complaint = _found(exchange, "does not exist")
            steps.record(LIFE_CYCLE, operation, exchange, complaint)

    def _remove(self, created: CreatedResource) -> bool:
        """Whether it was removed."""
        operation, steps = self._resource.delete, self._steps
        if operation is None:
            return False
        parameter, headers = header_parameter(operation, "If-Match"), {}
        if parameter is not None and parameter.required and self._resource.read is not None:
            tag = entity_tag(steps.ask(self._resource.read, "read", created))
            headers = {"If-Match": tag} if tag is not None else {}
        exchange = steps.ask(operation, "remove it", created, headers=headers)
        status = exchange.response.status
        if not succeeded(exchange):
            if status in _GONE and self._resource.read is not None:
                complaint = f"the status is {status} for what was created"
                steps.record(LIFE_CYCLE, operation, exchange, complaint)
            else:
                self._note_refusal(operation, exchange)
            return False
        steps.record(LIFE_CYCLE, operation, exchange)
        self._links.count_as_followed(operation, exchange)
        if status == _ACCEPTED:
            steps.note(operation, "answers 202, and what it removes may be there for a while")
            return False
        self._check_removed(operation, created)
        again = steps.ask(operation, "remove it again", created, headers=headers)
        # The second time may be a success or a 4xx; a 5xx is what another check finds.
        steps.record(REMOVED, operation, again)
        for change in (self._resource.update, self._resource.patch):
            if change is not None and declared_response(change, 404) and not _may_create(change):
                late = steps.ask(change, "change what was removed", created)
                steps.record(REMOVED, operation, late, _found(late, "was removed"))
        self._check_removed(operation, created)
        return True

    def _check_removed(self, operation: Operation, created: CreatedResource) -> None:
        read = self._resource.read
        if read is None:
            return
        if not any(declared_response(read, status) for status in _GONE):
            self._steps.note(
                operation,
                f"not checked whether it removes: declare what {read.id} answers for what does "
                "not exist, such as 404",
            )
            return
        exchange = self._steps.ask(read, "read what was removed", created)
        self._steps.record(REMOVED, operation, exchange, _found(exchange, "was removed"))


def _found(exchange: Exchange, what: str) -> str | None:
    """The complaint about a request that succeeds although its target cannot exist."""
    status = exchange.response.status
    return f"the status is {status} for what {what}" if status < 400 else None


def _richest(bodies: list[Any]) -> Any:
    """The body with the most members."""
    return max(bodies, key=lambda each: len(each) if isinstance(each, dict) else 0)


def _may_create(operation: Operation) -> bool:
    return any(response.status == "201" for response in operation.responses)
