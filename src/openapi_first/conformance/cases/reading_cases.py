"""Cases that change nothing and that no service refuses, for a stage in production."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from openapi_first.conformance.cases.example_cases import example_cases
from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.judging.unjudged import Unjudged
from openapi_first.conformance.model.run import Case, Expectation, Phase
from openapi_first.documents.node import Place
from openapi_first.openapi.model import Operation

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""The safe methods (RFC 9110 section 9.2.1)."""

_ABSENT = frozenset({404, 410})


def reading_cases(setup: Setup, operation: Operation, unjudged: Unjudged) -> Iterator[Case]:
    """The examples of a safe operation that the contract allows, or one plain request if it has
    none. What a path names need not exist."""
    if operation.method not in SAFE:
        return
    cases = [
        case
        for case in example_cases(setup, operation, unjudged)
        if case.expectation is Expectation.ALLOWED
        and not (case.expects and min(case.expects) >= 400)
    ]
    for case in cases or _plain(setup, operation, unjudged):
        absent = _ABSENT if case.expects and "{" in operation.path else frozenset()
        yield replace(case, expects=case.expects | absent)


def _plain(setup: Setup, operation: Operation, unjudged: Unjudged) -> Iterator[Case]:
    case = None
    with unjudged.step(operation.id, Phase.EXAMPLE.value):
        values = {
            ("path", each.name): setup.builder.plain(each)
            for each in operation.parameters
            if each.location == "path"
        }
        request = setup.builder.request(operation, values)
        expectation = setup.readers[operation.id].expectation(request)
        place = Place.of(operation.node)
        case = Case(
            "a plain request", Phase.EXAMPLE, operation.id, request, expectation, place=place
        )
    if case is not None and case.expectation is Expectation.ALLOWED:
        yield case
