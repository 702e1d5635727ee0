"""What becomes of the headers a Lambda returns (AWS: known issues, the Lambda column)."""

from __future__ import annotations

import re
from collections.abc import Iterable

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
    }
)
# The gateway's own on every proxied answer; a function's copy would be a second header line.
_OWN = frozenset(
    {
        "x-amz-apigw-id",
        "x-amzn-requestid",
        "x-amzn-trace-id",
    }
)

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def is_header(name: str, value: str) -> bool:
    """Whether a name and value can stand in an HTTP message at all."""
    return _NAME.fullmatch(name) is not None and _CONTROL.search(value) is None


def treated(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers after renaming and dropping.

    So a function's `WWW-Authenticate` reaches the client as `x-amzn-Remapped-WWW-Authenticate`.
    """
    kept: list[tuple[str, str]] = []
    for name, value in headers:
        lowered = name.lower()
        if lowered in _RENAMED:
            kept.append((f"x-amzn-Remapped-{name}", value))
        elif lowered not in _DROPPED and lowered not in _OWN:
            kept.append((name, value))
    return kept
