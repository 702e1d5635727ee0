"""How to get from one page of a list to the next, and how large a page may be.

The evidence is, in this order: a link of the list to itself; a query parameter and a member named
after it (`cursor` and `next_cursor`); a Link header or a member `next` that is declared as a URI;
a parameter `offset` beside one for the page size; a parameter `page` that says which the first is.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.model.runtime_expressions import NoValue, evaluate, member
from openapi_first.conformance.roles.members import (
    comparable,
    json_schemas,
    members,
    query_parameters,
    same_member,
    successes,
    types,
)
from openapi_first.documents.node import Node
from openapi_first.openapi.links import Link
from openapi_first.openapi.model import Operation, Parameter

Values = dict[tuple[str, str], Any]
"""The values of parameters by location and name."""

_PAGE_SIZES = frozenset({"limit", "pagesize", "perpage", "maxitems", "maxresults", "pagelimit"})
_PAGE_SIZES_OF_PAGERS = _PAGE_SIZES | {"size", "count", "top", "first", "take", "max"}
OFFSETS = frozenset({"offset", "skip", "startindex"})
PAGES = frozenset({"page", "pagenumber"})
CURSORS = frozenset({"cursor", "pagetoken", "token", "continuationtoken", "after", "marker"})
_NEXT = re.compile(r'<([^<>]*)>(?=[^<]*;\s*rel="?(?:[^"<]*\s)?next\b)', re.IGNORECASE)
_DEFAULT_MOST = 100


@dataclass(frozen=True)
class PageSize:
    """The parameter that limits a page, and its bounds; without a `maximum` in the contract
    `declared_most` is None."""

    parameter: Parameter
    least: int
    declared_most: int | None

    @property
    def most(self) -> int:
        return self.declared_most if self.declared_most is not None else _DEFAULT_MOST

    @property
    def key(self) -> tuple[str, str]:
        return ("query", self.parameter.name)


@dataclass(frozen=True)
class Page:
    """A page of a list: the exchange, the values that it was requested with, and how many items it
    has."""

    exchange: Exchange
    values: Values
    items: int


class Pager(Protocol):
    """`positional`: pages are counted, so other clients' writes move items between them."""

    @property
    def positional(self) -> bool: ...

    @property
    def bound(self) -> tuple[str, ...]:
        """The query parameters that it sets."""

    def following(self, page: Page) -> Values | None:
        """The parameters of the page after this one; None after the last page."""


@dataclass(frozen=True)
class LinkPager:
    """Follows a link of the list to itself."""

    link: Link
    positional = False

    @property
    def bound(self) -> tuple[str, ...]:
        keys = (
            key.partition(" ")
            for key, value in self.link.parameters.items()
            if not _is_of_request(value)
        )
        return tuple(name for location, _, name in keys if location == "query")

    def following(self, page: Page) -> Values | None:
        found: Values = {}
        for key, expression in self.link.parameters.items():
            location, _, name = key.partition(" ")
            request, response = page.exchange.case.request, page.exchange.response
            try:
                value = evaluate(expression, self.link.source.path, request, response)
            except NoValue:
                if _is_of_request(expression):
                    continue  # "no parameter value is passed" (OpenAPI 3.0.3 §4.7.20.1)
                return None
            if value in (None, "", False):
                return None
            found[(location, name)] = value
        return found


@dataclass(frozen=True)
class CursorPager:
    """Sends the member at a JSON Pointer of a page as the parameter for the next one."""

    parameter: str
    pointer: str
    positional = False

    @property
    def bound(self) -> tuple[str, ...]:
        return (self.parameter,)

    def following(self, page: Page) -> Values | None:
        value = _body_member(page.exchange, self.pointer)
        if value in (None, "") or not isinstance(value, str | int) or isinstance(value, bool):
            return None
        return {("query", self.parameter): value}


@dataclass(frozen=True)
class UrlPager:
    """Takes the query of the next page's URL from a Link header (RFC 8288), or from the member at
    a JSON Pointer. Only parameters that the operation declares are taken over."""

    operation: Operation
    pointer: str | None
    positional = False

    @property
    def bound(self) -> tuple[str, ...]:
        return ()

    def following(self, page: Page) -> Values | None:
        if self.pointer is None:
            match = _NEXT.search(page.exchange.response.header("Link") or "")
            url: Any = match[1] if match else None
        else:
            url = _body_member(page.exchange, self.pointer)
        if not isinstance(url, str) or not url:
            return None
        query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        known = {each.name: each for each in query_parameters(self.operation)}
        if not query or not set(query) <= set(known):
            return None
        return {("query", name): _typed(known[name], text) for name, text in query.items()}


