"""The life of one resource: created, read, listed, changed under conditions, removed.

What is judged follows from links, path variables, standard headers and declared statuses. A refusal
that the contract does not rule out, such as a 409, is a note.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from openapi_first.conformance.judging.checks import LIFE_CYCLE
from openapi_first.conformance.life_cycle.conditions import Conditions
from openapi_first.conformance.life_cycle.idempotency import check_idempotency
from openapi_first.conformance.life_cycle.links import CreationLinks
from openapi_first.conformance.life_cycle.lists import ListChecks
from openapi_first.conformance.life_cycle.patches import json_patch, removing
from openapi_first.conformance.life_cycle.reads import Reads, entity_tag
from openapi_first.conformance.life_cycle.removal import ACCEPTED, GONE, Removal, note_refusal
from openapi_first.conformance.model.declarations import header_parameter
from openapi_first.conformance.model.run import Exchange, Phase
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


class LifeCycle:
    def __init__(self, steps: Steps, resource: Resource, links: tuple[Link, ...], url: str) -> None:
        self._steps = steps
        self._resource = resource
        self._links = CreationLinks(steps, resource, links)
        self._url = url
        self._reads = Reads(steps, resource)
        self._conditions = Conditions(steps, resource, self._reads)
        self._removal = Removal(steps, resource, self._links)

    def walk(self) -> None:
        """Each part is judged by itself. Raises ConnectionLost, CannotJudge, StopAtFinding."""
        resource, steps = self._resource, self._steps
        bodies: list[Any] = []
        created = read = None
        with self._part("creation"):
            if variable_names(resource.create.path) and steps.target(resource.create.path) is None:
                line = "not called, since nothing could be created that its path needs"
                steps.note(resource.create, line)
                return
            bodies = steps.bodies(resource.create)
            created = self._created(bodies)
        if created is None:
            return
        creation = created.creation
        with self._part("reads"):
            self._check_location(created)
            if creation.response.status == ACCEPTED and not self._reads.is_there(created):
                steps.note(resource.create, "answers 202, and what it creates is not there yet")
                return
            read = self._reads.compared(created, resource.create, creation)
        if read is not None:
            with self._part("links"):
                self._links.follow(creation)
            with self._part("conditional reads"):
                self._conditions.read(created, read)
        with self._part("changes"):
            self._update(created, read, bodies)
        with self._part("conditional removal"):
            self._conditions.delete(created)
        with self._part("refused writes"):
            self._conditions.refused_writes(created)
        with self._part("idempotency keys"):
            check_idempotency(steps, resource, bodies)
        self._list_and_remove(created, bodies)

    def _created(self, bodies: list[Any]) -> CreatedResource | None:
        create, steps = self._resource.create, self._steps
        created, creation = steps.create(self._resource, _richest(bodies))
        if not succeeded(creation):
            created, creation = steps.create(self._resource, bodies[0])
        if created is None and not succeeded(creation):
            note_refusal(steps, create, creation)
        return created

    def _list_and_remove(self, created: CreatedResource, bodies: list[Any]) -> None:
        listing = self._resource.listing
        checks = None
        with self._part("lists"):
            if listing is not None:
                checks = ListChecks(self._steps, self._resource, listing, created)
                checks.present(bodies)
        with self._part("what does not exist"):
            self._removal.ask_for_nothing()
        with self._part("removal"):
            if self._removal.remove(created) and checks is not None:
                checks.absent(created)

    def _part(self, name: str) -> AbstractContextManager[None]:
        return self._steps.part(self._resource.create, f"{Phase.LIFE_CYCLE.value}: {name}")

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


def _richest(bodies: list[Any]) -> Any:
    """The body with the most members."""
    return max(bodies, key=lambda each: len(each) if isinstance(each, dict) else 0)
