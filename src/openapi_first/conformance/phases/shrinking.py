"""Makes the generated requests that showed findings smaller."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from openapi_first.conformance.cases.ownership import may_be_sent
from openapi_first.conformance.cases.smaller_requests import smallest
from openapi_first.conformance.model.errors import (
    CannotJudge,
    ConnectionLost,
    MalformedResponse,
    StopAtFinding,
)
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.run import Exchange, Finding
from openapi_first.conformance.phases.steps import Steps

REQUESTS = 60
"""The maximum for one finding, in addition to those that create what a request needs."""

_SECONDS = 20.0
_REQUESTS_PER_TRY = 4
"""A try may create what it needs and something else, and both must be removed."""


def shrink_phase(steps: Steps, generated: Mapping[tuple[str, str], Request], total: int) -> None:
    """`generated` are the requests as they were generated, by operationId and title of their case;
    `total` is the number of requests that the run may send, including the cleanup. Ends quietly if
    the stage can no longer be judged: the findings stay as they are."""
    end = time.monotonic() + _SECONDS
    for finding in steps.conversation.ledger.findings():
        case = finding.exchange.case
        request = generated.get((case.operation or "", case.title))
        if request is not None and case.operation == finding.promise.operation:
            try:
                with steps.conversation.unjudged.step(case.operation or "", "shrinking"):
                    _Shrinking(steps, finding, total, end).run(request)
            except CannotJudge:
                return


class _Shrinking:
    """Makes the request of one finding smaller."""

    def __init__(self, steps: Steps, finding: Finding, total: int, end: float) -> None:
        self._steps = steps
        self._finding = finding
        self._total = total
        self._end = end
        self._smallest: tuple[str, Exchange] | None = None

    def run(self, request: Request) -> None:
        smallest(request, self._shows, REQUESTS)
        if self._smallest is not None:
            self._steps.conversation.ledger.replace(self._finding, *self._smallest)

    def _shows(self, request: Request) -> bool:
        """Whether the request breaks the same promise with the same status."""
        setup, conversation = self._steps.setup, self._steps.conversation
        exchange, promise = self._finding.exchange, self._finding.promise
        needed = conversation.sent + len(conversation.created) + _REQUESTS_PER_TRY
        if needed > self._total or time.monotonic() > self._end:
            return False
        operation = setup.operations[promise.operation]
        own = frozenset(created.path for created in conversation.created)
        if not may_be_sent(setup, operation, request, own):
            return False
        expectation = setup.readers[operation.id].expectation(request)
        title = exchange.case.title + ", made smaller"
        case = replace(exchange.case, title=title, request=request, expectation=expectation)
        try:
            target = self._steps.target(operation.path)
            tried, complaints = conversation.try_out(case, target)
        except (ConnectionLost, MalformedResponse, StopAtFinding):
            return False
        complaint = complaints.get(promise.check)
        if complaint is None or tried.response.status != exchange.response.status:
            return False
        self._smallest = (complaint, tried)
        return True
