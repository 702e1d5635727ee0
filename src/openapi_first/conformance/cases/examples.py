"""Cases from the contract's examples: each is sent, and those of one name make an exchange."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi_first.conformance.judging.request_reader import OperationReader
from openapi_first.conformance.model.resources import Resource
from openapi_first.conformance.model.run import Case, Phase
from openapi_first.conformance.requests.parameter_writer import NotSendable
from openapi_first.conformance.requests.request_builder import Builder, examples_of
from openapi_first.conformance.requests.sampling import NoSample
from openapi_first.openapi.model import Operation
from openapi_first.openapi.node import Place

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "POST"})


def example_cases(
    operation: Operation,
    builder: Builder,
    reader: OperationReader,
    resource: Resource | None,
) -> Iterator[Case]:
    """The cases of one operation. `resource` is what its path leads to, if that can be created."""
    named = _named(operation)
    statuses = _statuses(operation)
    for name, parts in named.items():
        values: dict[tuple[str, str], Any] = {}
        body, media_type = None, None
        for key, value in parts.items():
            if key[0] == "body":
                body, media_type = value, key[1]
                body = builder.null() if value is None else value
            elif key[1].lower() != "idempotency-key":
                values[key] = value
        expects = statuses.get(name, frozenset())
        if resource is not None and not any(status >= 400 for status in expects):
            # An example's id is of something that may be there, and not ours: take our own.
            values = {key: value for key, value in values.items() if key[0] != "path"}
        elif resource is not None and name in ("", "default") and operation.method not in _SAFE:
            values = {key: value for key, value in values.items() if key[0] != "path"}
        if not values and body is None and resource is None and parts and not expects:
            continue
        try:
            if ("header", "Idempotency-Key") in parts or any(
                key[1].lower() == "idempotency-key" for key in parts
            ):
                parameter = next(
                    each for each in operation.parameters if each.name.lower() == "idempotency-key"
                )
                values[("header", parameter.name)] = builder.plain(parameter)
            request = builder.request(operation, values, body, media_type=media_type)
        except (NoSample, NotSendable):
            continue
        expectation = reader.read(request).expectation
        title = f"example {name}" if name else "the example"
        place = Place.of(operation.node)
        yield Case(title, Phase.EXAMPLE, operation.id, request, expectation, expects, place)


def _named(operation: Operation) -> dict[str, dict[tuple[str, str], Any]]:
    """The examples of parameters and bodies, by name; those without a name stand alone."""
    found: dict[str, dict[tuple[str, str], Any]] = {}
    for parameter in operation.parameters:
        for name, value in examples_of(parameter.node).items():
            found.setdefault(name, {})[(parameter.location, parameter.name)] = value
    for entry in operation.body.content if operation.body is not None else ():
        for name, value in examples_of(entry.node).items():
            found.setdefault(name, {})[("body", entry.name)] = value
    return found


def _statuses(operation: Operation) -> dict[str, frozenset[int]]:
    """The statuses whose responses have an example of a name."""
    found: dict[str, set[int]] = {}
    for response in operation.responses:
        if response.status.isdecimal():
            for entry in response.content:
                for name in examples_of(entry.node):
                    if name:
                        found.setdefault(name, set()).add(int(response.status))
    return {name: frozenset(statuses) for name, statuses in found.items()}
