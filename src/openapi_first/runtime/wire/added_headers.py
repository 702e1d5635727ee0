"""The headers that the engine adds to every response: those of CORS, and protective ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openapi_first.runtime.wire.header_values import Lines

CONTENT_TYPE_OPTIONS = "X-Content-Type-Options"
"""Browsers then use a body as its Content-Type says, and as nothing else (Fetch §3.6)."""

CACHE_CONTROL = "Cache-Control"

PROTECTIVE: Mapping[str, str] = {CONTENT_TYPE_OPTIONS: "nosniff"}
"""What a response without an operation has: a preflight, and the 404 of an unknown path."""

_VARY = "vary"


class AddedHeaders:
    """Adds the headers that a response does not have itself.

    `allowed_origins` is `*`, or origins separated by commas (Fetch §3.3). With several origins, a
    response names the caller's origin if it is allowed, else the first one, with which browsers
    deny access.
    """

    def __init__(self, allowed_origins: str, exposed_headers: str) -> None:
        names = [name for each in allowed_origins.split(",") if (name := each.strip())] or ["*"]
        # A cache must not give the response for one origin to another one.
        varying = {"Vary": "Origin"} if len(names) > 1 else {}
        self._by_origin = {
            name: {
                "Access-Control-Allow-Origin": name,
                "Access-Control-Expose-Headers": exposed_headers,
                **varying,
            }
            for name in names
        }
        self._first = self._by_origin[names[0]]
        self._names = {name.lower() for name in (*self._first, CONTENT_TYPE_OPTIONS, CACHE_CONTROL)}
        self.by_caller = len(names) > 1
        """Whether they depend on the request's Origin."""

    def added_to(
        self,
        headers: Mapping[str, Lines],
        protective: Mapping[str, str],
        origin: str | None = None,
    ) -> dict[str, Lines]:
        """The headers of a response as they are sent; `protective` are those of its operation."""
        added = {**self._by_origin.get(origin or "", self._first), **protective}
        names = {name.lower(): name for name in headers}
        if self._names.isdisjoint(names):
            return {**added, **headers}
        kept = {name: value for name, value in added.items() if name.lower() not in names}
        if _VARY in names and _VARY in self._names:
            given = headers[names[_VARY]]
            varying = [given] if isinstance(given, str) else given
            return {**kept, **headers, names[_VARY]: ", ".join(["Origin", *varying])}
        return {**kept, **headers}
