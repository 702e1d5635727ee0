"""Single steps with resources: create, request, and compare reads with writes."""

from __future__ import annotations

import contextlib
import json
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from openapi_first.conformance.cases.different_bodies import different_bodies
from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.judging.check_types import Check
from openapi_first.conformance.judging.checks import LIFE_CYCLE
from openapi_first.conformance.model.coverage import Point
from openapi_first.conformance.model.declarations import declared_response
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.run import Case, Exchange, Expectation, Phase
from openapi_first.conformance.phases.comparison import Difference, alternatives, difference
from openapi_first.conformance.phases.conversation import Conversation
from openapi_first.conformance.phases.path_values import (
    has_whole_path,
    unproved_variables,
    unused_path,
)
from openapi_first.conformance.phases.written_bodies import json_entry
from openapi_first.conformance.roles.created_resources import CreatedResource
from openapi_first.conformance.roles.members import json_schemas
from openapi_first.conformance.roles.pagers import Values
from openapi_first.conformance.roles.resources import Resource
from openapi_first.core.media_types import is_json
from openapi_first.openapi.links import Link
from openapi_first.openapi.model import Operation
from openapi_first.openapi.path_templates import variable_names
from openapi_first.samples.boundary_values import boundary_values
from openapi_first.samples.lowered_schemas import LoweredSchema
from openapi_first.samples.sampling import NoSample

_TAKEN = "does not answer 404 or 410 at a made-up path, so it may be somebody's"
_NOTHING_CREATED = "not called, since nothing could be created that its path needs"


def succeeded(exchange: Exchange) -> bool:
    return 200 <= exchange.response.status < 300


def json_body(exchange: Exchange) -> Any:
    """The value of a JSON body, None if there is none."""
    try:
        return json.loads(exchange.response.body or b"null")
    except (ValueError, RecursionError):
        return None


