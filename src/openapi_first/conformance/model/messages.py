"""Requests and responses, as they go over the wire."""

from __future__ import annotations

from dataclasses import dataclass

API_KEY = "$API_KEY"
"""Stands in a request where the stage's key goes; the client alone puts the key in, so that no
report can hold it."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request below the base URL: `target` is path and query, percent-encoded."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None

    def header(self, name: str) -> str | None:
        """The value of a header, its name compared without case."""
        return _header(self.headers, name)


@dataclass(frozen=True, slots=True)
class Response:
    """A response as it came; several lines of one header stand as several pairs."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header, its name compared without case; its lines joined by commas."""
        return _header(self.headers, name)

    @property
    def media_type(self) -> str:
        """The media type in lower case without parameters, "" when there is none."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()


def _header(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    lines = [value for key, value in headers if key.lower() == name.lower()]
    return ", ".join(lines) if lines else None
