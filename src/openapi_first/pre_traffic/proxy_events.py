"""A request as the event of a Lambda proxy integration (AWS: set-up-lambda-proxy-integrations,
input format). The stage's name, ids and times are added when the event is sent."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import unquote_plus

from openapi_first.conformance.model.messages import Request
from openapi_first.openapi.path_templates import path_variables

HOST = "pre-traffic.invalid"
"""No client can reach it (RFC 2606)."""
_SOURCE = "192.0.2.1"
"""A documentation address (RFC 5737)."""


def proxy_event(request: Request, resource: str) -> dict[str, Any]:
    """`resource` is that of API Gateway, such as `/items/{id}`."""
    path, _, query = request.target.partition("?")
    pairs = [
        tuple(map(unquote_plus, each.partition("=")[::2])) for each in query.split("&") if each
    ]
    headers = _grouped([*request.headers, ("Host", HOST), ("X-Forwarded-For", _SOURCE)])
    parameters = _grouped(pairs)
    body, is_text = request.body, True
    if body is not None:
        try:
            text = body.decode()
        except UnicodeDecodeError:
            text, is_text = base64.b64encode(body).decode(), False
    return {
        "resource": resource,
        "path": path,
        "httpMethod": request.method,
        "headers": _last(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": _last(parameters) or None,
        "multiValueQueryStringParameters": parameters or None,
        "pathParameters": path_variables(resource, path) or None,
        "stageVariables": None,
        "requestContext": {
            "domainName": HOST,
            "domainPrefix": HOST.partition(".")[0],
            "httpMethod": request.method,
            "identity": {"sourceIp": _SOURCE, "userAgent": None},
            "path": path,
            "protocol": "HTTP/1.1",
            "resourcePath": resource,
        },
        "body": text if body is not None else None,
        "isBase64Encoded": not is_text,
    }


def _grouped(pairs: list[tuple[str, ...]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _last(grouped: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in grouped.items()}
