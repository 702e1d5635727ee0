"""Converts Lambda proxy events and results to requests and responses."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from openapi_first.conformance.model.messages import Request, Response
from openapi_first.openapi.path_templates import fill_path


def request_of(event: Mapping[str, Any]) -> Request:
    """The request behind an event of payload format 1.0, its path below the stage. Members that a
    test left out are empty."""
    variables = event.get("pathParameters") or {}
    path = fill_path(event["resource"], {name: str(value) for name, value in variables.items()})
    query = urlencode(
        list(_pairs(event, "queryStringParameters", "multiValueQueryStringParameters")),
        quote_via=quote,
    )
    return Request(
        event["httpMethod"],
        f"{path}?{query}" if query else path,
        tuple(_pairs(event, "headers", "multiValueHeaders")),
        _body(event) if event.get("body") is not None else None,
    )


def response_of(result: Mapping[str, Any]) -> Response:
    """The response that API Gateway makes of a function's result."""
    headers = tuple(_pairs(result, "headers", "multiValueHeaders"))
    return Response(int(result["statusCode"]), headers, _body(result))


def _pairs(message: Mapping[str, Any], single: str, several: str) -> Iterator[tuple[str, str]]:
    listed = message.get(several) or {}
    for name, values in listed.items():
        for value in values:
            yield name, str(value)
    for name, value in (message.get(single) or {}).items():
        if name not in listed:
            yield name, str(value)


def _body(message: Mapping[str, Any]) -> bytes:
    body = message.get("body") or ""
    if message.get("isBase64Encoded"):
        return base64.b64decode(body)
    return str(body).encode("utf-8", "surrogatepass")
