"""What a Lambda proxy integration is asked and answers, as a request and a response."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from openapi_first.conformance.model.messages import Request, Response
from openapi_first.openapi.path_templates import filled


def request_of(event: Mapping[str, Any]) -> Request:
    """The request that became an event of payload format 1.0, its path below the stage. What the
    event lacks, a test has left out."""
    variables = event.get("pathParameters") or {}
    path = filled(event["resource"], {name: str(value) for name, value in variables.items()})
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


def response_of(answer: Mapping[str, Any]) -> Response:
    """The response that an answer of format 1.0 becomes."""
    headers = tuple(_pairs(answer, "headers", "multiValueHeaders"))
    return Response(int(answer["statusCode"]), headers, _body(answer))


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
