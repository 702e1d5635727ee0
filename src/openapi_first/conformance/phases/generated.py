"""Sends generated requests until the time is up: data for each operation, then sequences."""

from __future__ import annotations

import json
import time
from typing import Any

from openapi_first.conformance.cases.ownership import may_be_sent, strings
from openapi_first.conformance.generation.task import (
    Generated,
    GenerationFailed,
    Generator,
    Route,
    task_of,
)
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import Case, Phase
from openapi_first.conformance.phases.planned_cases import send_cases
from openapi_first.conformance.phases.steps import Steps
from openapi_first.openapi.model import Operation

_DROPPED = frozenset(
    {
        *("user-agent", "accept-encoding", "accept", "content-length", "host", "expect"),
        *("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding"),
        "upgrade",
    }
)
"""Headers about the connection (RFC 9110 §7.6.1) or about the client: no part of a contract."""
_LONGEST_TARGET = 4000


class GeneratedPhase:
    """`requests` are the requests that were sent, as they were generated, by operationId and title
    of their case. `deadline` is on the monotonic clock. `generator` has the task of this contract,
    seed and number of requests; without one, this process generates when the phase runs."""

    def __init__(self, steps: Steps, deadline: float, generator: Generator | None = None) -> None:
        self.requests: dict[tuple[str, str], Request] = {}
        self._steps = steps
        self._deadline = deadline
        self._generator = generator
        self._operations = {
            (each.method, each.path): each for each in steps.setup.contract.operations
        }
        self._own: set[str] = set()
        # Sequences use values from responses, and lists contain other clients' resources.
        self._seen: set[str] = set()

    def run(self) -> None:
        """Raises CannotJudge, StopAtFinding."""
        setup, conversation = self._steps.setup, self._steps.conversation
        options = setup.options
        if not options.max_examples or not setup.finished.operations:
            return
        try:
            generator = self._generator or self._own_generator()
            for batch, generated in generator.batches(self._deadline):
                operation, valid = self._operations[batch.route], batch.valid
                if not self._sent(operation, generated, "" if valid else ", meant to be invalid"):
                    break
            if time.monotonic() > self._deadline:
                conversation.notes["the time limit was reached before all data was generated"] += 1
                return
            generator.run_sequences(self._step, self._deadline)
        except GenerationFailed as error:
            conversation.unjudged.record("", Phase.GENERATED.value, str(error))

    def _own_generator(self) -> Generator:
        from openapi_first.conformance.generation.schemathesis_data import SchemathesisGenerator

        setup = self._steps.setup
        options = setup.options
        return SchemathesisGenerator(task_of(setup.finished, options.seed, options.max_examples))

    def _sent(self, operation: Operation, generated: Generated, meaning: str) -> bool:
        """Sends the requests of a batch; False if the time is up."""
        unjudged, step = self._steps.conversation.unjudged, Phase.GENERATED.value
        for reason in generated.reasons:
            unjudged.record(operation.id, step, reason)
        different: dict[Request, None] = {}
        for each in generated.requests:
            with unjudged.step(operation.id, step):
                completed = self._completed(operation, each)
                if completed is not None:
                    different[completed] = None
        for number, request in enumerate(different, 1):
            if time.monotonic() > self._deadline:
                return False
            with unjudged.step(operation.id, step):
                if self._may_be_sent(operation, request):
                    title = f"generated data {number}{meaning}"
                    self.requests[operation.id, title] = request
                    send_cases(self._steps, [self._case(title, operation, request)])
        return True

    def _completed(self, operation: Operation, generated: Request) -> Request | None:
        """The request with its credentials, None if HTTP cannot carry it."""
        credentials = self._steps.setup.credentials
        own = {name.lower() for name in credentials.headers(operation)}
        headers = tuple(
            (name, value)
            for name, value in generated.headers
            if name.lower() not in _DROPPED and name.lower() not in own
        )
        if any(not _may_be_in_header(value) for _, value in headers):
            return None
        target = generated.target
        if not target.startswith("/") or len(target) > _LONGEST_TARGET:
            return None
        request = Request(operation.method, target, headers, generated.body)
        return credentials.add_to(request, operation)

    def _step(self, route: Route, generated: Request) -> Response | None:
        """Sends one step of a sequence; None if it may not be sent or the connection was lost."""
        operation = self._operations.get(route)  # None if it is not judged
        request = self._completed(operation, generated) if operation is not None else None
        if operation is None or request is None or time.monotonic() > self._deadline:
            return None
        if not self._may_be_sent(operation, request):
            return None
        case = self._case("a step of a sequence", operation, request)
        response = None
        with self._steps.conversation.unjudged.step(operation.id, Phase.GENERATED.value):
            response = self._steps.conversation.send(case).response
            self._seen.update(strings(_json(response)))
        return response

    def _may_be_sent(self, operation: Operation, request: Request) -> bool:
        self._own.update(each.path for each in self._steps.conversation.created)
        own = frozenset(self._own)
        return may_be_sent(self._steps.setup, operation, request, own, self._seen)

    def _case(self, title: str, operation: Operation, request: Request) -> Case:
        expectation = self._steps.setup.readers[operation.id].expectation(request)
        return Case(title, Phase.GENERATED, operation.id, request, expectation)


def _may_be_in_header(value: str) -> bool:
    return value.isascii() and value.isprintable() and value == value.strip()


def _json(response: Response) -> Any:
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError):
        return None
