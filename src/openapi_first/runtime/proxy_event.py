"""The event of a Lambda proxy integration, whose headers, query and cookies are read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote


class ProxyEvent:
    """An event of API Gateway (AWS: set-up-lambda-proxy-integrations, input format)."""

    # Not functools.cached_property, which takes a lock before Python 3.12.
    __slots__ = ("_cookies", "_headers", "raw")

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self._headers: Mapping[str, Sequence[str]] | None = None
        self._cookies: Mapping[str, Sequence[str]] | None = None

    @property
    def headers(self) -> Mapping[str, Sequence[str]]:
        """The field lines of each header by its name in lower case (RFC 9110 §5.1)."""
        if self._headers is None:
            self._headers = self._read_headers()
        return self._headers

    def _read_headers(self) -> Mapping[str, Sequence[str]]:
        multiple = self.raw.get("multiValueHeaders") or {}
        single = self.raw.get("headers") or {}
        found = {name.lower(): lines for name, lines in multiple.items()}
        if single.keys() != multiple.keys():  # API Gateway sends both, with the same names
            found = {name.lower(): [line] for name, line in single.items()} | found
        return found

    def header(self, name: str) -> str | None:
        """The lines of a header as one (RFC 9110 §5.3); None without the header."""
        lines = self.headers.get(name.lower())
        return ", ".join(lines) if lines else None

    @property
    def query(self) -> Mapping[str, Sequence[str]]:
        """The decoded values of each query parameter."""
        multiple: Mapping[str, Sequence[str]] | None = self.raw.get(
            "multiValueQueryStringParameters"
        )
        if multiple is not None:
            return multiple
        single = self.raw.get("queryStringParameters") or {}
        return {name: [text] for name, text in single.items()}

    @property
    def cookies(self) -> Mapping[str, Sequence[str]]:
        """The values of each cookie, decoded: the style `form` percent-encodes them (RFC 6570
        §3.2.8). Raises UnicodeDecodeError."""
        if self._cookies is None:
            self._cookies = self._read_cookies()
        return self._cookies

    def _read_cookies(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for line in self.headers.get("cookie", ()):
            for pair in line.split(";"):
                name, equals, text = pair.strip().partition("=")
                if equals:
                    found.setdefault(name, []).append(unquote(text, errors="strict"))
        return found

    @property
    def path_parameters(self) -> Mapping[str, str]:
        """The path parameters, percent-encoded; a greedy one's name has no plus sign."""
        return self.raw.get("pathParameters") or {}

    @property
    def context(self) -> Mapping[str, Any]:
        """What API Gateway says about the request, or nothing."""
        found = self.raw.get("requestContext")
        return found if isinstance(found, dict) else {}
