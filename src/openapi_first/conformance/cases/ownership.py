"""What a run may touch on a stage that others use: what it has made, and what cannot be there."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from openapi_first.conformance.judging.request_reader import OperationReader
from openapi_first.conformance.model.messages import Request
from openapi_first.openapi.model import Operation
from openapi_first.openapi.path_templates import match_path

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def may_be_sent(
    operation: Operation,
    request: Request,
    readers: Mapping[str, OperationReader],
    own: frozenset[str] = frozenset(),
    told: Container[str] = frozenset(),
) -> bool:
    """Whether the request changes nothing that somebody else may have made: it reads, it creates,
    its path leads to one of `own` or is open until something of ours is put in, or it names what
    cannot be there, since the name is no name or a UUID that was made up. What the stage has
    `told`, in lower case, was not."""
    if operation.method in _SAFE:
        return True
    path = request.target.partition("?")[0]
    if any(path == each or path.startswith(each + "/") for each in own):
        return True
    variables = match_path(operation.path, path) or {}
    if not variables:
        return operation.method == "POST"
    faults = readers[operation.id].read(request).faults
    for parameter in operation.parameters:
        if parameter.location != "path":
            continue
        value = variables.get(parameter.name, "")
        if unquote(value).lower() in told:
            return False
        if value.strip("{+}") == parameter.name and value.startswith("{"):
            continue
        if any(fault.startswith(f"path {parameter.name}") for fault in faults):
            return True
        if parameter.schema.followed().value.get("format") != "uuid":
            return False
    return True


def texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value, in lower case."""
    if isinstance(value, str):
        yield value.lower()
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)
