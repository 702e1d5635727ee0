"""Sends cases to a stage; each exchange is judged, counted for coverage, and remembered for
cleaning up."""

from __future__ import annotations

import re
import shlex
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from openapi_first.conformance.http.client import Client
from openapi_first.conformance.http.placeholders import shell_quoted
from openapi_first.conformance.judging.checks import declared_response, response_complaints
from openapi_first.conformance.judging.coverage_points import gateway_points, observed
from openapi_first.conformance.judging.ledger import Ledger
from openapi_first.conformance.judging.openapi_core import ReferenceJudge
from openapi_first.conformance.judging.request_reader import OperationReader
from openapi_first.conformance.model.coverage import Point
from openapi_first.conformance.model.errors import ConnectionLost
from openapi_first.conformance.model.expressions import NoValue, evaluated
from openapi_first.conformance.model.messages import API_KEY, Request, Response
from openapi_first.conformance.model.resources import Resource
from openapi_first.conformance.model.run import Case, Exchange, Listener, Options
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.node import Place
from openapi_first.openapi.path_templates import filled, match_path


class Thing:
    """Something this run has created: the values of its path's variables."""

    def __init__(self, resource: Resource, variables: dict[str, str], creation: Exchange) -> None:
        self.resource = resource
        self.variables = variables
        self.creation = creation

    @property
    def path(self) -> str:
        """Its path below the base URL."""
        return filled(self.resource.path, self.variables)


