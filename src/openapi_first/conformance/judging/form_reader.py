"""Whether the body of a form matches the contract, as the Lambda reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi_first.conformance.model.messages import Request
from openapi_first.core.media_types import media_type_of
from openapi_first.core.problem_details import Problem
from openapi_first.runtime.forms import read_multipart, read_urlencoded
from openapi_first.runtime.plan import MediaTypePlan
from openapi_first.runtime.request import BodyError
from openapi_first.runtime.validators import without_bytes
from openapi_first.samples.lowered_schemas import LoweredSchema
from openapi_first.schemas.form_members import MULTIPART


def form_errors(request: Request, plan: MediaTypePlan, schema: LoweredSchema) -> Iterator[str]:
    """How the body violates the contract. `plan` says how its members are sent."""
    try:
        values = _read(request, plan)
    except (BodyError, Problem, ValueError) as error:
        yield f"the form cannot be read: {error}"
        return
    if not any(schema.allows(without_bytes(each)) for each in values):
        yield "the form does not match its schema"


def _read(request: Request, plan: MediaTypePlan) -> list[Any]:
    data = request.body or b""
    if media_type_of(plan.media_type) == MULTIPART:
        return read_multipart(data, request.header("Content-Type") or "", plan)
    return read_urlencoded(data.decode(), plan)