class Steps:
    def __init__(self, setup: Setup, conversation: Conversation) -> None:
        self.setup = setup
        self.conversation = conversation

    def note(self, operation: Operation, line: str) -> None:
        """A line for the user about something that is not judged."""
        self.conversation.notes[f"{operation.id}: {line}"] += 1

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

    def can_call(self, operation: Operation, path: str) -> bool:
        """Whether the variables of an operation's path, or of the path above, have values that the
        contract proves: of what was created, or of examples. A note if not."""
        owner = self.setup.owner(path)
        if owner is not None and self.target(path) is None:
            self.note(operation, _NOTHING_CREATED)
            return False
        unknown = unproved_variables(operation, path, owner, self.setup.builder)
        if unknown:
            line = f"not called, since no operation creates what {', '.join(unknown)} identifies"
            self.note(operation, f"{line}: add an example of something that exists")
        return not unknown

    def reaches(self, operation: Operation) -> bool:
        """Whether what the operation's path needs exists or could be created. A note if not."""
        if self.setup.owner(operation.path) is None or self.target(operation.path) is not None:
            return True
        self.note(operation, _NOTHING_CREATED)
        return False

    def has_whole_path(
        self, operation: Operation, request: Request, target: CreatedResource | None
    ) -> bool:
        """Whether the path variables of a request have values, with those of `target`. If not,
        nothing could be created that the path needs, and a note says so."""
        path = request.target.partition("?")[0]
        filled = target.filled(path, operation.path) if target is not None else path
        if not any(f"{{{name}}}" in filled for name in variable_names(operation.path)):
            return True
        self.note(operation, _NOTHING_CREATED)
        return False

    def create(
        self, resource: Resource, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[CreatedResource | None, Exchange]:
        """Creates something, and compares the response with the request. What PUT creates gets a
        path at which nothing is: if there is none, the exchange is the last read."""
        values: Values | None = None
        if resource.is_put:
            parent = self.target(resource.path.rpartition("/")[0])
            values, read = unused_path(resource, parent, self.setup.builder, self._read)
            if values is None:
                self.note(resource.create, f"not called, since {read.case.operation} {_TAKEN}")
                return None, read
        operation = resource.create
        exchange = self.ask(operation, "create", body=body, headers=headers, values=values)
        number = exchange.number
        found = (each for each in self.conversation.created if each.creation.number == number)
        created = next(found, None)
        if succeeded(exchange):
            self.compare_response(operation, exchange)
        if values is not None and created is None and succeeded(exchange):
            created = self.conversation.created_without_201(resource, exchange)
            complaint = f"the status is {exchange.response.status} for a PUT that creates"
            self.record(
                LIFE_CYCLE, operation, exchange, f"{complaint}: expected 201 (RFC 9110 §9.3.4)"
            )
        return created, exchange

    def _read(self, operation: Operation, values: Values) -> Exchange:
        return self.ask(operation, "read where nothing should be", values=values)

    def ask(
        self,
        operation: Operation,
        title: str,
        target: CreatedResource | None = None,
        *,
        body: Any = None,
        headers: dict[str, str] | None = None,
        values: Values | None = None,
        may_be_refused: bool = False,
    ) -> Exchange:
        """Sends one request of the operation to `target`, or to whatever its path needs. With
        `may_be_refused` it may be refused although it matches the contract. Raises NoSample,
        NotSendable, and what `Conversation.send` raises."""
        if target is None and not has_whole_path(operation, values):
            target = self.target(operation.path)
        if body is None and operation.body is not None and operation.body.required:
            body = self.bodies(operation)[0]
        entry = json_entry(operation) if body is not None else None
        media_type = entry.name if entry is not None else None
        request = self.setup.builder.request(operation, values, body, media_type=media_type)
        request = with_headers(request, headers or {})
        expectation = self.setup.readers[operation.id].expectation(request)
        is_conditional_write = operation.method != "GET" and "If-Match" in (headers or {})
        if (is_conditional_write or may_be_refused) and expectation is Expectation.ALLOWED:
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

    def part(self, operation: Operation, step: str) -> AbstractContextManager[None]:
        """A part of a walk: if something goes wrong inside, the walk goes on behind it, but starts
        again when the connection is lost."""
        return self.conversation.unjudged.part(operation.id, step)

    def saw_link(self, link: Link) -> None:
        name = f"{link.source.method} {link.source.path}"
        self.conversation.seen[Point(name, "link", f"{link.status} {link.name}")] += 1

    def compare_response(self, operation: Operation, exchange: Exchange) -> None:
        """Compares the response to a write with what was written."""
        body = json_body(exchange)
        complaint = None
        if isinstance(body, dict):
            sent = self.readable_members(operation, exchange.case.request)
            status = exchange.response.status
            found = difference(sent, body, self.response_schema(operation, status))
            complaint = self.accusation(operation, found, "in the response to the write")
        self.record(LIFE_CYCLE, operation, exchange, complaint)

    def accusation(self, operation: Operation, found: Difference | None, where: str) -> str | None:
        """The complaint about a difference. A note about one that may be another spelling."""
        if found is not None and found.normalised:
            self.note(
                operation,
                f"{found.text} {where}, but only in case or white space; no schema says whether "
                "that is right",
            )
            return None
        return f"{found.text} {where}" if found is not None else None

    def readable_members(
        self, operation: Operation, request: Request, read: Operation | None = None
    ) -> dict[str, Any]:
        """The members of a request's body that its schema describes and that the responses of
        `read`, or else of the operation itself, have, too; none of a body that is not an object,
        such as a JSON Patch. Members that are only not forbidden, such as those of another
        alternative, may be dropped."""
        try:
            sent = json.loads(request.body or b"null")
        except ValueError:
            return {}
        if not isinstance(sent, dict):
            return {}
        known = self.response_members(read or operation)
        entry = json_entry(operation)
        if entry is not None and entry.schema is not None:
            known &= self.setup.schemas.request(entry.schema).described_members(sent)
        return {name: value for name, value in sent.items() if name in known}

    def response_members(self, operation: Operation) -> set[str]:
        """The members that successful responses of the operation declare."""
        found: set[str] = set()
        for schema in json_schemas(operation):
            lowered = self.setup.schemas.response(schema)
            for each in alternatives(lowered, lowered.schema):
                properties = each.get("properties", {})
                found |= {name for name, part in properties.items() if part != {"not": {}}}
        return found

    def request_members(self, operation: Operation) -> set[str]:
        """The members that a JSON body of the operation declares."""
        entry = json_entry(operation)
        if entry is None or entry.schema is None:
            return set()
        lowered = self.setup.schemas.request(entry.schema)
        return set(lowered.merged(lowered.schema).get("properties", {}))

    def varied(self, operation: Operation) -> Any:
        """A body with values that no other has, as far as its schema allows."""
        bodies = self.bodies(operation)
        return bodies[1 % len(bodies)]

    def allows(self, operation: Operation, body: Any) -> bool:
        """Whether a JSON body matches its schema."""
        entry = json_entry(operation)
        if entry is None or entry.schema is None:
            return False
        return self.setup.schemas.request(entry.schema).allows(body)

    def response_schema(self, operation: Operation, status: int) -> LoweredSchema | None:
        """The schema of JSON responses with this status, None if there is none."""
        declared = declared_response(operation, status)
        for entry in declared.content if declared is not None else ():
            if entry.schema is not None and is_json(entry.name):
                return self.setup.schemas.response(entry.schema)
        return None

    def bodies(self, operation: Operation) -> list[Any]:
        """Different bodies that match the operation's schema, the plain one first; only None if
        it has no JSON body that describes what is written. Raises NoSample if none could be made
        up."""
        entry = json_entry(operation)
        if entry is None or entry.schema is None:
            return [None]
        lowered = self.setup.schemas.request(entry.schema)
        plain = []
        with contextlib.suppress(NoSample):
            plain.append(self.setup.builder.plain_body(entry))
        found = different_bodies(lowered, plain, self.setup.rng)
        if not found:
            raise NoSample(f"no body of {operation.id} as {entry.name} matches its schema")
        return found

    def forbidden_body(self, operation: Operation) -> Any:
        """A body that violates its schema, None if every body matches."""
        entry = json_entry(operation)
        if entry is not None and entry.schema is not None:
            lowered = self.setup.schemas.request(entry.schema)
            for each in boundary_values(lowered, self.setup.rng):
                if each.value is not None and not lowered.allows(each.value):
                    return each.value
        return None


def with_headers(request: Request, headers: dict[str, str]) -> Request:
    """The request with these headers; they replace those of the same name."""
    names = {name.lower() for name in headers}
    kept = tuple(pair for pair in request.headers if pair[0].lower() not in names)
    return replace(request, headers=(*kept, *headers.items()))
