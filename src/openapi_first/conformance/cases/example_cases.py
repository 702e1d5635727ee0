"""Cases from the contract's examples: parts with the same example name form one request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.model.run import Case, Phase
from openapi_first.conformance.requests.parameter_writer import NotSendable
from openapi_first.conformance.requests.request_builder import NULL, examples_of
from openapi_first.documents.node import Place
from openapi_first.openapi.model import Operation
from openapi_first.samples.sampling import NoSample

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "POST"})
_IDEMPOTENCY_KEY = "idempotency-key"


def example_cases(setup: Setup, operation: Operation) -> Iterator[Case]:
    creatable = any(each.path == operation.path for each in setup.resources)
    statuses = _statuses(operation)
    for name, examples in _examples(operation).items():
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
        try:
            for parameter in operation.parameters:
                # An example's key may have been used: take a new one.
                key = (parameter.location, parameter.name)
                if parameter.name.lower() == _IDEMPOTENCY_KEY and key in examples:
                    values[key] = setup.builder.plain(parameter)
            request = setup.builder.request(operation, values, body, media_type=media_type)
        except (NoSample, NotSendable):
            continue
        expectation = setup.readers[operation.id].expectation(request)
        title = f"example {name}" if name else "the example"
        place = Place.of(operation.node)
        yield Case(title, Phase.EXAMPLE, operation.id, request, expectation, expects, place)


def _examples(operation: Operation) -> dict[str, dict[tuple[str, str], Any]]:
    """The examples of parameters and bodies by their names, "" for those without one; within a
    name by location and name of the parameter, or by `body` and media type."""
    found: dict[str, dict[tuple[str, str], Any]] = {}
    for parameter in operation.parameters:
        for name, value in examples_of(parameter.node).items():
            found.setdefault(name, {})[(parameter.location, parameter.name)] = value
    for entry in operation.body.content if operation.body is not None else ():
        for name, value in examples_of(entry.node).items():
            found.setdefault(name, {})[("body", entry.name)] = value
    return found


def _statuses(operation: Operation) -> dict[str, frozenset[int]]:
    """The statuses of responses that have an example of the name."""
    found: dict[str, set[int]] = {}
    for response in operation.responses:
        if response.status.isdecimal():
            for entry in response.content:
                for name in examples_of(entry.node):
                    if name:
                        found.setdefault(name, set()).add(int(response.status))
    return {name: frozenset(statuses) for name, statuses in found.items()}
