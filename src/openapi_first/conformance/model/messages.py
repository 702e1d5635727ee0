"""HTTP requests and responses."""

from __future__ import annotations

from dataclasses import dataclass

API_KEY = "$API_KEY"
"""Placeholder for the stage's API key in a request. Only the client replaces it, so that no report
can show the key."""


@dataclass(frozen=True, slots=True)
class Request:
    """`target` is path and query below the base URL, percent-encoded."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None

    def header(self, name: str) -> str | None:
        """The value of a header; names are case-insensitive."""
        return _header(self.headers, name)


@dataclass(frozen=True, slots=True)
class Response:
    """Several lines of one header are several pairs."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header, its lines joined by commas; names are case-insensitive."""
        return _header(self.headers, name)

    @property
    def media_type(self) -> str:
        """The media type in lower case without parameters, "" without Content-Type."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()


def _header(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    lines = [value for key, value in headers if key.lower() == name.lower()]
    return ", ".join(lines) if lines else None
