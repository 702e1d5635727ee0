"""The CORS headers of responses (Fetch §3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openapi_first.runtime.parameters import raw_header


class CorsHeaders:
    """The CORS headers that every response has.

    `allowed` is `*`, or origins separated by commas. With several origins, a response names the
    caller's origin if it is allowed, else the first one, with which browsers deny access.
    """

    def __init__(self, allowed: str, exposed_headers: str) -> None:
        names = [name for each in allowed.split(",") if (name := each.strip())] or ["*"]
        self._by_origin: dict[str, dict[str, str]] = {}
        # A cache must not give the response for one origin to another one.
        varying = {"Vary": "Origin"} if len(names) > 1 else {}
        for name in names:
            self._by_origin[name] = {
                "Access-Control-Allow-Origin": name,
                "Access-Control-Expose-Headers": exposed_headers,
                **varying,
            }
        self._first = self._by_origin[names[0]]

    def headers(self, event: Mapping[str, Any]) -> Mapping[str, str]:
        if len(self._by_origin) == 1:
            return self._first
        given = raw_header(event, "Origin")
        return self._by_origin.get(given[0] if given else "", self._first)
