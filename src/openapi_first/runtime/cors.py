"""Which origin's scripts may read a response (Fetch §3.3, CORS protocol)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openapi_first.runtime.parameters import raw_header


class Origins:
    """The headers that every response carries.

    `allowed` are origins, separated by commas, or `*`. With several, a response names the caller's
    own if it is one of them, else the first, which no other origin's script gets past.
    """

    def __init__(self, allowed: str, exposed_headers: str) -> None:
        names = [name for each in allowed.split(",") if (name := each.strip())] or ["*"]
        self._by_origin: dict[str, dict[str, str]] = {}
        # Caches between here and the browser must not give one origin's response to another's.
        varying = {"Vary": "Origin"} if len(names) > 1 else {}
        for name in names:
            self._by_origin[name] = {
                "Access-Control-Allow-Origin": name,
                "Access-Control-Expose-Headers": exposed_headers,
                **varying,
            }
        self._first = self._by_origin[names[0]]

    def headers(self, event: Mapping[str, Any]) -> Mapping[str, str]:
        """Those of the response to a proxy event."""
        if len(self._by_origin) == 1:
            return self._first
        given = raw_header(event, "Origin")
        return self._by_origin.get(given[0] if given else "", self._first)
