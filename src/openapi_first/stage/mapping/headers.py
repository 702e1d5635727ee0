"""The headers that reach an integration, and those that come back from it.

AWS: known issues, the Lambda column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from openapi_first.stage.api.method_request import MethodRequest

Headers = list[tuple[str, str]]
"""Names and values, in order and in the case they were sent."""

# Content-Length is absent in measured events; Transfer-Encoding concerns the connection, and the
# body arrives whole.
_NOT_FORWARDED = frozenset(
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
_SET_BY_GATEWAY = frozenset(
    {
        "x-forwarded-for",
        "x-forwarded-port",
        "x-forwarded-proto",
        "x-amzn-trace-id",
    }
)
_RENAMED = frozenset(
    {
        "authorization",
        "connection",
        "content-md5",
        "date",
        "max-forwards",
        "server",
        "user-agent",
        "www-authenticate",
    }
)
_DROPPED = frozenset(
    {
        "expect",
        "host",
        "proxy-authenticate",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        # The gateway sends its own of these; a function's would be a second header line.
        "x-amz-apigw-id",
        "x-amzn-requestid",
        "x-amzn-trace-id",
    }
)
# Recorded for HTTP proxies. Their responses have the trace id of the endpoint, not the gateway's.
_RENAMED_OF_ENDPOINTS = _RENAMED | {"content-length", "x-amzn-requestid"}
_DROPPED_OF_ENDPOINTS = _DROPPED - {"x-amzn-requestid", "x-amzn-trace-id"}
# Recorded for mapped headers of integrations that are not proxies.
_RENAMED_IF_MAPPED = _RENAMED | {
    "content-length",
    "expect",
    "host",
    "proxy-authenticate",
    "trailer",
    "upgrade",
}
_DROPPED_IF_MAPPED = frozenset(
    {"transfer-encoding", "x-amz-apigw-id", "x-amzn-requestid", "x-amzn-trace-id"}
)
_LEFT_OUT = _NOT_FORWARDED | _SET_BY_GATEWAY
_LEFT_OUT_IF_SIGNED = _LEFT_OUT | {"authorization"}

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def forwarded_headers(request: MethodRequest) -> Headers:
    """The client's headers as the gateway forwards them, with the gateway's own."""
    sent = request.sent
    # An AWS signature is for the gateway only; any other Authorization is forwarded.
    left_out = _LEFT_OUT_IF_SIGNED if request.method.security.signed else _LEFT_OUT
    forwarded_for = [*sent.header_values("x-forwarded-for"), sent.source_ip]
    return [
        *((name, value) for name, value in sent.headers if name.lower() not in left_out),
        ("X-Amzn-Trace-Id", request.ids.trace_id),
        ("X-Forwarded-For", ", ".join(forwarded_for)),
        ("X-Forwarded-Port", str(sent.port)),
        ("X-Forwarded-Proto", sent.scheme),
    ]


def returned_headers(headers: Iterable[tuple[str, str]]) -> Headers:
    """An integration's headers after renaming and dropping.

    So a function's `WWW-Authenticate` reaches the client as `x-amzn-Remapped-WWW-Authenticate`.
    """
    return _kept(headers, _RENAMED, _DROPPED)


def returned_by_endpoint(headers: Iterable[tuple[str, str]]) -> Headers:
    """The headers of an HTTP proxy's endpoint after renaming and dropping."""
    return _kept(headers, _RENAMED_OF_ENDPOINTS, _DROPPED_OF_ENDPOINTS)


def mapped_back(headers: Iterable[tuple[str, str]]) -> Headers:
    """The headers that a response's parameters map, after renaming and dropping."""
    return _kept(headers, _RENAMED_IF_MAPPED, _DROPPED_IF_MAPPED)


def _kept(
    headers: Iterable[tuple[str, str]], renamed: frozenset[str], dropped: frozenset[str]
) -> Headers:
    kept: Headers = []
    for name, value in headers:
        lowered = name.lower()
        if lowered in renamed:
            kept.append((f"x-amzn-Remapped-{name}", value))
        elif lowered not in dropped:
            kept.append((name, value))
    return kept


def is_header(name: str, value: str) -> bool:
    """Whether a name and value can stand in an HTTP message at all."""
    return _NAME.fullmatch(name) is not None and _CONTROL.search(value) is None
