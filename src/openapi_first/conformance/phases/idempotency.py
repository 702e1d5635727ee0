"""Idempotency keys (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import uuid
from typing import Any

from openapi_first.conformance.judging.checks import declared_response
from openapi_first.conformance.model.resources import Resource
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.phases.conversation import created_variables
from openapi_first.conformance.phases.steps import Steps, succeeded
from openapi_first.openapi.model import Operation


def same_once(steps: Steps, resource: Resource, bodies: list[Any], url: str) -> None:
    """The same key and body create once, another body is a conflict, another key creates anew."""
    create = resource.create
    headers = {_header(create): str(uuid.uuid4())}
    thing, first = steps.create(resource, bodies[0], headers)
    second = steps.ask(create, "the same again", body=bodies[0], headers=headers)
    detail: str | None = None
    if second.response.status != first.response.status:
        detail = f"answered {second.response.status}, and {first.response.status} before"
    elif thing is not None and _made(resource, second, url) != thing.variables:
        detail = "the same Idempotency-Key has created another thing"
    steps.hold(create, "idempotency", detail, second)
    if len(bodies) > 1:
        other = steps.ask(create, "another body, the same key", body=bodies[1], headers=headers)
        refused = 400 <= other.response.status < 500
        declared = declared_response(create, 409) is not None
        detail = None
        if not refused or (declared and other.response.status != 409):
            detail = f"answered {other.response.status} to another body with the same key"
        steps.hold(create, "idempotency", detail, other)
    fresh = {_header(create): str(uuid.uuid4())}
    another = steps.ask(create, "the same body, another key", body=bodies[0], headers=fresh)
    detail = None
    if thing is not None and _made(resource, another, url) == thing.variables:
        detail = "another Idempotency-Key has created the same thing"
    steps.hold(create, "idempotency", detail, another)


def _made(resource: Resource, exchange: Exchange, url: str) -> dict[str, str] | None:
    if not succeeded(exchange):
        return None
    return created_variables(resource, exchange.case.request, exchange.response, url)


def _header(operation: Operation) -> str:
    return next(
        each.name for each in operation.parameters if each.name.lower() == "idempotency-key"
    )
