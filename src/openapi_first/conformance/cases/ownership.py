"""Which requests may be sent to a stage that others use: a run changes only its own resources."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any
from urllib.parse import unquote

from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.model.messages import Request
from openapi_first.openapi.model import Operation
from openapi_first.openapi.path_templates import path_variables

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def may_be_sent(
    setup: Setup,
    operation: Operation,
    request: Request,
    own: frozenset[str] = frozenset(),
    seen: Container[str] = frozenset(),
) -> bool:
    """Whether the request cannot change what somebody else has made: it reads or creates, below
    what has an example in the contract if its path has variables; its path is in `own` or still has
    its variables unfilled; or the path cannot exist, since a variable is
    invalid or a made-up UUID. A value that is in `seen` (strings of responses, in lower case) is
    not made up. With `allow_destructive` every request may be sent."""
    if setup.options.allow_destructive or operation.method in _SAFE:
        return True
    path = request.target.partition("?")[0]
    if any(path == each or path.startswith(each + "/") for each in own):
        return True
    variables = path_variables(operation.path, path) or {}
    if not variables or _creates_below_examples(setup, operation, variables):
        return operation.method == "POST"
    invalid = setup.readers[operation.id].invalid_variables(path)
    for parameter in operation.parameters:
        if parameter.location != "path":
            continue
        value = variables.get(parameter.name, "")
        if unquote(value).lower() in seen:
            return False
        if value.strip("{+}") == parameter.name and value.startswith("{"):
            continue
        if parameter.name in invalid:
            return True
        if parameter.schema.followed().value.get("format") != "uuid":
            return False
    return True


def _creates_below_examples(setup: Setup, operation: Operation, variables: dict[str, str]) -> bool:
    given = {each.name: setup.builder.examples(each) for each in operation.parameters}
    return any(each.create is operation for each in setup.resources) and all(
        unquote(value) in map(str, given.get(name, ())) for name, value in variables.items()
    )


def strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value, in lower case."""
    if isinstance(value, str):
        yield value.lower()
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)
