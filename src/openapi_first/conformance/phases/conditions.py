"""Conditional requests (RFC 9110 §13): who holds the current entity tag is spared or let through,
who holds a stale one changes nothing; nor does any other write that was refused."""

from __future__ import annotations

from openapi_first.conformance.judging.checks import declared_response
from openapi_first.conformance.model.resources import Resource
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.phases.conversation import Thing
from openapi_first.conformance.phases.steps import Steps, json_body, succeeded, takes
from openapi_first.openapi.model import Operation

_ABSENT_TAG = '"' + "0" * 32 + '"'


class Conditions:
    """Asks things of one resource under conditions."""

    def __init__(self, steps: Steps, resource: Resource) -> None:
        self._steps = steps
        self._resource = resource

    def read(self, thing: Thing, read: Exchange) -> None:
        """If-None-Match spares what the client has; the tag stays while nothing is written."""
        operation, tag = self._resource.read, read.response.header("ETag")
        assert operation is not None
        if tag is None or not takes(operation, "if-none-match"):
            return
        again = self._steps.ask(operation, "read again", thing)
        detail: str | None = None
        if again.response.header("ETag") != tag:
            detail = "the ETag has changed, and nothing was written"
        self._steps.hold(operation, "conditional-read", detail, again)
        declares = declared_response(operation, 304) is not None
        for held, same in (
            (tag, True),
            (_ABSENT_TAG, False),
            (f'"another", {tag}', True),
            (f"W/{tag.removeprefix('W/')}", True),
            ("*", True),
        ):
            exchange = self._steps.ask(
                operation, f"If-None-Match: {held}", thing, headers={"If-None-Match": held}
            )
            status = exchange.response.status
            detail = None
            if same and declares and status != 304:
                detail = f"answered {status}, and the client has it (RFC 9110 §13.1.2)"
            if not same and status == 304:
                detail = "answered 304, and the client has another (RFC 9110 §13.1.2)"
            self._steps.hold(operation, "conditional-read", detail, exchange)

    def write(self, thing: Thing, operation: Operation, stale: str) -> None:
        """If-Match lets through who holds the current tag alone."""
        steps, read = self._steps, self._resource.read
        assert read is not None
        before = steps.ask(read, "read before", thing)
        current = before.response.header("ETag")
        bodies = steps.bodies(operation)
        for held in (stale, _ABSENT_TAG):
            exchange = steps.ask(
                operation, "change with a stale If-Match", thing,
                body=bodies[0], headers={"If-Match": held},
            )  # fmt: skip
            self._refused_as_stale(operation, exchange)
            self._unchanged(thing, operation, before)
        if current is not None:
            exchange = steps.ask(
                operation, "change with the current If-Match", thing,
                body=bodies[0], headers={"If-Match": current},
            )  # fmt: skip
            detail: str | None = None
            if not succeeded(exchange):
                detail = f"answered {exchange.response.status} to the current entity tag"
            steps.hold(operation, "conditional-write", detail, exchange)

    def delete(self, thing: Thing) -> None:
        """A stale If-Match removes nothing."""
        operation, read = self._resource.delete, self._resource.read
        if operation is None or read is None or not takes(operation, "if-match"):
            return
        before = self._steps.ask(read, "read before", thing)
        exchange = self._steps.ask(
            operation, "remove with a stale If-Match", thing, headers={"If-Match": _ABSENT_TAG}
        )
        self._refused_as_stale(operation, exchange)
        self._unchanged(thing, operation, before)

    def refused_writes(self, thing: Thing) -> None:
        """A body that is forbidden changes nothing."""
        read, steps = self._resource.read, self._steps
        for operation in (self._resource.update, self._resource.patch):
            body = steps.forbidden_body(operation) if operation is not None else None
            if operation is None or read is None or body is None:
                continue
            before = steps.ask(read, "read before", thing)
            exchange = steps.ask(operation, "a body that is forbidden", thing, body=body)
            if not succeeded(exchange):
                self._unchanged(thing, operation, before)

    def _refused_as_stale(self, operation: Operation, exchange: Exchange) -> None:
        status = exchange.response.status
        declares = declared_response(operation, 412) is not None
        good = status == 412 if declares else 400 <= status < 500
        detail: str | None = (
            None if good else f"answered {status} to a stale If-Match (RFC 9110 §13.1.1)"
        )
        self._steps.hold(operation, "conditional-write", detail, exchange)

    def _unchanged(self, thing: Thing, operation: Operation, before: Exchange) -> None:
        read = self._resource.read
        assert read is not None
        after = self._steps.ask(read, "read after a refusal", thing)
        same = (after.response.status, json_body(after), after.response.header("ETag")) == (
            before.response.status,
            json_body(before),
            before.response.header("ETag"),
        )
        check = "unchanged" if operation is not self._resource.delete else "conditional-write"
        detail: str | None = None if same else "a write was refused, and yet it changed something"
        self._steps.hold(operation, check, detail, after)
