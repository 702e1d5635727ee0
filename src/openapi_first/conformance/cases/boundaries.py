"""Cases at the edges of an operation: every parameter and every body at its bounds and beyond,
one at a time, and the ways in which a request can be no request of the contract at all."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from openapi_first.conformance.cases.boundary_values import variants
from openapi_first.conformance.judging.request_reader import OperationReader
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.run import Case, Expectation, Phase
from openapi_first.conformance.requests.parameter_writer import NotSendable
from openapi_first.conformance.requests.request_builder import ABSENT, NO_BODY, Builder
from openapi_first.conformance.requests.request_schemas import SchemaReader
from openapi_first.conformance.requests.sampling import NoSample
from openapi_first.core.media_types import is_json
from openapi_first.openapi.model import Operation, Parameter
from openapi_first.openapi.node import Place

_LONGEST_TARGET = 4_000  # API Gateway takes 10,240 bytes of request line and headers
_TEXTS_OF_NUMBERS = ("", "abc", "1.5", "1e1", "0x10", "+1", "01", "١", "true", "1,2", "NaN", "-0")


def edge_cases(
    operation: Operation,
    builder: Builder,
    reader: OperationReader,
    schemas: SchemaReader,
    dice: random.Random,
) -> list[Case]:
    """All edge cases of an operation, equal requests once."""
    found: dict[Request, Case] = {}
    for title, request, place, loose in _requests(operation, builder, schemas, dice):
        if len(request.target) + sum(len(k) + len(v) for k, v in request.headers) > _LONGEST_TARGET:
            continue
        expectation = reader.read(request).expectation
        if loose and expectation is Expectation.ALLOWED:
            expectation = Expectation.OPEN
        case = Case(title, Phase.BOUNDARY, operation.id, request, expectation, place=place)
        found.setdefault(_alike(request), case)
    return list(found.values())


def _alike(request: Request) -> Request:
    """The request without what differs each time."""
    headers = tuple(
        (name, "" if name.lower() == "idempotency-key" and len(value) == 36 else value)
        for name, value in request.headers
    )
    return replace(request, headers=headers)


_Planned = tuple[str, Request, Place, bool]


def _requests(
    operation: Operation,
    builder: Builder,
    schemas: SchemaReader,
    dice: random.Random,
) -> Iterator[_Planned]:
    for parameter in operation.parameters:
        place = Place.of(parameter.schema.followed())
        for title, value in _values(parameter, schemas, dice):
            values = {(parameter.location, parameter.name): value}
            try:
                request = builder.request(operation, values)
            except (NotSendable, NoSample):
                continue
            yield f"{parameter.name}: {title}", request, place, False
        if parameter.location == "query" and not parameter.explode:
            continue
        if parameter.location == "query":
            try:
                request = builder.request(
                    operation, {("query", parameter.name): builder.plain(parameter)}
                )
            except (NotSendable, NoSample):
                continue
            path, _, query = request.target.partition("?")
            twice = replace(request, target=f"{path}?{query}&{query}")
            yield f"{parameter.name}: given twice", twice, place, False
    try:
        plain = builder.request(operation)
    except (NotSendable, NoSample):
        return
    yield "a plain request", plain, Place.of(operation.node), False
    joint = "&" if "?" in plain.target else "?"
    unknown = replace(plain, target=f"{plain.target}{joint}x_unknown=1")
    yield "a query parameter nobody knows", unknown, Place.of(operation.node), True
    yield from _bodies(operation, builder, schemas, dice)


def _values(
    parameter: Parameter, schemas: SchemaReader, dice: random.Random
) -> Iterator[tuple[str, Any]]:
    if parameter.location != "path":
        yield "left out", ABSENT
    lowered = schemas.request(parameter.schema)
    for variant in variants(lowered, dice):
        yield variant.title, variant.value
    named = lowered.merged(lowered.schema).get("type")
    if named != "string":
        for text in _TEXTS_OF_NUMBERS:
            yield f"the text {text!r}", text


def _bodies(
    operation: Operation, builder: Builder, schemas: SchemaReader, dice: random.Random
) -> Iterator[_Planned]:
    if operation.body is None:
        return
    own = Place.of(operation.body.node)
    for entry in operation.body.content:
        if entry.schema is None or not is_json(entry.name):
            continue
        place = Place.of(entry.schema.followed())
        for variant in variants(schemas.request(entry.schema), dice):
            body = builder.null() if variant.value is None else variant.value
            try:
                request = builder.request(operation, body=body, media_type=entry.name)
            except (NotSendable, NoSample):
                continue
            yield f"body: {variant.title}", request, place, False
        plain = builder.request(operation, media_type=entry.name)
        whole = plain.body or b""
        for title, content in (
            ("cut short", whole[:-1]),
            ("no JSON", b"this is no JSON"),
            ("in single quotes", whole.replace(b'"', b"'")),
            ("a name twice", b'{"a": 1, "a": 2}'),
            ("not UTF-8", b'"\xff\xfe"'),
            ("lists in lists", b"[" * 300 + b"]" * 300),
            ("NaN", b"NaN"),
            ("a byte order mark", b"\xef\xbb\xbf" + whole),
        ):
            request = builder.request(operation, content=content, media_type=entry.name)
            loose = title in ("a byte order mark", "lists in lists", "a name twice")
            yield f"body: {title}", request, place, loose
        for other in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
            request = builder.request(operation, content=whole, media_type=other)
            yield f"body: in {other}", request, own, False
        charset = f"{entry.name}; charset=utf-8"
        request = builder.request(operation, content=whole, media_type=charset)
        yield "body: with a charset", request, own, True
    try:
        yield "no body", builder.request(operation, body=NO_BODY), own, False
    except (NotSendable, NoSample):
        return
