"""Cases with boundary values: one parameter or body at a time, and malformed bodies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from openapi_first.conformance.cases.boundary_values import boundary_values
from openapi_first.conformance.cases.form_cases import form_requests
from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.run import Case, Expectation, Phase
from openapi_first.conformance.requests.form_writer import is_written_as_form
from openapi_first.conformance.requests.parameter_writer import NotSendable
from openapi_first.conformance.requests.request_builder import ABSENT, NO_BODY, NULL
from openapi_first.conformance.requests.sampling import NoSample
from openapi_first.core.media_types import is_json
from openapi_first.documents.node import Place
from openapi_first.openapi.model import MediaType, Operation, Parameter, RequestBody

_LONGEST = 4_000  # API Gateway takes 10,240 bytes of request line and headers
_ALMOST_NUMBERS = ("", "abc", "1.5", "1e1", "0x10", "+1", "01", "١", "true", "1,2", "NaN", "-0")

_Planned = tuple[str, Request, Place, bool]
"""The title, the request, the part of the contract that it tests, and whether the contract leaves
open if a request that matches it is refused."""


def boundary_cases(setup: Setup, operation: Operation) -> list[Case]:
    """All boundary cases of an operation, each request once."""
    found: dict[Request, Case] = {}
    for title, request, place, is_open in _requests(setup, operation):
        if len(request.target) + sum(len(k) + len(v) for k, v in request.headers) > _LONGEST:
            continue
        expectation = setup.readers[operation.id].expectation(request)
        if is_open and expectation is Expectation.ALLOWED:
            expectation = Expectation.OPEN
        case = Case(title, Phase.BOUNDARY, operation.id, request, expectation, place=place)
        found.setdefault(_comparable(request), case)
    return list(found.values())


def _comparable(request: Request) -> Request:
    """The request without values that are different each time."""
    headers = tuple(
        (name, "" if name.lower() == "idempotency-key" and len(value) == 36 else value)
        for name, value in request.headers
    )
    return replace(request, headers=headers)


def _requests(setup: Setup, operation: Operation) -> Iterator[_Planned]:
    for parameter in operation.parameters:
        yield from _parameter_requests(setup, operation, parameter)
    try:
        plain = setup.builder.request(operation)
    except (NotSendable, NoSample):
        return
    place = Place.of(operation.node)
    yield "a plain request", plain, place, False
    joint = "&" if "?" in plain.target else "?"
    unknown = replace(plain, target=f"{plain.target}{joint}x_unknown=1")
    yield "an unknown query parameter", unknown, place, True
    if operation.body is not None:
        yield from _body_requests(setup, operation, operation.body)


def _parameter_requests(
    setup: Setup, operation: Operation, parameter: Parameter
) -> Iterator[_Planned]:
    place = Place.of(parameter.schema.followed())
    key = (parameter.location, parameter.name)
    for title, value in _parameter_values(setup, parameter):
        try:
            request = setup.builder.request(operation, {key: value})
        except (NotSendable, NoSample):
            continue
        yield f"{parameter.name}: {title}", request, place, False
    if parameter.location != "query" or not parameter.explode:
        return
    try:
        request = setup.builder.request(operation, {key: setup.builder.plain(parameter)})
    except (NotSendable, NoSample):
        return
    path, _, query = request.target.partition("?")
    twice = replace(request, target=f"{path}?{query}&{query}")
    yield f"{parameter.name}: given twice", twice, place, False


def _parameter_values(setup: Setup, parameter: Parameter) -> Iterator[tuple[str, Any]]:
    if parameter.location != "path":
        yield "left out", ABSENT
    lowered = setup.schemas.request(parameter.schema)
    yield from boundary_values(lowered, setup.rng)
    if lowered.merged(lowered.schema).get("type") != "string":
        for text in _ALMOST_NUMBERS:
            yield f"the string {text!r}", text


def _body_requests(setup: Setup, operation: Operation, body: RequestBody) -> Iterator[_Planned]:
    builder, place = setup.builder, Place.of(body.node)
    for entry in body.content:
        if is_written_as_form(entry):
            for title, request in form_requests(setup, operation, entry):
                yield title, request, Place.of(entry.node), False
        if entry.schema is None or not is_json(entry.name):
            continue
        for value in boundary_values(setup.schemas.request(entry.schema), setup.rng):
            content = NULL if value.value is None else value.value
            try:
                request = builder.request(operation, body=content, media_type=entry.name)
            except (NotSendable, NoSample):
                continue
            yield f"body: {value.title}", request, Place.of(entry.schema.followed()), False
        yield from _malformed_bodies(setup, operation, entry, place)
    try:
        yield "no body", builder.request(operation, body=NO_BODY), place, False
    except (NotSendable, NoSample):
        return


def _malformed_bodies(
    setup: Setup, operation: Operation, entry: MediaType, body_place: Place
) -> Iterator[_Planned]:
    assert entry.schema is not None
    builder, place = setup.builder, Place.of(entry.schema.followed())
    plain = builder.request(operation, media_type=entry.name).body or b""
    for title, content, is_open in (
        ("cut short", plain[:-1], False),
        ("not JSON", b"this is not JSON", False),
        ("in single quotes", plain.replace(b'"', b"'"), False),
        ("a repeated name", b'{"a": 1, "a": 2}', True),
        ("not UTF-8", b'"\xff\xfe"', False),
        ("deeply nested lists", b"[" * 300 + b"]" * 300, True),
        ("NaN", b"NaN", False),
        ("a byte order mark", b"\xef\xbb\xbf" + plain, True),
    ):
        request = builder.request(operation, content=content, media_type=entry.name)
        yield f"body: {title}", request, place, is_open
    for other in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
        request = builder.request(operation, content=plain, media_type=other)
        yield f"body: in {other}", request, body_place, False
    charset = f"{entry.name}; charset=utf-8"
    request = builder.request(operation, content=plain, media_type=charset)
    yield "body: with a charset", request, body_place, True
