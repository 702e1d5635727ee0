"""Conditional requests (RFC 9110 §13), and writes that are refused: neither may change anything."""

from __future__ import annotations

from openapi_first.conformance.judging.checks import CONDITIONAL_WRITE, UNCHANGED
from openapi_first.conformance.life_cycle.conditional_reads import (
    UNKNOWN_TAG,
    check_conditional_read,
)
from openapi_first.conformance.life_cycle.reads import Reads, entity_tag
from openapi_first.conformance.model.declarations import declared_response, header_parameter
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.phases.comparison import difference
from openapi_first.conformance.phases.steps import Steps, json_body, succeeded
from openapi_first.conformance.roles.created_resources import CreatedResource
from openapi_first.conformance.roles.resources import Resource
from openapi_first.openapi.model import Operation

_ACCEPTED = 202


class Conditions:
    """The conditional requests to one resource."""

    def __init__(self, steps: Steps, resource: Resource, reads: Reads) -> None:
        self._steps = steps
        self._resource = resource
        self._reads = reads

    def read(self, created: CreatedResource, latest_read: Exchange) -> None:
        """Conditional reads of what was created."""
        assert self._resource.read is not None
        check_conditional_read(self._steps, self._resource.read, latest_read, created)

    def write(self, created: CreatedResource, operation: Operation, stale: str) -> None:
        """Only writes with the current entity tag succeed."""
        steps, read = self._steps, self._resource.read
        assert read is not None
        before = steps.ask(read, "read before", created)
        current = entity_tag(before)
        shown = json_body(before)
        bodies = steps.bodies(operation)
        body = next((each for each in bodies if difference(each, shown)), None)
        if body is None:
            return  # a stale If-Match may succeed if it changes nothing (RFC 9110 §13.1.1)
        for tag in (stale, UNKNOWN_TAG):
            title, headers = "change with a stale If-Match", {"If-Match": tag}
            exchange = steps.ask(operation, title, created, body=body, headers=headers)
            self._refused_as_stale(operation, exchange)
            self._unchanged(created, operation, before)
        if current is not None and not current.startswith("W/"):  # weak ones match none (§13.1.1)
            title, headers = "change with the current If-Match", {"If-Match": current}
            exchange = steps.ask(operation, title, created, body=body, headers=headers)
            complaint: str | None = None
            if exchange.response.status == 412:
                complaint = f"the status is {exchange.response.status} for the current entity tag"
            steps.record(CONDITIONAL_WRITE, operation, exchange, complaint)
            if succeeded(exchange) and exchange.response.status != _ACCEPTED:
                self._reads.compared(created, operation, exchange, before=before)

    def delete(self, created: CreatedResource) -> None:
        """A stale If-Match removes nothing."""
        operation, read = self._resource.delete, self._resource.read
        if operation is None or read is None or header_parameter(operation, "If-Match") is None:
            return
        before = self._steps.ask(read, "read before", created)
        title, headers = "remove with a stale If-Match", {"If-Match": UNKNOWN_TAG}
        exchange = self._steps.ask(operation, title, created, headers=headers)
        self._refused_as_stale(operation, exchange)
        self._unchanged(created, operation, before)

    def refused_writes(self, created: CreatedResource) -> None:
        """A body that violates its schema changes nothing."""
        read, steps = self._resource.read, self._steps
        for operation in (self._resource.update, self._resource.patch):
            body = steps.forbidden_body(operation) if operation is not None else None
            if operation is None or read is None or body is None:
                continue
            before = steps.ask(read, "read before", created)
            exchange = steps.ask(operation, "a body that violates its schema", created, body=body)
            if not succeeded(exchange):
                self._unchanged(created, operation, before)

    def _refused_as_stale(self, operation: Operation, exchange: Exchange) -> None:
        status = exchange.response.status
        declares_412 = declared_response(operation, 412) is not None
        refused = status == 412 if declares_412 else 400 <= status < 500
        complaint = None
        if not refused:
            complaint = f"the status is {status} for a stale If-Match (RFC 9110 §13.1.1)"
        self._steps.record(CONDITIONAL_WRITE, operation, exchange, complaint)

    def _unchanged(self, created: CreatedResource, operation: Operation, before: Exchange) -> None:
        read = self._resource.read
        assert read is not None
        after = self._steps.ask(read, "read after a refusal", created)
        same = after.response.status == before.response.status and self._reads.same_body(
            before, after
        )
        check = CONDITIONAL_WRITE if operation is self._resource.delete else UNCHANGED
        complaint = None if same else "a write was refused but changed something"
        self._steps.record(check, operation, after, complaint)
