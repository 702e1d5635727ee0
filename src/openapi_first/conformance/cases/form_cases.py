"""Cases with boundary values in the members of forms."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.requests.parameter_writer import NotSendable
from openapi_first.openapi.model import MediaType, Operation
from openapi_first.samples.boundary_values import boundary_values
from openapi_first.samples.sampling import NoSample

_OTHERS = ("text/plain", "application/json", "application/xml")


def form_requests(
    setup: Setup, operation: Operation, entry: MediaType
) -> Iterator[tuple[str, Request]]:
    """Requests with their titles. A form is always an object, so other values are left out."""
    assert entry.schema is not None
    for each in boundary_values(setup.schemas.request(entry.schema), setup.rng):
        if not isinstance(each.value, dict):
            continue
        try:
            request = setup.builder.request(operation, body=each.value, media_type=entry.name)
        except (NotSendable, NoSample):
            continue
        yield f"form: {each.title}", request
    declared = {each.name for each in operation.body.content} if operation.body else set()
    for other in _OTHERS:
        if other not in declared:
            content = b'{"a": 1}'
            request = setup.builder.request(operation, content=content, media_type=other)
            yield f"form: in {other}", request
