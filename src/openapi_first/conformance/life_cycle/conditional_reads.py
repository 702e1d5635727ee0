"""Reads under If-None-Match (RFC 9110 §13.1.2)."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.conformance.judging.checks import CONDITIONAL_READ
from openapi_first.conformance.life_cycle.reads import entity_tag
from openapi_first.conformance.model.declarations import declared_response, header_parameter
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.phases.steps import Steps, json_body
from openapi_first.conformance.roles.created_resources import CreatedResource
from openapi_first.conformance.roles.pagers import Values
from openapi_first.openapi.model import Operation

UNKNOWN_TAG = '"' + "0" * 32 + '"'


def check_conditional_read(
    steps: Steps,
    operation: Operation,
    latest_read: Exchange,
    created: CreatedResource | None = None,
    values: Values | None = None,
) -> None:
    """If-None-Match gets a 304 for the current entity tag, which stays the same without writes.
    `created` is what is read, or `values` are its path variables: then others may change it, and a
    complaint counts if a second round has one, too. Raises StopAtFinding."""
    if entity_tag(latest_read) is None or header_parameter(operation, "If-None-Match") is None:
        return
    found = list(_judged(steps, operation, latest_read, created, values))
    if created is None and any(complaint for _, complaint in found):
        latest_read = steps.ask(operation, "read again", values=values)
        found = list(_judged(steps, operation, latest_read, created, values))
    for exchange, complaint in found:
        steps.record(CONDITIONAL_READ, operation, exchange, complaint)


def _judged(
    steps: Steps,
    operation: Operation,
    latest_read: Exchange,
    created: CreatedResource | None,
    values: Values | None,
) -> Iterator[tuple[Exchange, str | None]]:
    """Each exchange, and its complaint."""
    tag = entity_tag(latest_read)
    again = steps.ask(operation, "read again", created, values=values)
    if tag is None or json_body(again) != json_body(latest_read):
        steps.note(operation, "changes without a write, so its ETag was not checked")
        return
    complaint: str | None = None
    if again.response.header("ETag") != tag:
        complaint = "the ETag changed without a write"
    yield again, complaint
    declares_304 = declared_response(operation, 304) is not None
    for condition, is_current in (
        (tag, True),
        (UNKNOWN_TAG, False),
        (f'"another", {tag}', True),
        (f"W/{tag.removeprefix('W/')}", True),
        ("*", True),
    ):
        title, headers = f"If-None-Match: {condition}", {"If-None-Match": condition}
        exchange = steps.ask(operation, title, created, headers=headers, values=values)
        status = exchange.response.status
        complaint = None
        if is_current and declares_304 and status != 304:
            complaint = (
                f"the status is {status}, but the client has the current version: expected "
                "304 (RFC 9110 §13.1.2)"
            )
        if not is_current and status == 304:
            complaint = (
                "the status is 304, but the client does not have the current version (RFC 9110 "
                "§13.1.2)"
            )
        yield exchange, complaint
