"""The cases that are known before a run: examples and boundaries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from openapi_first.conformance.cases.boundary_cases import boundary_requests
from openapi_first.conformance.cases.example_cases import example_cases
from openapi_first.conformance.cases.ownership import may_be_sent
from openapi_first.conformance.cases.reading_cases import reading_cases
from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.judging.checks import EXAMPLE
from openapi_first.conformance.judging.unjudged import Unjudged
from openapi_first.conformance.model.run import Case, Exchange, Expectation, Phase
from openapi_first.conformance.phases.steps import Steps
from openapi_first.openapi.model import Operation


def plan_cases(setup: Setup, unjudged: Unjudged) -> tuple[tuple[Case, ...], Counter[str]]:
    """The cases, examples first, and how many cases of each operation are left out because they
    could change what somebody else has made. `unjudged` gets those that cannot become a request."""
    cases, left_out = list[Case](), Counter[str]()
    if setup.options.read_only:
        for operation in setup.finished.operations:
            with unjudged.step(operation.id, Phase.EXAMPLE.value):
                cases.extend(reading_cases(setup, operation, unjudged))
        return tuple(cases), left_out
    unfinished = frozenset(setup.options.unfinished)
    for operation in setup.finished.operations:
        with unjudged.step(operation.id, Phase.EXAMPLE.value):
            for case in example_cases(setup, operation, unjudged):
                if may_be_sent(setup, operation, case.request):
                    cases.append(case)
                else:
                    left_out[operation.id] += 1
    for operation in setup.contract.operations:
        with unjudged.step(operation.id, Phase.BOUNDARY.value):
            # What cannot be made up for an operation without a function is not missed.
            missed = Unjudged(setup.options.secrets) if operation.id in unfinished else unjudged
            for planned in boundary_requests(setup, operation, missed):
                if may_be_sent(setup, operation, planned.request):
                    case = planned.case(setup, operation)
                    if operation.id not in unfinished or case.expectation is Expectation.FORBIDDEN:
                        cases.append(case)
                else:
                    left_out[operation.id] += 1
    return tuple(cases), left_out


def send_cases(steps: Steps, cases: Iterable[Case]) -> None:
    """Sends the cases in order and judges them. Raises CannotJudge, StopAtFinding."""
    for case in cases:
        operation = steps.setup.operations[case.operation or ""]
        with steps.conversation.unjudged.step(operation.id, case.phase.value):
            target = None if steps.setup.options.read_only else steps.target(operation.path)
            if not steps.has_whole_path(operation, case.request, target):
                continue
            exchange = steps.conversation.send(case, target)
            if case.phase is Phase.EXAMPLE:
                steps.record(EXAMPLE, operation, exchange, _example_complaint(exchange))
            if _writes(steps.setup, operation) and exchange.response.status < 300:
                steps.compare_response(operation, exchange)


def _example_complaint(exchange: Exchange) -> str | None:
    case, status = exchange.case, exchange.response.status
    if not case.expects or status in case.expects:
        return None
    expected = " or ".join(map(str, sorted(case.expects)))
    return f"the status for {case.title} is {status}: expected {expected}"


def _writes(setup: Setup, operation: Operation) -> bool:
    resources = (*setup.resources, *setup.singletons)
    return any(operation in (each.create, each.update, each.patch) for each in resources)
