"""A request as it came over the wire: nothing decoded, order and case kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_plus

__all__ = ["StageRequest"]

_SEPARATORS = re.compile("[&;]")  # AWS: known issues, ";" in a query string splits the data


@dataclass(frozen=True, slots=True)
class StageRequest:
    """What the client sent. `method` already obeys `X-HTTP-Method-Override`."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str
    scheme: str = "http"
    port: int = 80
    protocol: str = "HTTP/1.1"

    def header_values(self, name: str, *, case_sensitive: bool = False) -> list[str]:
        """Every value of a header, in order."""
        if case_sensitive:
            return [value for key, value in self.headers if key == name]
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    def header(self, name: str) -> str | None:
        """The last value of a header: the one `headers` of the event keeps."""
        values = self.header_values(name)
        return values[-1] if values else None

    def query_pairs(self) -> list[tuple[str, str]]:
        """The query string decoded, in order: `+` and `%20` are spaces, `%2B` is a plus."""
        return list(_pairs(_SEPARATORS.split(self.query)))


def _pairs(parts: Iterable[str]) -> Iterable[tuple[str, str]]:
    for part in parts:
        if part:
            name, _, value = part.partition("=")
            yield unquote_plus(name), unquote_plus(value)