@dataclass(frozen=True)
class OffsetPager:
    """Skips as many items as the pages before could have; the page after the last is empty."""

    parameter: str
    size: PageSize
    positional = True

    @property
    def bound(self) -> tuple[str, ...]:
        return (self.parameter,)

    def following(self, page: Page) -> Values | None:
        key, size = ("query", self.parameter), page.values.get(self.size.key)
        if size is None or (not page.items and key in page.values):
            return None
        return {key: page.values.get(key, 0) + size}


@dataclass(frozen=True)
class PageNumberPager:
    """Counts the pages; the page after the last is empty."""

    parameter: str
    first: int
    positional = True

    @property
    def bound(self) -> tuple[str, ...]:
        return (self.parameter,)

    def following(self, page: Page) -> Values | None:
        key = ("query", self.parameter)
        if not page.items:
            return None
        return {key: page.values.get(key, self.first) + 1}


def pager_of(operation: Operation, own_links: tuple[Link, ...]) -> tuple[Pager | None, str | None]:
    """The pager of a list, None if nothing proves one; and the name of a page number whose first
    value is unknown. `own_links` are the links of its responses."""
    for link in own_links:
        if link.target is operation:
            return LinkPager(link), None
    cursor = _cursor_pager(operation)
    if cursor is not None:
        return cursor, None
    url = _url_pager(operation)
    if url is not None:
        return url, None
    size = page_size_of(operation, paged=True)
    for parameter in query_parameters(operation):
        if types(parameter.schema) != {"integer"}:
            continue
        schema = parameter.schema.followed().value
        name = comparable(parameter.name)
        if name in OFFSETS and size is not None and schema.get("minimum", 0) == 0:
            return OffsetPager(parameter.name, size), None
        if name in PAGES:
            first = schema.get("default", schema.get("minimum"))
            if first in (0, 1):
                return PageNumberPager(parameter.name, int(first)), None
            return None, parameter.name
    return None, None


def page_size_of(operation: Operation, *, paged: bool) -> PageSize | None:
    """The parameter for the page size; with `paged` also one of a name that may mean another size
    in a list without pages."""
    names = _PAGE_SIZES_OF_PAGERS if paged else _PAGE_SIZES
    for parameter in query_parameters(operation):
        schema = parameter.schema.followed().value
        if comparable(parameter.name) in names and types(parameter.schema) == {"integer"}:
            least, most = schema.get("minimum", 1), schema.get("maximum")
            if schema.get("exclusiveMinimum") is True:
                least += 1
            return PageSize(parameter, max(1, int(least)), None if most is None else int(most))
    return None


def _cursor_pager(operation: Operation) -> CursorPager | None:
    for schema in json_schemas(operation):
        for pointer, name in _members_to_depth(schema, 2):
            for parameter in query_parameters(operation):
                wanted, found = comparable(parameter.name), comparable(name)
                if found == f"next{wanted}" or (wanted in CURSORS and found in (wanted, "next")):
                    return CursorPager(parameter.name, pointer)
    return None


def _url_pager(operation: Operation) -> UrlPager | None:
    if any(each.name.lower() == "link" for found in successes(operation) for each in found.headers):
        return UrlPager(operation, None)
    for schema in json_schemas(operation):
        for pointer, name in _members_to_depth(schema, 2):
            node = member_node(schema, pointer)
            form = str(node.followed().value.get("format")) if node is not None else ""
            if comparable(name) in ("next", "nexturl", "nextlink") and form.startswith("uri"):
                return UrlPager(operation, pointer)
    return None


def member_node(schema: Node, pointer: str) -> Node | None:
    found: Node | None = schema
    for step in pointer.split("/")[1:]:
        name = same_member(step, tuple(members(found))) if found is not None else None
        found = members(found)[name] if found is not None and name is not None else None
    return found


def _members_to_depth(schema: Node, depth: int, prefix: str = "") -> list[tuple[str, str]]:
    found = []
    for name, part in members(schema).items():
        pointer = f"{prefix}/{name.replace('~', '~0').replace('/', '~1')}"
        found.append((pointer, name))
        if depth > 1:
            found += _members_to_depth(part, depth - 1, pointer)
    return found


def _is_of_request(expression: Any) -> bool:
    """Whether the value is repeated from the request, so that it does not lead to a page."""
    return str(expression).startswith("$request.")


def _body_member(exchange: Exchange, pointer: str) -> Any:
    try:
        return member(json.loads(exchange.response.body or b"null"), pointer)
    except (NoValue, ValueError):
        return None


def _typed(parameter: Parameter, text: str) -> Any:
    if types(parameter.schema) == {"integer"} and re.fullmatch(r"-?\d+", text):
        return int(text)
    return text
