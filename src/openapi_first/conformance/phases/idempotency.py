"""Idempotency keys (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import uuid
from typing import Any

from openapi_first.conformance.judging.checks import IDEMPOTENCY
from openapi_first.conformance.model.created_resources import created_variables
from openapi_first.conformance.model.declarations import declared_response, header_parameter
from openapi_first.conformance.model.resources import Resource
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.phases.steps import Steps, succeeded


def check_idempotency(steps: Steps, resource: Resource, bodies: list[Any], url: str) -> None:
    """The same key and body create once; another body is a conflict; another key creates again.
    Does nothing if the creation does not take keys."""
    create = resource.create
    parameter = header_parameter(create, "Idempotency-Key")
    if parameter is None:
        return
    headers = {parameter.name: str(uuid.uuid4())}
    created, first = steps.create(resource, bodies[0], headers)
    second = steps.ask(create, "the same again", body=bodies[0], headers=headers)
    complaint: str | None = None
    if second.response.status != first.response.status:
        complaint = f"the status is {second.response.status}, but was {first.response.status}"
    elif created is not None and _variables(resource, second, url) != created.variables:
        complaint = "the same Idempotency-Key has created another resource"
    steps.record(IDEMPOTENCY, create, second, complaint)
    if len(bodies) > 1:
        other = steps.ask(create, "another body, the same key", body=bodies[1], headers=headers)
        status = other.response.status
        declares_409 = declared_response(create, 409) is not None
        refused = status == 409 if declares_409 else 400 <= status < 500
        complaint = None
        if not refused:
            complaint = f"the status is {status} for another body with the same key"
        steps.record(IDEMPOTENCY, create, other, complaint)
    fresh = {parameter.name: str(uuid.uuid4())}
    another = steps.ask(create, "the same body, another key", body=bodies[0], headers=fresh)
    complaint = None
    if created is not None and _variables(resource, another, url) == created.variables:
        complaint = "another Idempotency-Key has not created another resource"
    steps.record(IDEMPOTENCY, create, another, complaint)


def _variables(resource: Resource, exchange: Exchange, url: str) -> dict[str, str] | None:
    if not succeeded(exchange):
        return None
    return created_variables(resource, exchange.case.request, exchange.response, url)