class Conversation:
    """One client's talk with one stage. `things` are what it has created and not removed yet."""

    def __init__(
        self,
        contract: Contract,
        options: Options,
        client: Client,
        ledger: Ledger,
        readers: dict[str, OperationReader],
        resources: tuple[Resource, ...],
        listener: Listener,
    ) -> None:
        self._options = options
        self._client = client
        self._listener = listener
        self._readers = readers
        self._reference = ReferenceJudge(contract)
        self._operations = {operation.id: operation for operation in contract.operations}
        self._creators = {resource.create.id: resource for resource in resources}
        self.ledger = ledger
        self.seen: Counter[Point] = Counter()
        self.durations: dict[str, list[float]] = {}
        self.things: list[Thing] = []
        self.removed: set[str] = set()
        self.notes: Counter[str] = Counter()
        self.total = 0
        self.origin_headers: dict[str, str | None] = {}

    @property
    def sent(self) -> int:
        """How many requests were sent so far, those included that were sent again."""
        return self._client.sent

    def send(self, case: Case, thing: Thing | None = None) -> Exchange:
        """The exchange, judged. Raises ConnectionLost, CannotJudge, StopAtFinding."""
        exchange = self._exchanged(case, thing)
        operation = self._operations.get(case.operation or "")
        if operation is None:
            self.seen.update(gateway_points(exchange.response))
            return exchange
        self._note(operation, exchange)
        for check, detail, part in self._opinions(operation, exchange):
            self.ledger.hold(operation.id, check, detail, exchange, part)
        return exchange

    def try_out(self, case: Case, thing: Thing | None = None) -> tuple[Exchange, dict[str, str]]:
        """The exchange, and what each check has to say against it, which goes into no verdict.
        Raises ConnectionLost, CannotJudge."""
        exchange = self._exchanged(case, thing)
        operation = self._operations[case.operation or ""]
        self._note(operation, exchange)
        complaints: dict[str, str] = {}
        for check, detail, _ in self._opinions(operation, exchange):
            if detail is not None:
                complaints.setdefault(check, detail)
        return exchange, complaints

    def _exchanged(self, case: Case, thing: Thing | None) -> Exchange:
        request = case.request
        if thing is not None:
            request = replace(request, target=filled(request.target, thing.variables))
        origin = self._options.origin
        if origin is not None and request.header("Origin") is None:
            request = replace(request, headers=(*request.headers, ("Origin", origin)))
        case = replace(case, request=request)
        started = time.time()
        try:
            received = self._client.send(request)
        except ConnectionLost:
            self.notes["requests lost their connection; what became of them is not known"] += 1
            raise
        exchange = Exchange(
            self._client.sent,
            case,
            received.response,
            started,
            received.seconds,
            received.resets,
            self.curl(request),
        )
        if received.resets:
            self.notes["connections were lost, and the requests sent again"] += received.resets
        self._listener.exchanged(exchange, self.total)
        return exchange

    def _note(self, operation: Operation, exchange: Exchange) -> None:
        """What it took, what it shows, and what it has made or removed."""
        self.durations.setdefault(operation.id, []).append(exchange.seconds)
        reader = self._readers[operation.id]
        self.seen.update(observed(operation, exchange.case.request, exchange.response, reader))
        self._remember(operation, exchange)

    def _opinions(
        self, operation: Operation, exchange: Exchange
    ) -> Iterator[tuple[str, str | None, Place | None]]:
        """Each check that has a say, its complaint if any, and the part of the contract."""
        response = exchange.response
        declared = declared_response(operation, response.status)
        answered = Place.of(declared.node) if declared is not None else None
        placeholders = tuple(self._options.secrets)
        for check, detail in response_complaints(operation, exchange, placeholders):
            part = exchange.case.place if check in ("allowed", "forbidden") else answered
            yield check, detail, part
        complaints: dict[str, str] = {}
        for check, detail in self._reference.complaints(operation, response):
            complaints.setdefault(check, detail)
        for check in ("body", "header"):
            yield check, complaints.get(check), answered
        if operation.path in self.origin_headers:
            yield "cors", self._cors(operation, exchange), None

    def _cors(self, operation: Operation, exchange: Exchange) -> str | None:
        wanted = self.origin_headers[operation.path]
        given = exchange.response.header("Access-Control-Allow-Origin")
        # What the gateway refuses before it looks at the API can hold no header of it.
        # What it refuses with a response of its own names no origin, for it does not know which.
        own = exchange.response.header("x-amzn-ErrorType") is not None and given == "*"
        if given == wanted or own or exchange.response.media_type == "text/plain":
            return None
        return (
            f"Access-Control-Allow-Origin is {given or 'missing'} on {exchange.response.status}"
            f", and {wanted} on the preflight"
        )

    def _remember(self, operation: Operation, exchange: Exchange) -> None:
        request, response = exchange.case.request, exchange.response
        resource = self._creators.get(operation.id)
        if resource is not None and 200 <= response.status < 300:
            variables = created_variables(resource, request, response, self._options.url)
            if variables is None:
                self.notes["something was created, and its response does not say what"] += 1
                return
            thing = Thing(resource, variables, exchange)
            if thing.path not in {each.path for each in self.things}:
                self.things.append(thing)
        elif operation.method == "DELETE" and (response.status < 300 or response.status == 404):
            path = request.target.partition("?")[0]
            if response.status < 300:
                self.removed.add(path)
            self.things = [each for each in self.things if each.path != path]

    def curl(self, request: Request) -> str:
        """A command that sends the request again, with credentials out of the environment."""
        secrets = {API_KEY: "", **self._options.secrets}
        words = ["curl", "-i"]
        if request.method != "GET" or request.body is not None:
            words += ["-X", request.method]
        for name, value in request.headers:
            words += ["-H", shell_quoted(f"{name}: {value}" if value else f"{name};", secrets)]
        if request.body is not None:
            text = request.body.decode("utf-8", "backslashreplace")
            if len(text) > 2000:
                text = text[:2000]
                words += ["--data-raw", shlex.quote(text), f"# … {len(request.body)} bytes"]
                words.insert(
                    1, shell_quoted(self._options.url.rstrip("/") + request.target, secrets)
                )
                return " ".join(words)
            words += ["--data-raw", shlex.quote(text)]
        words.append(shell_quoted(self._options.url.rstrip("/") + request.target, secrets))
        return " ".join(words)


def created_variables(
    resource: Resource, request: Request, response: Response, url: str
) -> dict[str, str] | None:
    """The path variables of what a creation has made; None when its response does not say."""
    template = resource.create.path
    if resource.variables is not None:
        try:
            return {
                name: _text(evaluated(expression, template, request, response))
                for name, expression in resource.variables.items()
            }
        except NoValue:
            return None
    return located(resource.path, response, url)


def located(template: str, response: Response, url: str) -> dict[str, str] | None:
    """The variables of a path in the Location header; None when it leads to another path."""
    location = response.header("Location")
    if location is None:
        return None
    path = re.sub(r"^[a-z]+://[^/]+", "", location)
    prefix = re.sub(r"^[a-z]+://[^/]+", "", url.rstrip("/"))
    below = path.removeprefix(prefix)
    found = match_path(template, below)
    return {name: _unquoted(value) for name, value in found.items()} if found else None


def _unquoted(text: str) -> str:
    from urllib.parse import unquote

    return unquote(text)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)
