"""The examples of an operation by their names: parts with the same name form one request."""

from __future__ import annotations

from typing import Any

from openapi_first.conformance.requests.request_builder import examples_of
from openapi_first.openapi.model import Operation


def examples_by_name(operation: Operation) -> dict[str, dict[tuple[str, str], Any]]:
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


def _successes(operation: Operation) -> frozenset[int]:
    declared = (each.status for each in operation.responses)
    return frozenset(int(each) for each in declared if each.isdecimal() and each[0] == "2")


def statuses_by_name(operation: Operation) -> dict[str, frozenset[int]]:
    """The statuses of responses that have an example of the name. What a PUT creates may be there
    already, so that it gets another success."""
    found: dict[str, set[int]] = {}
    for response in operation.responses:
        if response.status.isdecimal():
            for entry in response.content:
                for name in examples_of(entry.node):
                    if name:
                        found.setdefault(name, set()).add(int(response.status))
    more = _successes(operation) if operation.method == "PUT" else frozenset()
    return {
        name: frozenset(statuses) | (more if 201 in statuses else frozenset())
        for name, statuses in found.items()
    }
