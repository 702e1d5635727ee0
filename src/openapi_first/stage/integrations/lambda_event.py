"""The event a Lambda proxy integration sends, payload format 1.0 of a regional REST API.

AWS: set-up-lambda-proxy-integrations. Twelve keys, no `version`. Paths stay percent-encoded, query
strings are decoded; the single-value maps keep the last value.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.mapping.headers import forwarded_headers
from openapi_first.stage.messages.media_types import is_binary, media_type

_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def proxy_event(request: MethodRequest) -> bytes:
    """The event as the JSON bytes an invocation carries."""
    event = _without_body(request)
    event["body"], event["isBase64Encoded"] = _body(request)
    return _compact(event).encode("utf-8")


def authorizer_event(request: MethodRequest) -> dict[str, Any]:
    """The event of a REQUEST authorizer: no body, and empty objects instead of nulls.

    AWS: api-gateway-lambda-authorizer-input.
    """
    event = _without_body(request)
    return {name: {} if value is None else value for name, value in event.items()}


def _without_body(request: MethodRequest) -> dict[str, Any]:
    sent = request.sent
    headers = _grouped(forwarded_headers(request))
    query: dict[str, list[str]] = {}
    for name, value in sent.query_pairs():
        query.setdefault(name, []).append(value)
    return {
        "resource": request.method.resource,
        "path": request.path.in_stage,
        "httpMethod": sent.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": dict(request.path_parameters) or None,
        "stageVariables": dict(request.stage_variables) or None,
        "requestContext": request.context,
    }


def _grouped(headers: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Values by name, in the case the client used first."""
    spelled: dict[str, str] = {}
    grouped: dict[str, list[str]] = {}
    for name, value in headers:
        grouped.setdefault(spelled.setdefault(name.lower(), name), []).append(value)
    return grouped


def _body(request: MethodRequest) -> tuple[str | None, bool]:
    """AWS: lambda-proxy-binary-media. Base64 is for the API's binary media types only."""
    body = request.sent.body
    if not body:
        return None, False
    kind = media_type(request.sent.header("content-type"))
    if is_binary(kind, request.binary_media_types):
        return base64.b64encode(body).decode("ascii"), True
    # Text that is not UTF-8 has no place in a JSON event. That the gateway replaces the offending
    # bytes with U+FFFD is unverified; refusing the request would be a rule AWS does not state.
    return body.decode("utf-8", "replace"), False
