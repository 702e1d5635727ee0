"""Sends generated requests until the time is up: data for each operation, then sequences."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from openapi_first.conformance.cases.ownership import may_be_sent, strings
from openapi_first.conformance.cases.schemathesis_data import Generator
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import Case, Phase
from openapi_first.conformance.phases.planned_cases import send_cases
from openapi_first.conformance.phases.steps import Steps
from openapi_first.openapi.model import Operation
from openapi_first.openapi.path_templates import variable_names

_CASES_PER_SEQUENCE = 10
_STEPS = 6


class GeneratedPhase:
    """`requests` are the requests that were sent, as they were generated, by operationId and title
    of their case. `deadline` is on the monotonic clock."""

    def __init__(self, steps: Steps, deadline: float) -> None:
        self.requests: dict[tuple[str, str], Request] = {}
        self._steps = steps
        self._deadline = deadline
        self._own: set[str] = set()
        # Sequences use values from responses, and lists contain other clients' resources.
        self._seen: set[str] = set()

    def run(self) -> None:
        """Raises CannotJudge, StopAtFinding."""
        setup, conversation = self._steps.setup, self._steps.conversation
        options = setup.options
        if not options.max_examples or not setup.finished.operations:
            return
        generator = Generator(
            setup.finished, setup.credentials, options.seed, conversation.unjudged
        )
        for operation, title, request in self._generated(generator):
            if time.monotonic() > self._deadline:
                conversation.notes["the time limit was reached before all data was generated"] += 1
                return
            with conversation.unjudged.step(operation.id, Phase.GENERATED.value):
                if self._may_be_sent(operation, request):
                    self.requests[operation.id, title] = request
                    send_cases(self._steps, [self._case(title, operation, request)])
        sequences = options.max_examples // _CASES_PER_SEQUENCE
        if sequences and time.monotonic() < self._deadline:
            generator.sequences(self._step, sequences, _STEPS)

    def _generated(self, generator: Generator) -> Iterator[tuple[Operation, str, Request]]:
        setup = self._steps.setup
        count = setup.options.max_examples
        half = (count + 1) // 2
        for operation in setup.finished.operations:
            owner = setup.owner(operation.path)
            names = frozenset(variable_names(owner.path)) if owner is not None else frozenset[str]()
            valid = generator.requests(operation, half, names, valid=True)
            for number, request in enumerate(valid, 1):
                yield operation, f"generated data {number}", request
            invalid = generator.requests(operation, count - half, frozenset(), valid=False)
            for number, request in enumerate(invalid, 1):
                yield operation, f"generated data {number}, meant to be invalid", request

    def _step(self, operation: Operation, request: Request) -> Response | None:
        """Sends one step of a sequence; None if it may not be sent or the connection was lost."""
        if time.monotonic() > self._deadline or not self._may_be_sent(operation, request):
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


def _json(response: Response) -> Any:
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError):
        return None
