"""A request as it came over the wire: nothing decoded, order and case kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote_plus

_SEPARATORS = re.compile("[&;]")  # AWS: known issues, ";" in a query string splits the data


@dataclass(frozen=True)
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
        return list(self._by_name.get(name.lower(), ()))

    def header(self, name: str) -> str | None:
        """The last value of a header: the one `headers` of the event keeps."""
        values = self._by_name.get(name.lower())
        return values[-1] if values else None

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.headers:
            found.setdefault(name.lower(), []).append(value)
        return found

    def query_pairs(self) -> list[tuple[str, str]]:
        """The query string decoded, in order: `+` and `%20` are spaces, `%2B` is a plus."""
        return list(_pairs(_SEPARATORS.split(self.query)))


def _pairs(parts: Iterable[str]) -> Iterable[tuple[str, str]]:
    for part in parts:
        if part:
            name, _, value = part.partition("=")
            yield unquote_plus(name), unquote_plus(value)
