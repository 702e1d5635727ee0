"""Single steps with resources: create, request, and compare reads with writes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.judging.check_types import Check
from openapi_first.conformance.judging.checks import LIFE_CYCLE
from openapi_first.conformance.model.coverage import Point
from openapi_first.conformance.model.created_resources import CreatedResource
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.resources import Resource
from openapi_first.conformance.model.run import Case, Exchange, Expectation, Phase
from openapi_first.conformance.phases.conversation import Conversation
from openapi_first.openapi.links import Link
from openapi_first.openapi.model import Operation
from openapi_first.samples.boundary_values import boundary_values

_MISSING = object()


def succeeded(exchange: Exchange) -> bool:
    return 200 <= exchange.response.status < 300


def json_body(exchange: Exchange) -> Any:
    """The value of a JSON body, None if there is none."""
    try:
        return json.loads(exchange.response.body or b"null")
    except ValueError:
        return None


def difference(written: Any, read: Any) -> str | None:
    """What of the written value is missing or different in the value that was read, None if
    nothing is. Members that only the server writes do not count."""
    if not isinstance(written, dict) or not isinstance(read, dict):
        return None if written == read else "the body is different"
    for name, value in written.items():
        if read.get(name, _MISSING) != value:
            return f"`{name}` is {'missing' if name not in read else 'different'}"
    return None


class Steps:
    def __init__(self, setup: Setup, conversation: Conversation) -> None:
        self.setup = setup
        self.conversation = conversation

    def target(self, path: str) -> CreatedResource | None:
        """The created resource that fills a path template, created now if there is none; None if
        the path does not need one."""
        owner = self.setup.owner(path)
        if owner is None:
            return None
        for created in reversed(self.conversation.created):
            if created.resource is owner:
                return created
        return self.create(owner)[0]

    def create(
        self, resource: Resource, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[CreatedResource | None, Exchange]:
        """Creates something, and compares the response with the request."""
        exchange = self.ask(resource.create, "create", body=body, headers=headers)
        number = exchange.number
        found = (each for each in self.conversation.created if each.creation.number == number)
        created = next(found, None)
        if succeeded(exchange):
            self.compare_response(resource.create, exchange)
        return created, exchange

    def ask(
        self,
        operation: Operation,
        title: str,
        target: CreatedResource | None = None,
        *,
        body: Any = None,
        headers: dict[str, str] | None = None,
        values: dict[tuple[str, str], Any] | None = None,
    ) -> Exchange:
        """Sends one request of the operation to `target`, or to whatever its path needs."""
        if target is None:
            target = self.target(operation.path)
        request = self.setup.builder.request(operation, values, body)
        request = _with_headers(request, headers or {})
        expectation = self.setup.readers[operation.id].expectation(request)
        is_conditional_write = operation.method != "GET" and "If-Match" in (headers or {})
        if is_conditional_write and expectation is Expectation.ALLOWED:
            expectation = Expectation.OPEN
        case = Case(title, Phase.LIFE_CYCLE, operation.id, request, expectation)
        return self.conversation.send(case, target)

    def record(
        self,
        check: Check,
        operation: Operation,
        exchange: Exchange,
        complaint: str | None = None,
    ) -> None:
        """Raises StopAtFinding."""
        self.conversation.ledger.record(check, operation.id, complaint, exchange=exchange)

    def saw_link(self, link: Link) -> None:
        name = f"{link.source.method} {link.source.path}"
        self.conversation.seen[Point(name, "link", f"{link.status} {link.name}")] += 1

    def compare_response(self, operation: Operation, exchange: Exchange) -> None:
        """Compares the response to a write with what was written."""
        body = json_body(exchange)
        found = None
        if isinstance(body, dict):
            found = difference(self.readable_members(operation, exchange.case.request), body)
        complaint = f"{found} in the response to the write" if found else None
        self.record(LIFE_CYCLE, operation, exchange, complaint)

    def readable_members(self, operation: Operation, request: Request) -> dict[str, Any]:
        """The members of a request's body that the operation's responses have, too."""
        try:
            sent = json.loads(request.body or b"null")
        except ValueError:
            return {}
        if not isinstance(sent, dict):
            return {}
        known = self.response_members(operation)
        return {name: value for name, value in sent.items() if name in known}

    def response_members(self, operation: Operation) -> set[str]:
        """The members that successful responses of the operation declare."""
        found: set[str] = set()
        for response in operation.responses:
            for entry in response.content if response.status[0] == "2" else ():
                if entry.schema is not None:
                    lowered = self.setup.schemas.response(entry.schema)
                    properties = lowered.merged(lowered.schema).get("properties", {})
                    found |= {name for name, part in properties.items() if part != {"not": {}}}
        return found

    def bodies(self, operation: Operation) -> list[Any]:
        """Different bodies that match the operation's schema, the plain one first."""
        if operation.body is None:
            return [None]
        found: list[Any] = []
        for entry in operation.body.content:
            if entry.schema is None or "json" not in entry.name:
                continue
            lowered = self.setup.schemas.request(entry.schema)
            found.append(self.setup.builder.plain_body(entry))
            found += [
                each.value
                for each in boundary_values(lowered, self.setup.rng)
                if isinstance(each.value, dict) and lowered.allows(each.value)
            ]
        distinct = {json.dumps(each, sort_keys=True): each for each in found}
        return list(distinct.values()) or [None]

    def forbidden_body(self, operation: Operation) -> Any:
        """A body that violates its schema, None if every body matches."""
        for entry in operation.body.content if operation.body is not None else ():
            if entry.schema is not None and "json" in entry.name:
                lowered = self.setup.schemas.request(entry.schema)
                for each in boundary_values(lowered, self.setup.rng):
                    if each.value is not None and not lowered.allows(each.value):
                        return each.value
        return None


def _with_headers(request: Request, headers: dict[str, str]) -> Request:
    """The request with these headers; they replace those of the same name."""
    names = {name.lower() for name in headers}
    kept = tuple(pair for pair in request.headers if pair[0].lower() not in names)
    return replace(request, headers=(*kept, *headers.items()))
