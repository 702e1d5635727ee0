"""Removes what was created, and asks for what does not exist."""

from __future__ import annotations

import uuid

from openapi_first.conformance.judging.checks import LIFE_CYCLE, REMOVED
from openapi_first.conformance.life_cycle.links import CreationLinks
from openapi_first.conformance.life_cycle.reads import entity_tag
from openapi_first.conformance.model.declarations import declared_response, header_parameter
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.phases.steps import Steps, succeeded
from openapi_first.conformance.roles.created_resources import CreatedResource
from openapi_first.conformance.roles.resources import Resource
from openapi_first.openapi.model import Operation

GONE = (404, 410)
ACCEPTED = 202


class Removal:
    def __init__(self, steps: Steps, resource: Resource, links: CreationLinks) -> None:
        self._steps = steps
        self._resource = resource
        self._links = links

    def ask_for_nothing(self) -> None:
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

    def remove(self, created: CreatedResource) -> bool:
        """Removes what was created; whether it was removed."""
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
            if status in GONE and self._resource.read is not None:
                complaint = f"the status is {status} for what was created"
                steps.record(LIFE_CYCLE, operation, exchange, complaint)
            else:
                note_refusal(steps, operation, exchange)
            return False
        steps.record(LIFE_CYCLE, operation, exchange)
        self._links.count_as_followed(operation, exchange)
        if status == ACCEPTED:
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
        if not any(declared_response(read, status) for status in GONE):
            self._steps.note(
                operation,
                f"not checked whether it removes: declare what {read.id} answers for what does "
                "not exist, such as 404",
            )
            return
        exchange = self._steps.ask(read, "read what was removed", created)
        self._steps.record(REMOVED, operation, exchange, _found(exchange, "was removed"))


def note_refusal(steps: Steps, operation: Operation, exchange: Exchange) -> None:
    """Notes a refusal that the contract does not rule out."""
    steps.note(
        operation,
        f"not checked what it writes: it answers {exchange.response.status} to "
        f"`{exchange.case.title}`; add an example that it accepts",
    )


def _found(exchange: Exchange, what: str) -> str | None:
    """The complaint about a request that succeeds although its target cannot exist."""
    status = exchange.response.status
    return f"the status is {status} for what {what}" if status < 400 else None


def _may_create(operation: Operation) -> bool:
    return any(response.status == "201" for response in operation.responses)
