"""Sends the cases that the gateway answers, and judges credentials, preflights and routes."""

from __future__ import annotations

import contextlib

from openapi_first.conformance.cases.gateway_cases import (
    OTHER_ORIGIN,
    key_cases,
    oversized_case,
    preflight_cases,
    route_cases,
)
from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.judging.checks import KEY, PREFLIGHT, UNKNOWN_ROUTE
from openapi_first.conformance.model.errors import ConnectionLost
from openapi_first.conformance.model.run import Case, Exchange, Expectation
from openapi_first.conformance.phases.steps import Steps
from openapi_first.openapi.model import Operation

_REFUSED = (401, 403)
_INVALID = (400, 415)


def gateway_phase(steps: Steps) -> None:
    """Sends preflights first: later responses are compared with what they allow. Raises
    ConnectionLost, CannotJudge, StopAtFinding."""
    setup, conversation = steps.setup, steps.conversation
    unjudged = conversation.unjudged
    _preflights(steps)
    for operation in setup.contract.operations:
        with unjudged.step(operation.id, KEY.id):
            for must_be_refused, case in key_cases(setup, operation):
                with unjudged.step(operation.id, KEY.id):
                    _judge_key(steps, operation, case, must_be_refused=must_be_refused)
    for case in route_cases(setup.contract):
        with unjudged.part("", UNKNOWN_ROUTE.id):
            exchange = conversation.send(case)
            status = exchange.response.status
            complaint = None if 400 <= status < 500 else f"the status for {case.title} is {status}"
            conversation.ledger.record(UNKNOWN_ROUTE, "", complaint, exchange=exchange)
    with unjudged.step("", "a body that is too large"):
        oversized = oversized_case(setup)
        if oversized is not None:
            # The stage may close the connection while the body is on its way.
            with contextlib.suppress(ConnectionLost):
                conversation.send(oversized)


def _judge_key(steps: Steps, operation: Operation, case: Case, *, must_be_refused: bool) -> None:
    target = steps.target(operation.path)
    if not steps.has_whole_path(operation, case.request, target):
        return
    exchange = steps.conversation.send(case, target)
    if steps.conversation.lacks_function(operation, exchange):
        return  # the function may be what checks the credential
    status = exchange.response.status
    expectation = steps.setup.readers[operation.id].expectation(case.request)
    if expectation is Expectation.FORBIDDEN and status in _INVALID:
        # The part that refuses invalid requests may come before the one that checks credentials.
        steps.conversation.unjudged.record(
            operation.id,
            KEY.id,
            f"no valid request could be made up: an invalid one with {case.title} gets {status}",
        )
        return
    complaint = _key_complaint(exchange, must_be_refused=must_be_refused)
    steps.record(KEY, operation, exchange, complaint)


def _preflights(steps: Steps) -> None:
    contract, conversation = steps.setup.contract, steps.conversation
    origin = steps.setup.options.origin
    for path, case in preflight_cases(contract, origin or OTHER_ORIGIN):
        operations = [each for each in contract.operations if each.path == path]
        with steps.part(operations[0], PREFLIGHT.id):
            exchange = conversation.send(case)
            allowed = exchange.response.header("Access-Control-Allow-Origin")
            conversation.preflight_origins[path] = allowed
            for operation in operations:
                complaint = _preflight_complaint(steps.setup, operation, exchange)
                steps.record(PREFLIGHT, operation, exchange, complaint)
    for path, case in preflight_cases(contract, OTHER_ORIGIN) if origin is not None else ():
        operations = [each for each in contract.operations if each.path == path]
        with steps.part(operations[0], PREFLIGHT.id):
            exchange = conversation.send(case)
            allowed = exchange.response.header("Access-Control-Allow-Origin")
            complaint = f"the preflight allows {allowed}" if allowed == OTHER_ORIGIN else None
            for operation in operations:
                steps.record(PREFLIGHT, operation, exchange, complaint)


def _key_complaint(exchange: Exchange, *, must_be_refused: bool) -> str | None:
    refused = exchange.response.status in _REFUSED
    if refused == must_be_refused:
        return None
    return f"the status is {exchange.response.status} with {exchange.case.title}"


def _preflight_complaint(setup: Setup, operation: Operation, exchange: Exchange) -> str | None:
    response, origin = exchange.response, setup.options.origin
    if not 200 <= response.status < 300:
        return f"the status of the preflight is {response.status}"
    allowed_origin = response.header("Access-Control-Allow-Origin")
    if allowed_origin is None:
        return "the preflight does not allow an origin"
    if origin is not None and allowed_origin not in ("*", origin):
        return f"the preflight allows {allowed_origin}, not {origin}"
    methods = _listed(response.header("Access-Control-Allow-Methods"))
    is_simple = operation.method in ("GET", "HEAD", "POST")  # allowed without being listed
    if not methods & {operation.method.lower(), "*"} and not (is_simple and not methods):
        return f"the preflight does not allow {operation.method}"
    allowed = _listed(response.header("Access-Control-Allow-Headers"))
    wanted = {each.name for each in operation.parameters if each.location == "header"}
    wanted |= {name for name in setup.credentials.headers(operation) if name != "Cookie"}
    wanted |= {"Content-Type"} if operation.body is not None else set()
    missing = sorted(name for name in wanted if not allowed & {name.lower(), "*"})
    return f"the preflight does not allow the header {missing[0]}" if missing else None


def _listed(value: str | None) -> set[str]:
    return {each.strip().lower() for each in (value or "").split(",")} - {""}
