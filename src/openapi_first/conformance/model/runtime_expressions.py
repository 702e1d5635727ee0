"""Evaluates the runtime expressions of links for an exchange (OpenAPI 3.0.3 §4.7.20.3)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, unquote

from openapi_first.conformance.model.messages import Request, Response
from openapi_first.core.json_pointer import unescaped
from openapi_first.openapi.link_expressions import Expression, parse_template
from openapi_first.openapi.path_templates import path_variables


class NoValue(Exception):
    """An expression refers to a value that the exchange does not have."""


def evaluate(written: Any, template: str, request: Request, response: Response) -> Any:
    """The value of an expression, or of a string with expressions in braces; any other value stays
    as it is. `template` is the path template of the request's operation. Raises NoValue."""
    parts = parse_template(written)
    if parts is None:
        return written
    values = [
        _value(part, template, request, response) if isinstance(part, Expression) else part
        for part in parts
    ]
    return values[0] if len(values) == 1 else "".join(map(str, values))


def _value(expression: Expression, template: str, request: Request, response: Response) -> Any:
    if expression.source == "statusCode":
        return response.status
    if expression.source == "method":
        return request.method
    message = request if expression.source == "request" else response
    found: Any = None
    if expression.part == "path":
        found = (path_variables(template, request.target) or {}).get(expression.name)
        found = found if found is None else unquote(found)
    elif expression.part == "query":
        values = parse_qs(request.target.partition("?")[2], keep_blank_values=True)
        found = next(iter(values.get(expression.name, ())), None)
    elif expression.part == "header":
        found = message.header(expression.name)
    elif expression.part == "body":
        return _in_body(message, expression)
    if found is None:
        raise NoValue
    return found


def _in_body(message: Request | Response, expression: Expression) -> Any:
    try:
        return _below(json.loads(message.body or b""), expression.steps)
    except ValueError:
        raise NoValue from None


def member(value: Any, pointer: str) -> Any:
    """The value at a JSON Pointer (RFC 6901). Raises NoValue."""
    return _below(value, map(unescaped, pointer.split("/")[1:]))


def _below(value: Any, steps: Iterable[str]) -> Any:
    for name in steps:
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            raise NoValue
    return value
