"""The event a Lambda proxy integration sends, payload format 1.0 of a regional REST API.

AWS: set-up-lambda-proxy-integrations. Twelve keys, no `version`. Paths stay percent-encoded, query
strings are decoded; the single-value maps keep the last value.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from openapi_first.stage.api.routing import Route, StagePath
from openapi_first.stage.gateway.context import RequestIds
from openapi_first.stage.messages.media_types import is_binary, media_type
from openapi_first.stage.messages.request import StageRequest

_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

# AWS: known issues, the Lambda column. Content-Length is absent in measured events;
# Transfer-Encoding is the connection's own business, and the body arrives whole.
_REMOVED = frozenset(
    {
        "connection",
        "content-length",
        "content-md5",
        "expect",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "www-authenticate",
    }
)
_ADDED = frozenset(
    {
        "x-forwarded-for",
        "x-forwarded-port",
        "x-forwarded-proto",
        "x-amzn-trace-id",
    }
)


def proxy_event(
    request: StageRequest,
    route: Route,
    where: StagePath,
    context: Mapping[str, Any],
    ids: RequestIds,
    *,
    stage_variables: Mapping[str, str],
    binary_media_types: Sequence[str],
) -> bytes:
    """The event as the JSON bytes an invocation carries."""
    event = _described(request, route, where, context, ids, stage_variables)
    event["body"], event["isBase64Encoded"] = _body(request, binary_media_types)
    return _compact(event).encode("utf-8")


def authorizer_event(
    request: StageRequest,
    route: Route,
    where: StagePath,
    context: Mapping[str, Any],
    ids: RequestIds,
    *,
    stage_variables: Mapping[str, str],
) -> dict[str, Any]:
    """What a REQUEST authorizer is told: no body, and empty objects instead of nulls.

    AWS: api-gateway-lambda-authorizer-input.
    """
    event = _described(request, route, where, context, ids, stage_variables)
    return {name: {} if value is None else value for name, value in event.items()}


def _described(
    request: StageRequest,
    route: Route,
    where: StagePath,
    context: Mapping[str, Any],
    ids: RequestIds,
    stage_variables: Mapping[str, str],
) -> dict[str, Any]:
    headers = _grouped(forwarded_headers(request, ids, route))
    query: dict[str, list[str]] = {}
    for name, value in request.query_pairs():
        query.setdefault(name, []).append(value)
    return {
        "resource": route.method.resource,
        "path": where.path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": dict(route.path_parameters) or None,
        "stageVariables": dict(stage_variables) or None,
        "requestContext": context,
    }


def forwarded_headers(
    request: StageRequest, ids: RequestIds, route: Route
) -> list[tuple[str, str]]:
    """The client's headers as the gateway hands them on, with its own."""
    # A signature is for the gateway alone; any other Authorization goes on.
    removed = _REMOVED | {"authorization"} if route.method.security.signed else _REMOVED
    kept = [
        (name, value)
        for name, value in request.headers
        if name.lower() not in removed and name.lower() not in _ADDED
    ]
    forwarded = [*request.header_values("x-forwarded-for"), request.source_ip]
    return [
        *kept,
        ("X-Amzn-Trace-Id", ids.trace_id),
        ("X-Forwarded-For", ", ".join(forwarded)),
        ("X-Forwarded-Port", str(request.port)),
        ("X-Forwarded-Proto", request.scheme),
    ]


def _grouped(headers: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Values by name, under the case the client used first."""
    spelled: dict[str, str] = {}
    grouped: dict[str, list[str]] = {}
    for name, value in headers:
        grouped.setdefault(spelled.setdefault(name.lower(), name), []).append(value)
    return grouped


def _body(request: StageRequest, binary_media_types: Sequence[str]) -> tuple[str | None, bool]:
    """AWS: lambda-proxy-binary-media. Base64 is for the API's binary media types only."""
    if not request.body:
        return None, False
    if is_binary(media_type(request.header("content-type")), binary_media_types):
        return base64.b64encode(request.body).decode("ascii"), True
    # Text that is not UTF-8 has no place in a JSON event. That the gateway replaces the offending
    # bytes with U+FFFD is unverified; refusing the request would be a rule AWS does not state.
    return request.body.decode("utf-8", "replace"), False
