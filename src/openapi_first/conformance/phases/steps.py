"""Single steps of a life cycle: create, read, change and remove one thing, and compare what is
read with what was written."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

from openapi_first.conformance.cases.boundary_values import variants
from openapi_first.conformance.judging.request_reader import OperationReader
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.resources import Resource
from openapi_first.conformance.model.run import Case, Exchange, Expectation, Phase
from openapi_first.conformance.phases.conversation import Conversation, Thing
from openapi_first.conformance.requests.request_builder import Builder
from openapi_first.conformance.requests.request_schemas import SchemaReader
from openapi_first.openapi.model import Operation

_MISSING = object()


def succeeded(exchange: Exchange) -> bool:
    """Whether the status is a 2xx."""
    return 200 <= exchange.response.status < 300


def json_body(exchange: Exchange) -> Any:
    """The value of a JSON body, None when there is none."""
    try:
        return json.loads(exchange.response.body or b"null")
    except ValueError:
        return None


def difference(written: Any, read: Any) -> str | None:
    """Which member of what was written is not read again, None when all are: members that only
    the server writes do not count."""
    if not isinstance(written, dict) or not isinstance(read, dict):
        return None if written == read else "the body is another one"
    for name, value in written.items():
        if read.get(name, _MISSING) != value:
            state = "missing" if name not in read else "another one"
            return f"{name} is {state}"
    return None


class Steps:
    """Takes single steps with things of one resource."""

    def __init__(
        self,
        talk: Conversation,
        builder: Builder,
        schemas: SchemaReader,
        readers: dict[str, OperationReader],
        resources: tuple[Resource, ...],
        dice: random.Random,
    ) -> None:
        self.talk = talk
        self.builder = builder
        self._schemas = schemas
        self._readers = readers
        self._resources = resources
        self._dice = dice

    def owner(self, path: str) -> Resource | None:
        """The resource that has to be there for a path to lead anywhere."""
        found = [
            each
            for each in self._resources
            if path == each.path or path.startswith(each.path + "/")
        ]
        return max(found, key=lambda each: len(each.path), default=None)

    def subject(self, resource: Resource) -> Thing | None:
        """Something of the resource that this run has made, made now when there is none."""
        for thing in reversed(self.talk.things):
            if thing.resource is resource:
                return thing
        return self.create(resource)[0]

    def create(
        self, resource: Resource, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[Thing | None, Exchange]:
        """Creates something, and holds what comes back against what was sent."""
        exchange = self.ask(resource.create, "create", body=body, headers=headers)
        thing = next(
            (each for each in self.talk.things if each.creation is exchange or
             each.creation.number == exchange.number), None
        )  # fmt: skip
        if succeeded(exchange):
            self.echoed(resource.create, exchange)
        return thing, exchange

    def ask(
        self,
        operation: Operation,
        title: str,
        thing: Thing | None = None,
        *,
        body: Any = None,
        headers: dict[str, str] | None = None,
        values: dict[tuple[str, str], Any] | None = None,
        expects: frozenset[int] = frozenset(),
    ) -> Exchange:
        """Sends one request of the operation, to `thing` or to whatever it has to belong to."""
        if thing is None:
            owner = self.owner(operation.path)
            thing = self.subject(owner) if owner is not None else None
        request = self.builder.request(operation, values, body)
        request = with_headers(request, headers or {})
        expectation = self._readers[operation.id].read(request).expectation
        if headers and expectation is Expectation.ALLOWED and operation.method != "GET":
            expectation = Expectation.OPEN if "If-Match" in headers else expectation
        case = Case(title, Phase.LIFE_CYCLE, operation.id, request, expectation, expects)
        return self.talk.send(case, thing)

    def echoed(self, operation: Operation, exchange: Exchange) -> None:
        """What a write answers with has the members that were written."""
        self.hold(operation, "life-cycle", self._echo(operation, exchange), exchange)

    def written(self, operation: Operation, request: Request) -> dict[str, Any]:
        """The members of a request's body that its operation's responses have, too."""
        try:
            sent = json.loads(request.body or b"null")
        except ValueError:
            return {}
        if not isinstance(sent, dict):
            return {}
        known = self.answered(operation)
        return {name: value for name, value in sent.items() if name in known}

    def _echo(self, operation: Operation, exchange: Exchange) -> str | None:
        body = json_body(exchange)
        if not isinstance(body, dict):
            return None
        wrong = difference(self.written(operation, exchange.case.request), body)
        return f"of what was sent, {wrong} in the answer" if wrong else None

    def answered(self, operation: Operation) -> set[str]:
        """The members of the bodies that an operation's successes have."""
        found: set[str] = set()
        for response in operation.responses:
            for entry in response.content if response.status[0] == "2" else ():
                if entry.schema is not None:
                    lowered = self._schemas.response(entry.schema)
                    found |= {
                        name
                        for name, part in lowered.merged(lowered.schema)
                        .get("properties", {})
                        .items()
                        if part != {"not": {}}
                    }
        return found

    def bodies(self, operation: Operation) -> list[Any]:
        """Different bodies that the operation takes, the plain one first."""
        if operation.body is None:
            return [None]
        found: list[Any] = []
        for entry in operation.body.content:
            if entry.schema is None or "json" not in entry.name:
                continue
            lowered = self._schemas.request(entry.schema)
            found.append(self.builder.plain_body(entry))
            for variant in variants(lowered, self._dice):
                if isinstance(variant.value, dict) and lowered.allows(variant.value):
                    found.append(variant.value)
        distinct = {json.dumps(each, sort_keys=True): each for each in found}
        return list(distinct.values()) or [None]

    def forbidden_body(self, operation: Operation) -> Any:
        """A body that breaks its schema, None when every body keeps it."""
        for entry in operation.body.content if operation.body is not None else ():
            if entry.schema is not None and "json" in entry.name:
                lowered = self._schemas.request(entry.schema)
                for variant in variants(lowered, self._dice):
                    if variant.value is not None and not lowered.allows(variant.value):
                        return variant.value
        return None

    def hold(
        self, operation: Operation, check: str, detail: str | None, exchange: Exchange
    ) -> None:
        """Judges one step."""
        self.talk.ledger.hold(operation.id, check, detail, exchange)


def with_headers(request: Request, headers: dict[str, str]) -> Request:
    """The request with headers set, those of the same name replaced."""
    names = {name.lower() for name in headers}
    kept = tuple(pair for pair in request.headers if pair[0].lower() not in names)
    return replace(request, headers=(*kept, *headers.items()))


def takes(operation: Operation, header: str) -> bool:
    """Whether an operation has a header parameter; `header` is in lower case."""
    return any(
        parameter.location == "header" and parameter.name.lower() == header
        for parameter in operation.parameters
    )
