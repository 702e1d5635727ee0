"""Runtime expressions of links (OpenAPI 3.0.3 §4.7.20.3), evaluated for an exchange."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, unquote

from openapi_first.conformance.model.messages import Request, Response
from openapi_first.core.json_pointer import unescaped
from openapi_first.openapi.path_templates import path_variables


class NoValue(Exception):
    """An expression refers to a value that the exchange does not have."""


def evaluate(expression: Any, template: str, request: Request, response: Response) -> Any:
    """The value of an expression, or of a string with expressions in braces; any other value stays
    as it is. `template` is the path template of the request's operation. Raises NoValue."""
    if not isinstance(expression, str):
        return expression
    if not expression.startswith("$"):
        if "{$" not in expression:
            return expression
        text = expression
        while "{$" in text:
            before, _, rest = text.partition("{$")
            inner, _, after = rest.partition("}")
            text = before + str(evaluate("$" + inner, template, request, response)) + after
        return text
    if expression == "$statusCode":
        return response.status
    if expression == "$method":
        return request.method
    source, _, rest = expression.removeprefix("$").partition(".")
    if source == "request":
        return _request_value(rest, template, request)
    if source == "response":
        return _message_value(rest, response)
    raise NoValue


def _request_value(rest: str, template: str, request: Request) -> Any:
    kind, _, name = rest.partition(".")
    if kind == "path":
        variables = path_variables(template, request.target) or {}
        if name in variables:
            return unquote(variables[name])
    elif kind == "query":
        values = parse_qs(request.target.partition("?")[2], keep_blank_values=True)
        if name in values:
            return values[name][0]
    else:
        return _message_value(rest, request)
    raise NoValue


def _message_value(rest: str, message: Request | Response) -> Any:
    if rest.startswith("header."):
        value = message.header(rest.removeprefix("header."))
        if value is not None:
            return value
        raise NoValue
    body, _, pointer = rest.partition("#")
    if body == "body":
        try:
            return member(json.loads(message.body or b""), pointer)
        except ValueError:
            raise NoValue from None
    raise NoValue


def member(value: Any, pointer: str) -> Any:
    """The value at a JSON Pointer (RFC 6901). Raises NoValue."""
    for step in pointer.split("/")[1:]:
        name = unescaped(step)
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            raise NoValue
    return value
