"""Idempotency keys (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import uuid
from typing import Any

from openapi_first.conformance.judging.checks import IDEMPOTENCY
from openapi_first.conformance.model.declarations import declared_status, header_parameter
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.phases.steps import Steps, succeeded
from openapi_first.conformance.roles.resources import Resource

_CONFLICTS = (409, 422)


def check_idempotency(steps: Steps, resource: Resource, bodies: list[Any]) -> None:
    """The same key and body create once; another body is a conflict, if the contract declares one;
    another key creates again. Does nothing if the creation does not take keys."""
    create = resource.create
    parameter = header_parameter(create, "Idempotency-Key")
    if parameter is None:
        return
    headers = {parameter.name: str(uuid.uuid4())}
    created, first = steps.create(resource, bodies[0], headers)
    if created is None:
        return
    second = steps.ask(create, "the same again", body=bodies[0], headers=headers)
    found = _variables(steps, resource, second)
    complaint: str | None = None
    if not succeeded(second):
        complaint = f"the status is {second.response.status}, but was {first.response.status}"
    elif found is not None and found != created.variables:
        complaint = "the same Idempotency-Key has created another resource"
    steps.record(IDEMPOTENCY, create, second, complaint)
    declares_conflict = any(declared_status(create, status) for status in _CONFLICTS)
    if len(bodies) > 1 and declares_conflict:
        title = "another body, the same key"
        other = steps.ask(create, title, body=bodies[1], headers=headers, may_be_refused=True)
        status = other.response.status
        complaint = None
        if not 400 <= status < 500:
            complaint = f"the status is {status} for another body with the same key"
        steps.record(IDEMPOTENCY, create, other, complaint)
    fresh = {parameter.name: str(uuid.uuid4())}
    another = steps.ask(create, "the same body, another key", body=bodies[0], headers=fresh)
    complaint = None
    # A 201 says that something new is there (RFC 9110 §15.3.2).
    is_new = another.response.status == 201
    if is_new and _variables(steps, resource, another) == created.variables:
        complaint = "another Idempotency-Key has not created another resource"
    steps.record(IDEMPOTENCY, create, another, complaint)


def _variables(steps: Steps, resource: Resource, exchange: Exchange) -> dict[str, str] | None:
    if not succeeded(exchange):
        return None
    return steps.conversation.variables(resource, exchange)
