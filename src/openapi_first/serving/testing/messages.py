"""A request as a test writes it, and the response that it gets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlencode

from starlette.datastructures import Headers

NOTHING: Final = object()
"""No JSON, which differs from `None`, the JSON null."""

HeaderValues: TypeAlias = Mapping[str, str | Sequence[str]]
QueryValue: TypeAlias = str | int | float
QueryValues: TypeAlias = Mapping[str, QueryValue | Sequence[QueryValue]]

_API_KEY = "x-api-key"
_NOT_ESCAPED = "/%:@!$&'()*+,;=~"
"""What a path may have as it is (RFC 3986, 3.3), and the percent signs of what is escaped."""
_REFUSED = re.compile(r"[\r\n\0]|[^\x00-\xff]")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it is sent; `target` is its path below the stage and its query, escaped."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None

    @classmethod
    def of(
        cls,
        method: str,
        path: str,
        *,
        headers: HeaderValues | None,
        query: QueryValues | None,
        json: object,
        body: bytes | str | None,
        api_key: str | None,
    ) -> Request:
        """Raises ValueError for what cannot be sent."""
        if not path.startswith("/"):
            raise ValueError(f"{path!r} does not begin with a slash: write a path below the stage")
        if json is not NOTHING and body is not None:
            raise ValueError("a request has either `json` or `body`")
        pairs = list(_headers(headers or {}))
        names = {name.lower() for name, _ in pairs}
        if api_key is not None and _API_KEY not in names:
            pairs.append((_API_KEY, api_key))
        if json is not NOTHING and "content-type" not in names:
            pairs.append(("Content-Type", "application/json"))
        return cls(method.upper(), _target(path, query or {}), tuple(pairs), _sent_body(json, body))


def _target(path: str, query: QueryValues) -> str:
    """Characters beyond ASCII and spaces are escaped; what is escaped already stays as it is."""
    path, _, given = path.partition("?")
    pairs = [(name, _text(each)) for name, value in query.items() for each in _each(value)]
    whole = "&".join(filter(None, (quote(given, safe=f"{_NOT_ESCAPED}?"), urlencode(pairs))))
    return quote(path, safe=_NOT_ESCAPED) + (f"?{whole}" if whole else "")


def _each(value: QueryValue | Sequence[QueryValue]) -> Sequence[QueryValue]:
    return (value,) if isinstance(value, (str, int, float)) else value


def _text(value: QueryValue) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _headers(given: HeaderValues) -> Iterator[tuple[str, str]]:
    for name, values in given.items():
        for value in (values,) if isinstance(values, str) else values:
            if _REFUSED.search(name + value):
                raise ValueError(f"the header {name!r} cannot be sent: {value!r}")
            yield name, value


def _sent_body(value: object, body: bytes | str | None) -> bytes | None:
    if value is not NOTHING:
        return json.dumps(value).encode()
    return body.encode() if isinstance(body, str) else body


@dataclass(frozen=True, slots=True)
class Response:
    """What a client of the stage gets. Names of `headers` may be written in any case;
    `headers.getlist(NAME)` has all values of one."""

    status: int
    headers: Headers
    body: bytes

    @property
    def text(self) -> str:
        """The body in UTF-8; what is not UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The value of the body. Raises ValueError with the body if it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            start = self.body[:200]
            raise ValueError(f"{self.status} has a body that is not JSON: {start!r}") from error
