"""The event of a Lambda proxy integration, whose headers, query and cookies are read once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any
from urllib.parse import unquote

from openapi_first.runtime.plan import ANY, TemplatePlan

_LISTS = frozenset({list})
_STRINGS = frozenset({str})


class MalformedEvent(Exception):
    """The event is not one that API Gateway sends."""


class ProxyEvent:
    """An event of API Gateway (AWS: set-up-lambda-proxy-integrations, input format)."""

    # Not functools.cached_property, which takes a lock before Python 3.12.
    __slots__ = ("_cookies", "_headers", "_query", "raw")

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self._headers: Mapping[str, Sequence[str]] | None = None
        self._query: Mapping[str, Sequence[str]] | None = None
        self._cookies: Mapping[str, Sequence[str]] | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The method and the resource, `("GET", "/items/{id}")`."""
        return self.raw.get("httpMethod", ""), self.raw.get("resource", "")

    @property
    def headers(self) -> Mapping[str, Sequence[str]]:
        """The field lines of each header by its name in lower case (RFC 9110 §5.1).

        Raises MalformedEvent for lines that are not a list, which would be read as their letters.
        """
        if self._headers is None:
            self._headers = self._read_headers()
        return self._headers

    def _read_headers(self) -> Mapping[str, Sequence[str]]:
        multiple = self.raw.get("multiValueHeaders") or {}
        single = self.raw.get("headers") or {}
        if not _LISTS.issuperset(map(type, multiple.values())):
            raise MalformedEvent("multiValueHeaders")
        found = dict(zip(map(str.lower, multiple), multiple.values(), strict=True))
        if single.keys() != multiple.keys():  # API Gateway sends both, with the same names
            found = {name.lower(): [line] for name, line in single.items()} | found
        return found

    def header(self, name: str) -> str | None:
        """The lines of a header as one (RFC 9110 §5.3); None without the header."""
        lines = self.headers.get(name.lower())
        return ", ".join(lines) if lines else None

    @property
    def query(self) -> Mapping[str, Sequence[str]]:
        """The decoded values of each query parameter. Raises MalformedEvent as `headers` does."""
        if self._query is None:
            self._query = self._read_query()
        return self._query

    def _read_query(self) -> Mapping[str, Sequence[str]]:
        multiple: Mapping[str, Sequence[str]] | None = self.raw.get(
            "multiValueQueryStringParameters"
        )
        if multiple is None:
            single = self.raw.get("queryStringParameters") or {}
            multiple = {name: [text] for name, text in single.items()}
        if not _is_lists_of_strings(multiple):
            raise MalformedEvent("the query")
        return multiple

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
    def body(self) -> str | None:
        """The body as it is in the event. Raises MalformedEvent."""
        body = self.raw.get("body")
        if body is not None and not isinstance(body, str):
            raise MalformedEvent("body")
        return body

    @property
    def path_parameters(self) -> Mapping[str, str]:
        """The path parameters, percent-encoded; a greedy one's name has no plus sign."""
        return self.raw.get("pathParameters") or {}

    @property
    def context(self) -> Mapping[str, Any]:
        """What API Gateway says about the request, or nothing."""
        found = self.raw.get("requestContext")
        return found if isinstance(found, dict) else {}


def in_contract_terms(
    event: Any, templates: Mapping[tuple[str, str], Sequence[TemplatePlan]]
) -> Any:
    """The event with the contract's path as its `resource`, and the contract's path parameters.

    `templates` are the paths of each method and resource that API Gateway has under another one,
    the most literal first. The same event if it has no such key, if no path matches, or if it is
    malformed.
    """
    if not templates or not isinstance(event, dict):
        return event
    method, resource = event.get("httpMethod"), event.get("resource")
    values = event.get("pathParameters") or {}
    if not (isinstance(method, str) and isinstance(resource, str) and isinstance(values, dict)):
        return event
    if not _STRINGS.issuperset(map(type, values.values())):
        return event
    candidates = templates.get((method, resource)) or templates.get((ANY, resource), ())
    for template in candidates:
        found = _path_parameters(template, values)
        if found is not None:
            return {**event, "resource": template.path, "pathParameters": found or None}
    return event


def _path_parameters(template: TemplatePlan, values: Mapping[str, str]) -> dict[str, str] | None:
    """The contract's path parameters, percent-encoded as before; None without a match."""
    found: dict[str, str] = {}
    for name, pattern, names in template.variables:
        value = values.get(name)
        if not pattern:
            if value is not None:
                found[names[0]] = value
            continue
        match = None if value is None else _expression(pattern).fullmatch(value[::-1])
        if match is None:
            return None
        texts = [text[::-1] for text in reversed(match.groups())]
        found.update(zip(names, texts, strict=True))
    return found


_expression = cache(re.compile)


def malformation(event: Any) -> str | None:
    """What is wrong with an event that cannot be served; None if it is as API Gateway sends it.

    Not called for events that can be served, since it reads them whole.
    """
    if not isinstance(event, dict):
        return f"the event is {_type(event)}, not an object"
    for name in ("httpMethod", "resource", "path", "body"):
        value = event.get(name)
        if not isinstance(value, str) and (value is not None or (name in event and name != "body")):
            return f"{name} is {_type(value)}, not a string"
    for name in ("headers", "queryStringParameters", "pathParameters"):
        members = event.get(name)
        if members is not None and not (
            isinstance(members, dict) and _STRINGS.issuperset(map(type, members.values()))
        ):
            return f"{name} is not an object of strings"
    for name in ("multiValueHeaders", "multiValueQueryStringParameters"):
        members = event.get(name)
        if members is not None and not (
            isinstance(members, dict) and _is_lists_of_strings(members)
        ):
            return f"{name} is not an object of lists of strings"
    return None


def _is_lists_of_strings(members: Mapping[str, Any]) -> bool:
    values = members.values()
    return _LISTS.issuperset(map(type, values)) and _STRINGS.issuperset(
        map(type, chain.from_iterable(values))
    )


def _type(value: Any) -> str:
    return "null" if value is None else type(value).__name__
