"""Values of path variables: which the contract proves, and which nobody has used."""

from __future__ import annotations

from collections.abc import Callable

from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.requests.request_builder import RequestBuilder
from openapi_first.conformance.roles.created_resources import CreatedResource
from openapi_first.conformance.roles.pagers import Values
from openapi_first.conformance.roles.resources import Resource
from openapi_first.openapi.model import Operation
from openapi_first.openapi.path_templates import variable_names

_ABSENT = (404, 410)
_TRIES = 3


def has_whole_path(operation: Operation, values: Values | None) -> bool:
    """Whether an operation's path has variables, and all of them have values."""
    names = variable_names(operation.path)
    return bool(names) and values is not None and all(("path", each) in values for each in names)


def unproved_variables(
    operation: Operation, path: str, owner: Resource | None, builder: RequestBuilder
) -> list[str]:
    """The variables of an operation's path, or of the path above, that are neither of the owner nor
    have an example."""
    own = len(variable_names(owner.path)) if owner is not None else 0
    parameters = {each.name: each for each in operation.parameters if each.location == "path"}
    return [
        name
        for name in variable_names(path)[own:]
        if name not in parameters or not builder.examples(parameters[name])
    ]


def unused_path(
    resource: Resource,
    parent: CreatedResource | None,
    builder: RequestBuilder,
    ask: Callable[[Operation, Values], Exchange],
) -> tuple[Values | None, Exchange]:
    """Values for all variables of a path at which nothing is, and the read that says so; None if
    reads find something everywhere. `ask` sends a read. Raises NoSample."""
    assert resource.read is not None
    above = parent.values(resource.read.path) if parent is not None else {}
    own = variable_names(resource.read.path)[-1]
    for _ in range(_TRIES):
        values: Values = {("path", name): value for name, value in above.items()}
        for each in resource.read.parameters:
            if each.location == "path" and each.name not in above:
                make = builder.made_up if each.name == own else builder.plain
                values["path", each.name] = make(each)
        exchange = ask(resource.read, values)
        if exchange.response.status in _ABSENT:
            return values, exchange
    return None, exchange
