"""Requests with boundary values: one parameter or body at a time, and malformed bodies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

from openapi_first.conformance.cases.form_cases import form_requests
from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.judging.unjudged import Unjudged, reason_of
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.run import Case, Expectation, Phase
from openapi_first.conformance.requests.form_writer import is_written_as_form
from openapi_first.conformance.requests.parameter_writer import NotSendable
from openapi_first.conformance.requests.request_builder import (
    ABSENT,
    IDEMPOTENCY_KEY,
    NO_BODY,
    NULL,
)
from openapi_first.core.media_types import is_json
from openapi_first.documents.node import Place
from openapi_first.openapi.model import MediaType, Operation, Parameter, RequestBody
from openapi_first.samples.boundary_values import boundary_values
from openapi_first.samples.sampling import NoSample

_LONGEST = 4_000  # API Gateway takes 10,240 bytes of request line and headers
_OTHER_MEDIA_TYPES = ("text/plain", "application/xml", "application/x-www-form-urlencoded")
_ALMOST_NUMBERS = ("", "abc", "1.5", "1e1", "0x10", "+1", "01", "١", "true", "1,2", "NaN", "-0")

_Values: TypeAlias = dict[tuple[str, str], Any]
"""Values of parameters by location and name."""


class BoundaryRequest(NamedTuple):
    """`place` is the part of the contract that it tests. `is_open`: the contract leaves open
    whether the request is refused, even if it matches."""

    title: str
    request: Request
    place: Place
    is_open: bool

    def case(self, setup: Setup, operation: Operation) -> Case:
        expectation = setup.readers[operation.id].expectation(self.request)
        if self.is_open and expectation is Expectation.ALLOWED:
            expectation = Expectation.OPEN
        request, place = self.request, self.place
        return Case(self.title, Phase.BOUNDARY, operation.id, request, expectation, place=place)


def boundary_requests(
    setup: Setup, operation: Operation, unjudged: Unjudged
) -> Iterator[BoundaryRequest]:
    """All boundary requests of an operation, each once. `unjudged` gets the parameters and bodies
    that no plain value could be made up for: other values are sent without them."""
    found: set[Request] = set()
    for each in _requests(setup, operation, unjudged):
        request = each.request
        if len(request.target) + sum(len(k) + len(v) for k, v in request.headers) > _LONGEST:
            continue
        comparable = _comparable(request)
        if comparable not in found:
            found.add(comparable)
            yield each


def _comparable(request: Request) -> Request:
    """The request without values that are different each time."""
    headers = tuple(
        (name, "" if name.lower() == "idempotency-key" and len(value) == 36 else value)
        for name, value in request.headers
    )
    return replace(request, headers=headers)


def _requests(setup: Setup, operation: Operation, unjudged: Unjudged) -> Iterator[BoundaryRequest]:
    builder, values = setup.builder, _plain_values(setup, operation, unjudged)
    for parameter in operation.parameters:
        yield from _parameter_requests(setup, operation, parameter, values, unjudged)
    plain = None
    with unjudged.step(operation.id, Phase.BOUNDARY.value):
        plain = builder.request(operation, values)
    if plain is not None:
        place = Place.of(operation.node)
        yield BoundaryRequest("a plain request", plain, place, is_open=False)
        joint = "&" if "?" in plain.target else "?"
        unknown = replace(plain, target=f"{plain.target}{joint}x_unknown=1")
        yield BoundaryRequest("an unknown query parameter", unknown, place, is_open=True)
    if operation.body is not None:
        yield from _body_requests(setup, operation, operation.body, values, unjudged)


def _plain_values(setup: Setup, operation: Operation, unjudged: Unjudged) -> _Values:
    """The same values for all requests, which thus differ in the tested part only. A key for
    idempotent writes is used once."""
    found: _Values = {}
    for parameter in setup.builder.needed(operation):
        if parameter.name.lower() != IDEMPOTENCY_KEY:
            with unjudged.step(operation.id, Phase.BOUNDARY.value):
                found[parameter.location, parameter.name] = setup.builder.plain(parameter)
    return found


def _parameter_requests(
    setup: Setup,
    operation: Operation,
    parameter: Parameter,
    values: _Values,
    unjudged: Unjudged,
) -> Iterator[BoundaryRequest]:
    place, lowered = Place.of(parameter.schema.followed()), setup.schemas.request(parameter.schema)
    key, once = (parameter.location, parameter.name), None
    for title, value in _parameter_values(setup, parameter):
        try:
            request = setup.builder.request(operation, {**values, key: value})
        except (NotSendable, NoSample):  # no header can carry a line break, for instance
            continue
        if once is None and value is not ABSENT and lowered.allows(value):
            once = request
        yield BoundaryRequest(f"{parameter.name}: {title}", request, place, is_open=False)
    if parameter.location != "query" or not parameter.explode:
        return
    try:
        value = setup.builder.plain(parameter)
        once = setup.builder.request(operation, {**values, key: value})
    except (NotSendable, NoSample) as error:
        if once is None:  # nor does a boundary value match
            unjudged.record(operation.id, Phase.BOUNDARY.value, reason_of(error))
    if once is not None:
        path, _, query = once.target.partition("?")
        twice = replace(once, target=f"{path}?{query}&{query}")
        yield BoundaryRequest(f"{parameter.name}: given twice", twice, place, is_open=False)


def _parameter_values(setup: Setup, parameter: Parameter) -> Iterator[tuple[str, Any]]:
    if parameter.location != "path":
        yield "left out", ABSENT
    lowered = setup.schemas.request(parameter.schema)
    yield from boundary_values(lowered, setup.rng)
    if lowered.merged(lowered.schema).get("type") != "string":
        for text in _ALMOST_NUMBERS:
            yield f"the string {text!r}", text


def _body_requests(
    setup: Setup, operation: Operation, body: RequestBody, values: _Values, unjudged: Unjudged
) -> Iterator[BoundaryRequest]:
    builder, place = setup.builder, Place.of(body.node)
    for entry in body.content:
        if is_written_as_form(entry):
            for title, request in form_requests(setup, operation, entry):
                yield BoundaryRequest(title, request, Place.of(entry.node), False)
        if entry.schema is None or not is_json(entry.name):
            continue
        part = Place.of(entry.schema.followed())
        for value in boundary_values(setup.schemas.request(entry.schema), setup.rng):
            content = NULL if value.value is None else value.value
            try:
                request = builder.request(operation, values, content, media_type=entry.name)
            except (NotSendable, NoSample):
                continue
            yield BoundaryRequest(f"body: {value.title}", request, part, is_open=False)
        yield from _malformed_bodies(setup, operation, entry, values, unjudged)
    try:
        request = builder.request(operation, values, NO_BODY)
    except (NotSendable, NoSample):
        return
    yield BoundaryRequest("no body", request, place, is_open=False)


def _malformed_bodies(
    setup: Setup, operation: Operation, entry: MediaType, values: _Values, unjudged: Unjudged
) -> Iterator[BoundaryRequest]:
    assert entry.schema is not None
    assert operation.body is not None
    builder, body_place = setup.builder, Place.of(operation.body.node)
    whole = None
    with unjudged.step(operation.id, Phase.BOUNDARY.value):
        whole = builder.request(operation, values, media_type=entry.name)
    if whole is None:
        return
    plain = whole.body or b""
    bodies = [
        ("cut short", plain[:-1], entry.name, False),
        ("not JSON", b"this is not JSON", entry.name, False),
        ("in single quotes", plain.replace(b'"', b"'"), entry.name, False),
        ("a repeated name", b'{"a": 1, "a": 2}', entry.name, True),
        ("not UTF-8", b'"\xff\xfe"', entry.name, False),
        ("deeply nested lists", b"[" * 300 + b"]" * 300, entry.name, True),
        ("NaN", b"NaN", entry.name, False),
        ("a byte order mark", b"\xef\xbb\xbf" + plain, entry.name, True),
        *((f"in {other}", plain, other, False) for other in _OTHER_MEDIA_TYPES),
        ("with a charset", plain, f"{entry.name}; charset=utf-8", True),
    ]
    for title, content, media_type, is_open in bodies:
        request = builder.request(operation, values, content=content, media_type=media_type)
        place = Place.of(entry.schema.followed()) if media_type == entry.name else body_place
        yield BoundaryRequest(f"body: {title}", request, place, is_open)
