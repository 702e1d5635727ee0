"""The life of one resource: created, read, listed, changed under conditions, removed.

What is judged follows from links, path variables, standard headers and declared statuses.
"""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager
from typing import Any

from openapi_first.conformance.judging.checks import LIFE_CYCLE, LINK, REMOVED
from openapi_first.conformance.model.created_resources import CreatedResource, location_variables
from openapi_first.conformance.model.declarations import declared_response, header_parameter
from openapi_first.conformance.model.resources import Resource
from openapi_first.conformance.model.run import Exchange, Expectation, Phase
from openapi_first.conformance.model.runtime_expressions import NoValue, evaluate
from openapi_first.conformance.phases.conditions import Conditions
from openapi_first.conformance.phases.idempotency import check_idempotency
from openapi_first.conformance.phases.listing import check_list, check_paging
from openapi_first.conformance.phases.steps import Steps, difference, json_body, succeeded
from openapi_first.openapi.links import Link
from openapi_first.openapi.model import Operation

_GONE = (404, 410)
_LISTED_CREATIONS = 4


class LifeCycle:
    def __init__(self, steps: Steps, resource: Resource, links: tuple[Link, ...], url: str) -> None:
        self._steps = steps
        self._resource = resource
        self._links = links
        self._url = url
        self._conditions = Conditions(steps, resource)

    def walk(self) -> None:
        """Each part is judged by itself. Raises ConnectionLost, CannotJudge, StopAtFinding."""
        resource, steps = self._resource, self._steps
        bodies: list[Any] = []
        created = read = None
        with self._part("creation"):
            bodies = steps.bodies(resource.create)
            created, creation = steps.create(resource, bodies[0])
            if created is None:
                self._record_nothing_created(creation)
        if created is None:
            return
        creation = created.creation
        with self._part("reads"):
            self._check_location(created)
            read = self._read(created, resource.create, creation)
        if read is not None:
            with self._part("links"):
                self._follow_links(creation)
            with self._part("conditional reads"):
                self._conditions.read(created, read)
        with self._part("changes"):
            self._update(created, read)
        with self._part("conditional removal"):
            self._conditions.delete(created)
        with self._part("refused writes"):
            self._conditions.refused_writes(created)
        with self._part("idempotency keys"):
            check_idempotency(steps, resource, bodies, self._url)
        if resource.listing is not None:
            with self._part("lists"):
                for number in range(1, _LISTED_CREATIONS + 1):
                    steps.create(resource, bodies[number % len(bodies)])
                check_list(steps, resource.listing, resource)
            with self._part("pages"):
                check_paging(steps, resource.listing, resource)
        with self._part("what does not exist"):
            self._request_what_does_not_exist()
        with self._part("removal"):
            self._remove(created)

    def _part(self, name: str) -> AbstractContextManager[None]:
        return self._steps.part(self._resource.create, f"{Phase.LIFE_CYCLE.value}: {name}")

    def _record_nothing_created(self, creation: Exchange) -> None:
        """A finding, unless the contract leaves open whether the request is refused."""
        operation = self._resource.create
        complaint = f"the status is {creation.response.status}, and nothing was created"
        if creation.case.expectation is Expectation.ALLOWED:
            self._steps.record(LIFE_CYCLE, operation, creation, complaint)
        else:
            reason = f"no request could be made up that must be accepted: {complaint}"
            step = Phase.LIFE_CYCLE.value
            self._steps.conversation.unjudged.record(operation.id, step, reason)

    def _check_location(self, created: CreatedResource) -> None:
        response = created.creation.response
        location = response.header("Location")
        if location is None:
            return
        found = location_variables(self._resource.path, response, self._url)
        complaint = None
        if found != created.variables:
            complaint = f"Location is {location}, not the path of what was created"
        self._steps.record(LIFE_CYCLE, self._resource.create, created.creation, complaint)

    def _read(
        self, created: CreatedResource, operation: Operation, write: Exchange
    ) -> Exchange | None:
        """Reads what the operation has written and compares; None if it cannot be read."""
        read = self._resource.read
        if read is None:
            return None
        exchange = self._steps.ask(read, "read what was written", created)
        if not succeeded(exchange):
            complaint: str | None = f"the status is {exchange.response.status} for what was written"
            self._steps.record(LIFE_CYCLE, read, exchange, complaint)
            return None
        found = self._difference(read, operation, write, exchange)
        complaint = f"{found} when what was written is read" if found else None
        self._steps.record(LIFE_CYCLE, read, exchange, complaint)
        written_tag, read_tag = write.response.header("ETag"), exchange.response.header("ETag")
        if written_tag is not None and read_tag is not None:
            complaint = None
            if written_tag != read_tag:
                complaint = "the ETag is not the one in the response to the write"
            self._steps.record(LIFE_CYCLE, read, exchange, complaint)
        return exchange

    def _difference(
        self, read: Operation, operation: Operation, write: Exchange, exchange: Exchange
    ) -> str | None:
        """What of a write, and of its response, is missing or different in a read."""
        body, written = json_body(exchange), json_body(write)
        sent = self._steps.readable_members(operation, write.case.request)
        found = difference(sent, body)
        if found is not None or not isinstance(written, dict) or not isinstance(body, dict):
            return found
        shared = {name: value for name, value in written.items() if name in body}
        missing = sorted(set(written) & self._steps.response_members(read) - set(body))
        return difference(shared, body) or (f"`{missing[0]}` is missing" if missing else None)

    def _follow_links(self, creation: Exchange) -> None:
        """Follows every link of the creation's response that leads to a GET."""
        for link in self._links:
            if link.source is not self._resource.create or link.target.method != "GET":
                continue
            try:
                values = {
                    (key.partition(" ")[0], key.partition(" ")[2]): evaluate(
                        value, link.source.path, creation.case.request, creation.response
                    )
                    for key, value in link.parameters.items()
                }
            except NoValue:
                complaint: str | None = f"the response has no value for the link {link.name}"
                self._steps.record(LINK, link.source, creation, complaint)
                continue
            exchange = self._steps.ask(link.target, f"follow {link.name}", values=values)
            complaint = None
            if not succeeded(exchange):
                complaint = f"the link {link.name} leads to a {exchange.response.status}"
            self._steps.record(LINK, link.source, exchange, complaint)
            self._steps.saw_link(link)

    def _count_as_followed(self, operation: Operation, exchange: Exchange) -> None:
        """A successful write follows the creation's links to its operation."""
        for link in self._links:
            if link.source is self._resource.create and link.target is operation:
                self._steps.record(LINK, link.source, exchange)
                self._steps.saw_link(link)

    def _update(self, created: CreatedResource, read: Exchange | None) -> None:
        steps = self._steps
        for operation in (self._resource.update, self._resource.patch):
            if operation is None:
                continue
            bodies = steps.bodies(operation)
            original = json_body(created.creation)
            body = next((each for each in bodies if difference(each, original)), bodies[-1])
            exchange = steps.ask(operation, "change it", created, body=body)
            if not succeeded(exchange):
                complaint: str | None = (
                    f"the status is {exchange.response.status} for what was created"
                )
                steps.record(LIFE_CYCLE, operation, exchange, complaint)
                continue
            steps.compare_response(operation, exchange)
            self._count_as_followed(operation, exchange)
            self._check_identity(created, operation, exchange)
            again = self._read(created, operation, exchange)
            old_tag = read.response.header("ETag") if read is not None else None
            if again is None or old_tag is None:
                continue
            complaint = None
            if again.response.header("ETag") == old_tag:
                complaint = "the ETag is the same as before the change"
            steps.record(LIFE_CYCLE, operation, exchange, complaint)
            if header_parameter(operation, "If-Match") is not None:
                self._conditions.write(created, operation, old_tag)
                assert self._resource.read is not None
                read = steps.ask(self._resource.read, "read", created)

    def _check_identity(
        self, created: CreatedResource, operation: Operation, exchange: Exchange
    ) -> None:
        """The creation's expressions find the same values in the response to an update."""
        for name, expression in (self._resource.variables or {}).items():
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
            status = exchange.response.status
            complaint = (
                None if status in _GONE else f"the status is {status} for what does not exist"
            )
            steps.record(LIFE_CYCLE, operation, exchange, complaint)

    def _remove(self, created: CreatedResource) -> None:
        operation, steps = self._resource.delete, self._steps
        if operation is None:
            return
        exchange = steps.ask(operation, "remove it", created)
        complaint: str | None = None
        if not succeeded(exchange):
            complaint = f"the status is {exchange.response.status}"
        steps.record(LIFE_CYCLE, operation, exchange, complaint)
        if not succeeded(exchange):
            return
        self._count_as_followed(operation, exchange)
        self._check_removed(operation, created)
        again = steps.ask(operation, "remove it again", created)
        complaint = None
        if not succeeded(again) and again.response.status not in _GONE:
            complaint = f"the status is {again.response.status} the second time"
        steps.record(REMOVED, operation, again, complaint)
        for change in (self._resource.update, self._resource.patch):
            if change is not None and not _may_create(change):
                late = steps.ask(change, "change what was removed", created)
                status = late.response.status
                complaint = (
                    None if status in _GONE else f"the status is {status} for what was removed"
                )
                steps.record(REMOVED, operation, late, complaint)
        self._check_removed(operation, created)
        if self._resource.listing is not None:
            check_list(steps, self._resource.listing, self._resource, absent=created)

    def _check_removed(self, operation: Operation, created: CreatedResource) -> None:
        if self._resource.read is None:
            return
        exchange = self._steps.ask(self._resource.read, "read what was removed", created)
        status = exchange.response.status
        complaint = None if status in _GONE else f"the status is {status} for what was removed"
        self._steps.record(REMOVED, operation, exchange, complaint)


def _may_create(operation: Operation) -> bool:
    return any(response.status == "201" for response in operation.responses)
