"""Sends cases to a stage, judges every response, and remembers what the run has created."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.coverage.observed_points import gateway_points, observed_points
from openapi_first.conformance.http.client import Client
from openapi_first.conformance.http.curl import curl_command
from openapi_first.conformance.judging.check_types import response_part, response_reference
from openapi_first.conformance.judging.checks import is_undeclared_answer, judge_response
from openapi_first.conformance.judging.ledger import Ledger
from openapi_first.conformance.judging.openapi_core import ReferenceJudge
from openapi_first.conformance.judging.response_complaints import Evidence
from openapi_first.conformance.judging.unjudged import Unjudged
from openapi_first.conformance.model.coverage import Point
from openapi_first.conformance.model.declarations import declared_response
from openapi_first.conformance.model.errors import CannotJudge, ConnectionLost
from openapi_first.conformance.model.messages import API_KEY, Request, Response
from openapi_first.conformance.model.run import Case, Exchange, Listener
from openapi_first.conformance.phases.identification import Identification
from openapi_first.conformance.requests.parameter_writer import NotSendable
from openapi_first.conformance.roles.created_resources import CreatedResource
from openapi_first.conformance.roles.resources import Resource
from openapi_first.openapi.model import Operation
from openapi_first.openapi.path_templates import fill_path
from openapi_first.samples.sampling import NoSample

_URL = "$URL"
_NO_FUNCTION = 501
_CREATED = 201


class Conversation:
    """The exchanges of one run with one stage.

    `created` is what the run has created and not yet removed. `total` is the estimated number of
    requests. `preflight_origins` are the origins that preflights have allowed, by path.
    """

    def __init__(
        self,
        setup: Setup,
        client: Client,
        ledger: Ledger,
        unjudged: Unjudged,
        listener: Listener,
    ) -> None:
        self._setup = setup
        self._client = client
        self._listener = listener
        self._reference = ReferenceJudge(setup.contract)
        self._identification = Identification(setup.options.url, self._read)
        self._creators = {resource.create.id: resource for resource in setup.resources}
        self._placeholders = {API_KEY: "", **setup.options.secrets}
        self.ledger = ledger
        self.unjudged = unjudged
        self.seen: Counter[Point] = Counter()
        self.durations: dict[str, list[float]] = {}
        self.created: list[CreatedResource] = []
        self.notes: Counter[str] = Counter()
        self.undeclared: dict[int, dict[str, None]] = {}
        """The operations by the status that no function answered and the contract lacks."""
        self.total = 0
        self.preflight_origins: dict[str, str | None] = {}

    @property
    def sent(self) -> int:
        """The number of requests so far, including repeated ones."""
        return self._client.sent

    def send(self, case: Case, target: CreatedResource | None = None) -> Exchange:
        """Sends a case and records the verdicts; the path variables are those of `target`. Raises
        ConnectionLost, MalformedResponse, CannotJudge, StopAtFinding."""
        operation = self._setup.operations.get(case.operation or "")
        exchange = self._remembered(operation, case, target)
        if operation is None:
            self.seen.update(gateway_points(exchange.response))
            return exchange
        if self.lacks_function(operation, exchange):
            return exchange
        evidence = self._evidence(operation, exchange)
        for check, complaint in judge_response(evidence, self.unjudged.step):
            part = check.part(evidence)
            reference = response_reference(evidence) if check.part is response_part else None
            self.ledger.record(
                check, operation.id, complaint, exchange=exchange, part=part, reference=reference
            )
        with self.unjudged.step(operation.id, "undeclared answers"):
            if is_undeclared_answer(evidence):
                answered = self.undeclared.setdefault(exchange.response.status, {})
                answered[operation.id] = None
        return exchange

    def lacks_function(self, operation: Operation, exchange: Exchange) -> bool:
        """Whether the response only says that the operation has no function yet."""
        unfinished = operation.id in self._setup.options.unfinished
        return unfinished and exchange.response.status == _NO_FUNCTION

    def try_out(
        self, case: Case, target: CreatedResource | None = None
    ) -> tuple[Exchange, dict[str, str]]:
        """Sends a case and returns the complaints by check id, without recording them. Raises
        ConnectionLost, MalformedResponse, CannotJudge."""
        operation = self._setup.operations[case.operation or ""]
        exchange = self._remembered(operation, case, target)
        judged = judge_response(self._evidence(operation, exchange), self.unjudged.step)
        return exchange, {
            check.id: complaint for check, complaint in judged if complaint is not None
        }

    def _remembered(
        self, operation: Operation | None, case: Case, target: CreatedResource | None
    ) -> Exchange:
        with self._client.interrupts.held():
            exchange = self._exchange(case, target)
            if operation is not None:
                self._remember(operation, exchange)
        return exchange

    def _exchange(self, case: Case, target: CreatedResource | None) -> Exchange:
        request, options = case.request, self._setup.options
        if target is not None:
            operation = self._setup.operations[case.operation or ""]
            request = replace(request, target=target.filled(request.target, operation.path))
        if options.origin is not None and request.header("Origin") is None:
            request = replace(request, headers=(*request.headers, ("Origin", options.origin)))
        case = replace(case, request=request)
        started = time.time()
        try:
            received = self._client.send(request)
        except ConnectionLost:
            self.notes["a request lost its connection; the stage may have processed it"] += 1
            raise
        exchange = Exchange(
            self._client.sent,
            case,
            received.response,
            started,
            received.seconds,
            received.resets,
            self._curl(request),
        )
        if received.resets:
            self.notes["a connection was lost, and the request was repeated"] += received.resets
        self._listener.exchanged(exchange, self.total)
        return exchange

    def _curl(self, request: Request) -> str:
        """The command that repeats a request. A stage that ends with the run is named `$URL`."""
        if self._setup.options.ends_with_run:
            return curl_command(request, _URL, {**self._placeholders, _URL: ""})
        return curl_command(request, self._setup.options.url, self._placeholders)

    def _remember(self, operation: Operation, exchange: Exchange) -> None:
        """Keeps the duration, the points, and what the exchange has created or removed."""
        request, response = exchange.case.request, exchange.response
        self.durations.setdefault(operation.id, []).append(exchange.seconds)
        with self.unjudged.step(operation.id, "coverage"):
            self.seen.update(observed_points(self._setup.readers[operation.id], request, response))
        resource = self._creators.get(operation.id)
        creates = 200 <= response.status < 300
        if resource is not None and resource.is_put:
            creates = response.status == _CREATED  # or it has replaced something
        if resource is not None and creates:
            variables = None
            with self.unjudged.step(operation.id, "what was created"):
                variables = self.variables(resource, exchange)
            if variables is None:
                self.notes[
                    f"{operation.id}: not checked whether what it creates can be read, changed and "
                    "removed: its response does not show the path; declare a Location header, or "
                    "a link from it to the operation that reads what it creates"
                ] += 1
                return
            created = CreatedResource(resource, variables, exchange)
            if created.path not in {each.path for each in self.created}:
                self.created.append(created)
        elif operation.method == "DELETE" and (response.status < 300 or response.status == 404):
            path = request.target.partition("?")[0]
            self.created = [each for each in self.created if each.path != path]

    def created_without_201(self, resource: Resource, exchange: Exchange) -> CreatedResource | None:
        """Remembers what a PUT has created, too, if it does not say so."""
        variables = self.variables(resource, exchange)
        if variables is None:
            return None
        created = CreatedResource(resource, variables, exchange)
        self.created.append(created)
        return created

    def variables(self, resource: Resource, exchange: Exchange) -> dict[str, str] | None:
        """The path variables of what an exchange has created; None if nothing proves them."""
        request, response = exchange.case.request, exchange.response
        return self._identification.variables(resource, request, response)

    def identifying(self, resource: Resource) -> dict[str, Any]:
        """The expressions for path variables whose values a response shows."""
        return self._identification.expressions(resource)

    def _read(self, operation: Operation, variables: dict[str, str]) -> Response | None:
        """The response to a GET that is not judged."""
        try:
            request = self._setup.builder.request(operation)
            target = fill_path(request.target, variables)
            return self._client.send(replace(request, target=target)).response
        except (ConnectionLost, CannotJudge, NoSample, NotSendable):
            return None

    def _evidence(self, operation: Operation, exchange: Exchange) -> Evidence:
        return Evidence(
            operation=operation,
            exchange=exchange,
            declared=declared_response(operation, exchange.response.status),
            schema_errors=cache(
                lambda: self._reference.schema_errors(operation, exchange.response)
            ),
            placeholders=tuple(self._setup.options.secrets),
            preflight_origins=self.preflight_origins,
        )
