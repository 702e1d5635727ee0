"""Makes the requests smaller that showed findings among generated data."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from openapi_first.conformance.cases.ownership import may_be_sent
from openapi_first.conformance.cases.shrinking import smallest
from openapi_first.conformance.judging.ledger import Ledger
from openapi_first.conformance.judging.request_reader import OperationReader
from openapi_first.conformance.model.errors import CannotJudge, ConnectionLost, StopAtFinding
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.run import Exchange, Finding, Options
from openapi_first.conformance.phases.steps import Steps
from openapi_first.openapi.model import Contract, Operation

REQUESTS = 60
"""The most that are sent for one finding, beside those that make what it is about."""

_SECONDS = 20.0
_MOST_FOR_A_TRY = 4
"""Requests: what the try is about is made and removed, and so may be what it makes."""


def shrink_phase(
    contract: Contract,
    options: Options,
    steps: Steps,
    readers: Mapping[str, OperationReader],
    generated: Mapping[tuple[str, str], Request],
    total: int,
) -> None:
    """`generated` are the requests as they were generated, by operationId and title of their case;
    `total` is how many requests the run may send, the removal of what it makes included. Never
    raises for a stage that can no longer be judged: what was found stands as it is."""
    by_id = {operation.id: operation for operation in contract.operations}
    end = time.monotonic() + _SECONDS
    for finding in steps.talk.ledger.findings():
        case = finding.exchange.case
        request = generated.get((case.operation or "", case.title))
        if request is not None and case.operation == finding.promise.operation:
            attempt = _Attempt(by_id[case.operation], finding, options, steps, readers, total, end)
            try:
                attempt.shrink(request, steps.talk.ledger)
            except CannotJudge:
                return


class _Attempt:
    """One finding, being made smaller."""

    def __init__(
        self,
        operation: Operation,
        finding: Finding,
        options: Options,
        steps: Steps,
        readers: Mapping[str, OperationReader],
        total: int,
        end: float,
    ) -> None:
        self._operation = operation
        self._finding = finding
        self._options = options
        self._steps = steps
        self._readers = readers
        self._total = total
        self._end = end
        self._best: tuple[str, Exchange] | None = None

    def shrink(self, request: Request, ledger: Ledger) -> None:
        smallest(request, self._shows, REQUESTS)
        if self._best is not None:
            ledger.replace(self._finding, *self._best)

    def _shows(self, request: Request) -> bool:
        """Whether the request breaks the same promise with the same status."""
        steps, exchange = self._steps, self._finding.exchange
        needed = steps.talk.sent + len(steps.talk.things) + _MOST_FOR_A_TRY
        if needed > self._total or time.monotonic() > self._end:
            return False
        own = frozenset(thing.path for thing in steps.talk.things)
        if not self._options.allow_destructive and not may_be_sent(
            self._operation, request, self._readers, own
        ):
            return False
        owner = steps.owner(self._operation.path)
        expectation = self._readers[self._operation.id].read(request).expectation
        title = exchange.case.title + ", made smaller"
        case = replace(exchange.case, title=title, request=request, expectation=expectation)
        try:
            thing = steps.subject(owner) if owner is not None else None
            tried, complaints = steps.talk.try_out(case, thing)
        except (ConnectionLost, StopAtFinding):
            return False
        detail = complaints.get(self._finding.promise.check)
        if detail is None or tried.response.status != exchange.response.status:
            return False
        self._best = (detail, tried)
        return True
