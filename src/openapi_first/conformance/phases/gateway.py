"""Sends the cases that the gateway answers, and judges keys, preflights and routes."""

from __future__ import annotations

import contextlib

from openapi_first.conformance.cases.gateway import (
    OTHER_ORIGIN,
    key_cases,
    oversized_case,
    preflight_cases,
    route_cases,
)
from openapi_first.conformance.model.errors import ConnectionLost
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.phases.steps import Steps
from openapi_first.conformance.requests.credentials import Credentials
from openapi_first.openapi.model import Contract, Operation

_REFUSED = (401, 403)


def gateway_phase(
    contract: Contract, steps: Steps, credentials: Credentials, origin: str | None
) -> None:
    """Preflights first, since what they allow is held against every later answer."""
    talk = steps.talk
    for path, case in preflight_cases(contract, origin or OTHER_ORIGIN):
        exchange = talk.send(case)
        talk.origin_headers[path] = exchange.response.header("Access-Control-Allow-Origin")
        for operation in _at(contract, path):
            detail = _preflight(operation, credentials, exchange, origin)
            steps.hold(operation, "preflight", detail, exchange)
    for path, case in preflight_cases(contract, OTHER_ORIGIN) if origin is not None else ():
        exchange = talk.send(case)
        given = exchange.response.header("Access-Control-Allow-Origin")
        detail = f"the preflight lets {OTHER_ORIGIN} in" if given == OTHER_ORIGIN else None
        for operation in _at(contract, path):
            steps.hold(operation, "preflight", detail, exchange)
    for operation in contract.operations:
        for kind, case in key_cases(operation, steps.builder, credentials):
            owner = steps.owner(operation.path)
            thing = steps.subject(owner) if owner is not None else None
            try:
                exchange = talk.send(case, thing)
            except ConnectionLost:
                continue
            steps.hold(operation, "key", _key(kind, exchange), exchange)
    for case in route_cases(contract):
        exchange = talk.send(case)
        status = exchange.response.status
        detail = None if 400 <= status < 500 else f"{case.title} is answered {status}"
        talk.ledger.hold("", "unknown-route", detail, exchange)
    oversized = oversized_case(contract, steps.builder)
    if oversized is not None:
        # It may be refused by closing the connection while the body is on its way.
        with contextlib.suppress(ConnectionLost):
            talk.send(oversized)


def _at(contract: Contract, path: str) -> list[Operation]:
    return [operation for operation in contract.operations if operation.path == path]


def _key(kind: str, exchange: Exchange) -> str | None:
    refused = exchange.response.status in _REFUSED
    if kind == "none":
        return f"answered {exchange.response.status} without a key" if refused else None
    return None if refused else f"answered {exchange.response.status} with {exchange.case.title}"


def _preflight(
    operation: Operation, credentials: Credentials, exchange: Exchange, origin: str | None
) -> str | None:
    response = exchange.response
    if not 200 <= response.status < 300:
        return f"the preflight is answered {response.status}"
    allowed_origin = response.header("Access-Control-Allow-Origin")
    if allowed_origin is None:
        return "the preflight allows no origin"
    if origin is not None and allowed_origin not in ("*", origin):
        return f"the preflight allows {allowed_origin}, and not {origin}"
    methods = _listed(response.header("Access-Control-Allow-Methods"))
    simple = operation.method in ("GET", "HEAD", "POST")
    if (
        operation.method.lower() not in methods
        and "*" not in methods
        and not (simple and not methods)
    ):
        return f"the preflight does not allow {operation.method}"
    allowed = _listed(response.header("Access-Control-Allow-Headers"))
    wanted = {each.name for each in operation.parameters if each.location == "header"}
    wanted |= {name for name in credentials.names(operation) if name != "Cookie"}
    wanted |= {"Content-Type"} if operation.body is not None else set()
    missing = sorted(name for name in wanted if name.lower() not in allowed and "*" not in allowed)
    return f"the preflight does not allow the header {missing[0]}" if missing else None


def _listed(value: str | None) -> set[str]:
    return {each.strip().lower() for each in (value or "").split(",")} - {""}
