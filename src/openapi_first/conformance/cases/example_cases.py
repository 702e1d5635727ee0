"""Cases from the contract's examples: parts with the same example name form one request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.judging.unjudged import Unjudged
from openapi_first.conformance.model.run import Case, Phase
from openapi_first.conformance.requests.named_examples import examples_by_name, statuses_by_name
from openapi_first.conformance.requests.request_builder import NULL
from openapi_first.documents.node import Place
from openapi_first.openapi.model import Operation

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "POST"})
_IDEMPOTENCY_KEY = "idempotency-key"


def example_cases(setup: Setup, operation: Operation, unjudged: Unjudged) -> Iterator[Case]:
    """The cases of an operation's examples; `unjudged` gets those that cannot become a request."""
    creatable = any(each.path == operation.path for each in setup.resources)
    creatable = creatable and not setup.options.read_only
    statuses = statuses_by_name(operation)
    for name, examples in examples_by_name(operation).items():
        values: dict[tuple[str, str], Any] = {}
        body, media_type = None, None
        for key, value in examples.items():
            if key[0] == "body":
                body, media_type = NULL if value is None else value, key[1]
            elif key[1].lower() != _IDEMPOTENCY_KEY:
                values[key] = value
        expects = statuses.get(name, frozenset())
        is_error = any(status >= 400 for status in expects)
        changes_unnamed = name in ("", "default") and operation.method not in _SAFE
        if creatable and (not is_error or changes_unnamed):
            # The id in an example may be of somebody else's resource: use our own.
            values = {key: value for key, value in values.items() if key[0] != "path"}
        if not values and body is None and not creatable and examples and not expects:
            continue
        case, title = None, f"example {name}" if name else "the example"
        with unjudged.step(operation.id, title):
            for parameter in operation.parameters:
                # An example's key may have been used: take a new one.
                key = (parameter.location, parameter.name)
                if parameter.name.lower() == _IDEMPOTENCY_KEY and key in examples:
                    values[key] = setup.builder.plain(parameter)
            request = setup.builder.request(operation, values, body, media_type=media_type)
            expectation = setup.readers[operation.id].expectation(request)
            place = Place.of(operation.node)
            case = Case(title, Phase.EXAMPLE, operation.id, request, expectation, expects, place)
        if case is not None:
            yield case
