"""Sends what is generated, for as long as there is time: data for each operation in turn, then
sequences that follow links."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from openapi_first.conformance.cases.ownership import may_be_sent, texts
from openapi_first.conformance.cases.schemathesis_data import Generator
from openapi_first.conformance.judging.request_reader import OperationReader
from openapi_first.conformance.model.errors import ConnectionLost
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import Case, Options, Phase
from openapi_first.conformance.phases.steps import Steps
from openapi_first.conformance.requests.credentials import Credentials
from openapi_first.openapi.model import Contract, Operation

_VARIABLE = re.compile(r"\{([^{}+]+)\+?\}")
_CASES_PER_SEQUENCE = 10
_STEPS = 6


def generated_phase(
    contract: Contract,
    options: Options,
    steps: Steps,
    readers: Mapping[str, OperationReader],
    credentials: Credentials,
    send: Callable[[list[Case]], None],
    deadline: float,
    generated: dict[tuple[str, str], Request],
) -> None:
    """`send` sends cases in order; `deadline` is on the monotonic clock; `generated` is filled with
    the requests by operationId and title of their case. Raises as `send` does."""
    if not options.max_examples:
        return
    talk = steps.talk
    generator = Generator(contract, credentials, options.seed)
    made: set[str] = set()
    # Sequences take up what answers say, and others' things are in lists.
    told: set[str] = set()

    def allowed(operation: Operation, request: Request) -> bool:
        made.update(thing.path for thing in talk.things)
        own = frozenset(made)
        return options.allow_destructive or may_be_sent(operation, request, readers, own, told)

    for operation in contract.operations:
        owner = steps.owner(operation.path)
        names = frozenset(_VARIABLE.findall(owner.path)) if owner is not None else frozenset[str]()
        half = (options.max_examples + 1) // 2
        for valid, count in ((True, half), (False, options.max_examples - half)):
            found = generator.requests(
                operation, count, names if valid else frozenset(), valid=valid
            )
            for number, request in enumerate(found, 1):
                if time.monotonic() > deadline:
                    talk.notes["the time was up before all was generated"] += 1
                    return
                if not allowed(operation, request):
                    continue
                title = f"generated data {number}{'' if valid else ', meant to be wrong'}"
                expectation = readers[operation.id].read(request).expectation
                generated[operation.id, title] = request
                send([Case(title, Phase.GENERATED, operation.id, request, expectation)])

    def step(operation: Operation, request: Request) -> Response | None:
        if time.monotonic() > deadline or not allowed(operation, request):
            return None
        expectation = readers[operation.id].read(request).expectation
        case = Case("a step of a sequence", Phase.GENERATED, operation.id, request, expectation)
        try:
            response = talk.send(case).response
        except ConnectionLost:
            return None
        told.update(texts(_read(response)))
        return response

    sequences = options.max_examples // _CASES_PER_SEQUENCE
    if sequences and time.monotonic() < deadline:
        generator.sequences(step, sequences, _STEPS)


def _read(response: Response) -> Any:
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError):
        return None
