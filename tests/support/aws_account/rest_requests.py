"""Reads the requests of services that have an operation for each method and path.

The protocols REST-JSON and REST-XML: https://smithy.io/2.0/spec/http-bindings.html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.model import OperationModel, ServiceModel

from support.aws_account.messages import Message

_LABEL = re.compile(r"\{([^{}]+?)(\+?)\}")


def read(model: ServiceModel, message: Message) -> tuple[OperationModel, dict[str, Any]]:
    """The operation and its parameters. Raises LookupError if the service has no such operation."""
    parts = urlsplit(message.target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    has = {name.lower() for name in message.headers}
    for route in _routes(model):
        operation, found = route.operation, route.path.fullmatch(parts.path)
        if operation.http["method"] != message.method or found is None:
            continue
        if not route.headers <= has or not all(
            name in query and value in ("", query[name]) for name, value in route.query
        ):
            continue
        labels = {name: unquote(value) for name, value in found.groupdict().items()}
        return operation, _parameters(operation, labels, query, message)
    raise LookupError(f"{model.service_name}: {message.method} {message.target}")


def _parameters(
    operation: OperationModel, labels: Mapping[str, str], query: Mapping[str, str], message: Message
) -> dict[str, Any]:
    shape = operation.input_shape
    if shape is None:
        return {}
    payload = shape.serialization.get("payload")
    found: dict[str, Any] = {}
    body: Any = None
    if payload is None and message.body and operation.service_model.protocol == "rest-json":
        body = json.loads(message.body)
    for name, member in shape.members.items():
        place = member.serialization.get("location")
        wire = member.serialization.get("name", name)
        if place == "uri":
            found[name] = labels[_name(wire)]
        elif place == "querystring" and member.type_name == "map":
            found |= {name: dict(query)} if query else {}
        elif place == "querystring" and wire in query:
            found[name] = query[wire] == "true" if member.type_name == "boolean" else query[wire]
        elif place == "header" and wire.lower() in {key.lower() for key in message.headers}:
            found[name] = message.headers[wire]
        elif name == payload:
            found[name] = message.body
        elif place is None and body is not None and wire in body:
            found[name] = body[wire]
    return found


@dataclass(frozen=True)
class _Route:
    """What a request must have to be for the operation."""

    path: re.Pattern[str]
    query: tuple[tuple[str, str], ...]
    headers: frozenset[str]
    operation: OperationModel
    particular: int


@cache
def _routes(model: ServiceModel) -> list[_Route]:
    """The operations of a REST service, the most particular first."""
    routes = []
    for name in model.operation_names:
        operation = model.operation_model(name)
        path, _, text = operation.http["requestUri"].partition("?")
        required = {
            (member.serialization.get("location"), member.serialization.get("name", key))
            for shape in [operation.input_shape]
            if shape is not None
            for key, member in shape.members.items()
            if key in shape.required_members
        }
        headers = frozenset(wire.lower() for place, wire in required if place == "header")
        query = parse_qsl(text, keep_blank_values=True)
        query += [(wire, "") for place, wire in sorted(required, key=str) if place == "querystring"]
        pattern = re.compile(_LABEL.sub(_group, path.rstrip("/") or "/") + "/?")
        particular = len(_LABEL.sub("", path)) + 10 * (len(query) + len(headers))
        routes.append(_Route(pattern, tuple(query), headers, operation, particular))
    return sorted(routes, key=lambda route: (-route.particular, route.operation.name))


def _group(label: re.Match[str]) -> str:
    """A pattern for a label of a path; one with a plus has slashes, too."""
    return f"(?P<{_name(label[1])}>{'.+' if label[2] else '[^/]+'})"


def _name(label: str) -> str:
    return re.sub(r"\W", "_", label)
