"""Conditional requests (RFC 9110 §13), and writes that are refused: neither may change anything."""

from __future__ import annotations

from openapi_first.conformance.judging.checks import (
    CONDITIONAL_READ,
    CONDITIONAL_WRITE,
    UNCHANGED,
)
from openapi_first.conformance.life_cycle.reads import Reads, entity_tag
from openapi_first.conformance.model.declarations import declared_response, header_parameter
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.phases.comparison import difference
from openapi_first.conformance.phases.steps import Steps, json_body, succeeded
from openapi_first.conformance.roles.created_resources import CreatedResource
from openapi_first.conformance.roles.resources import Resource
from openapi_first.openapi.model import Operation

_UNKNOWN_TAG = '"' + "0" * 32 + '"'


class Conditions:
    """The conditional requests to one resource."""

    def __init__(self, steps: Steps, resource: Resource, reads: Reads) -> None:
        self._steps = steps
        self._resource = resource
        self._reads = reads

    def read(self, created: CreatedResource, latest_read: Exchange) -> None:
        """If-None-Match gets a 304 for the current entity tag, which stays the same without
        writes."""
        operation, tag = self._resource.read, entity_tag(latest_read)
        assert operation is not None
        if tag is None or header_parameter(operation, "If-None-Match") is None:
            return
        again = self._steps.ask(operation, "read again", created)
        if json_body(again) != json_body(latest_read):
            self._steps.note(operation, "changes without a write, so its ETag was not checked")
            return
        complaint: str | None = None
        if again.response.header("ETag") != tag:
            complaint = "the ETag changed without a write"
        self._steps.record(CONDITIONAL_READ, operation, again, complaint)
        declares_304 = declared_response(operation, 304) is not None
        for condition, is_current in (
            (tag, True),
            (_UNKNOWN_TAG, False),
            (f'"another", {tag}', True),
            (f"W/{tag.removeprefix('W/')}", True),
            ("*", True),
        ):
            title, headers = f"If-None-Match: {condition}", {"If-None-Match": condition}
            exchange = self._steps.ask(operation, title, created, headers=headers)
            status = exchange.response.status
            complaint = None
            if is_current and declares_304 and status != 304:
                complaint = (
                    f"the status is {status}, but the client has the current version: expected "
                    "304 (RFC 9110 §13.1.2)"
                )
            if not is_current and status == 304:
                complaint = (
                    "the status is 304, but the client does not have the current version (RFC 9110 "
                    "§13.1.2)"
                )
            self._steps.record(CONDITIONAL_READ, operation, exchange, complaint)

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
        for tag in (stale, _UNKNOWN_TAG):
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

    def delete(self, created: CreatedResource) -> None:
        """A stale If-Match removes nothing."""
        operation, read = self._resource.delete, self._resource.read
        if operation is None or read is None or header_parameter(operation, "If-Match") is None:
            return
        before = self._steps.ask(read, "read before", created)
        title, headers = "remove with a stale If-Match", {"If-Match": _UNKNOWN_TAG}
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
