"""The lists of a mock that remembers, a page at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from openapi_first.conformance.roles.listings import Listing
from openapi_first.conformance.roles.members import comparable, query_parameters, same_member, types
from openapi_first.conformance.roles.pagers import (
    CURSORS,
    OFFSETS,
    PAGES,
    CursorPager,
    LinkPager,
    UrlPager,
)
from openapi_first.documents.node import Node
from openapi_first.mock.shaping import at, placed, pointers, without
from openapi_first.mock.showing import Showing
from openapi_first.mock.store import Store, Thing
from openapi_first.openapi.model import Parameter
from openapi_first.runtime.request import Request
from openapi_first.runtime.responses import Reply
from openapi_first.samples.sampling import samples

_IN_BODY = re.compile(r"\$response\.body#(/.*)")
_IN_HEADER = re.compile(r"\$response\.header\.(.+)")
_TOTALS = frozenset({"total", "totalcount", "totalitems", "totalresults", "totalrecords"})
_MORE = frozenset({"hasmore", "hasnext", "hasnextpage", "more"})
_TOTAL_HEADERS = ("X-Total-Count", "X-Total", "Total-Count")
_HEADER = "header "
_MOST = 100


@dataclass(frozen=True)
class _Turned:
    """A page of a list as it was asked for; `turning` and `place` are those of `_turning`. `total`
    things are in the list, and `more` of them after this page."""

    listing: Listing
    arguments: Mapping[str, Any]
    request: Request
    turning: Parameter | None
    place: str | None
    total: int
    more: bool

    def url(self, following: Any) -> str:
        """The URL of the next page: that of this one, one page further."""
        query = {
            each.name: self.arguments[each.argument]
            for each in query_parameters(self.listing.operation)
            if isinstance(self.arguments.get(each.argument), str | int)
        }
        if self.turning is not None:
            query[self.turning.name] = following
        host = self.request.proxy_event.header("host") or "127.0.0.1"
        return f"http://{host}{self.request.path}?{urlencode(query)}"


class Listings:
    """Pages of what the store has. Cursors are those of the responses before."""

    def __init__(self, showing: Showing, store: Store) -> None:
        self._showing = showing
        self._store = store
        self._cursors: dict[str, int] = {}

    def page(
        self,
        path: str,
        listing: Listing,
        outer: Mapping[str, str],
        arguments: Mapping[str, Any],
        request: Request,
    ) -> Reply[Any] | None:
        """The response with the page that is asked for; None if the list's schema does not allow
        it. Raises Problem."""
        operation = listing.operation
        made = self._showing.made(operation)
        schema = self._showing.schema(operation, made)
        array = _node(schema, listing.items) if schema is not None else None
        items = array.followed().get("items") if array is not None else None
        if schema is None or items is None:
            return None
        within = self._store.within(path, outer)
        things = [each for each in within if _is_wanted(each, listing, arguments)]
        turning, place = _turning(listing)
        size = self._size(listing, arguments)
        start = self._start(listing, turning, size, things, arguments)
        if start is None:
            detail = "The mock has given no page of this list that leads to this one."
            return self._showing.refused(operation, 400, detail)
        shown, more = things[start : start + size], len(things) > start + size
        turned = _Turned(listing, arguments, request, turning, place, len(things), more)
        return self._turned(turned, made, schema, self._values(path, items, shown), shown)

    def _turned(
        self, page: _Turned, made: Reply[Any], schema: Node, values: list[Any], shown: list[Thing]
    ) -> Reply[Any] | None:
        listing, place, end = page.listing, page.place, None
        if page.more and place is not None:
            end = self._following(page, shown)
            if end is not None and isinstance(listing.pager, UrlPager):
                end = page.url(end)
        body = placed(made.value, listing.items, values)
        for pointer, value in _counts(schema, page.total, more=page.more):
            if at(body, pointer) is not None:
                body = placed(body, pointer, value)
        if place is not None and not place.startswith(_HEADER):
            body = self._with_end(made, listing, body, place, end)
        if not self._fits(made, listing, body):
            body = _smaller(listing, body, place)
        if not self._fits(made, listing, body):
            return None
        headers: dict[str, Any] = {"Link": None, **dict.fromkeys(_TOTAL_HEADERS, page.total)}
        if place is not None and place.startswith(_HEADER):
            is_link = end is not None and isinstance(listing.pager, UrlPager)
            headers[place.removeprefix(_HEADER)] = f'<{end}>; rel="next"' if is_link else end
        status = made.status or listing.operation.success
        sent = self._showing.answers.headers(listing.operation, status, headers)
        return Reply(body, made.status, sent, made.media_type)

    def _values(self, path: str, items: Node, things: Sequence[Thing]) -> list[Any]:
        example = next(self._showing.answers.values.schema_values(items, f"item {path}"), None)
        return [self._showing.shapes.fitted(items, each.value, example) for each in things]

    def _fits(self, made: Reply[Any], listing: Listing, body: Any) -> bool:
        operation = listing.operation
        status = made.status or operation.success
        return self._showing.answers.fits(operation, status, body, made.media_type or "")

    def _with_end(self, made: Reply[Any], listing: Listing, body: Any, place: str, end: Any) -> Any:
        """The body with what leads to the next page; without it, or null, where there is none."""
        if end is not None:
            return placed(body, place, end)
        bodies = (without(body, place), placed(body, place, None), placed(body, place, ""))
        return next((each for each in bodies if self._fits(made, listing, each)), body)

    def _size(self, listing: Listing, arguments: Mapping[str, Any]) -> int:
        given = None
        if listing.page_size is not None:
            given = arguments.get(listing.page_size.parameter.argument)
        most = listing.most_items if listing.most_items is not None else _MOST
        return max(1, min(given, most)) if isinstance(given, int) else most

    def _start(
        self,
        listing: Listing,
        turning: Parameter | None,
        size: int,
        things: list[Thing],
        arguments: Mapping[str, Any],
    ) -> int | None:
        """The index of the page's first thing; None for an unknown cursor."""
        given = arguments.get(turning.argument) if turning is not None else None
        if turning is None or given is None:
            return 0
        kind = comparable(turning.name)
        if kind in PAGES and isinstance(given, int):
            first = getattr(listing.pager, "first", _first_page(turning))
            return max(0, given - first) * size
        if kind in OFFSETS and isinstance(given, int):
            return max(0, given)
        after = self._cursors.get(f"{listing.operation.id} {given}")
        if after is None:
            return None
        return sum(each.number <= after for each in things)

    def _following(self, page: _Turned, shown: list[Thing]) -> Any:
        """The value of the parameter for the next page; None if there is none to be found."""
        turning = page.turning
        if turning is None:
            return None
        given, kind = page.arguments.get(turning.argument), comparable(turning.name)
        if kind in PAGES and types(turning.schema) == {"integer"}:
            return (_first_page(turning) if given is None else given) + 1
        if kind in OFFSETS and types(turning.schema) == {"integer"}:
            return (0 if given is None else given) + len(shown)
        after = shown[-1].number if shown else 0
        values, name = self._showing.answers.values, page.listing.operation.id
        lowered, rng = values.schemas.request(turning.schema), values.rng(f"cursor {name} {after}")
        plain = (f"{rng.getrandbits(64):016x}", *(rng.getrandbits(31) for _ in range(3)))
        for value in chain(plain, samples(lowered, rng)):
            if lowered.allows(value):
                key = f"{name} {value}"
                if self._cursors.setdefault(key, after) == after:
                    return value
        return None


def _turning(listing: Listing) -> tuple[Parameter | None, str | None]:
    """The parameter that turns pages, and where a response has the value for the next page: a JSON
    Pointer, or `header NAME`; None if clients count by themselves."""
    pager = listing.pager
    queries = {each.name: each for each in query_parameters(listing.operation)}
    if isinstance(pager, CursorPager):
        return queries.get(pager.parameter), pager.pointer
    if isinstance(pager, LinkPager):
        for key, expression in pager.link.parameters.items():
            location, _, name = key.partition(" ")
            found = _IN_BODY.fullmatch(str(expression))
            header = _IN_HEADER.fullmatch(str(expression))
            if location == "query" and name in queries and (found or header):
                place = found[1] if found else f"{_HEADER}{header[1] if header else ''}"
                return queries[name], place
        return None, None
    names = (*PAGES, *OFFSETS, *CURSORS)
    turning = next((each for each in queries.values() if comparable(each.name) in names), None)
    if isinstance(pager, UrlPager):
        return turning, pager.pointer or f"{_HEADER}Link"
    return (turning, None) if pager is not None else (None, None)


def _smaller(listing: Listing, body: Any, place: str | None) -> Any:
    """The body with what makes it a page, and nothing else."""
    found: Any = {}
    for pointer in (listing.items, place):
        if pointer and pointer.startswith("/") and at(body, pointer) is not None:
            found = placed(found, pointer, at(body, pointer))
    return found


def _first_page(turning: Parameter) -> int:
    schema = turning.schema.followed().value
    first = schema.get("default", schema.get("minimum", 1))
    return first if isinstance(first, int) else 1


def _is_wanted(thing: Thing, listing: Listing, arguments: Mapping[str, Any]) -> bool:
    """Whether a thing passes the filters that have the name of one of its members."""
    if not isinstance(thing.value, dict):
        return True
    bound = {*(listing.pager.bound if listing.pager is not None else ())}
    if listing.page_size is not None:
        bound.add(listing.page_size.parameter.name)
    for parameter in query_parameters(listing.operation):
        wanted = arguments.get(parameter.argument)
        member = same_member(parameter.name, tuple(thing.value))
        if wanted is None or member is None or parameter.name in bound:
            continue
        value = thing.value[member]
        values = value if isinstance(value, list) else [value]
        if not any(each in values for each in (wanted if isinstance(wanted, list) else [wanted])):
            return False
    return True


def _node(schema: Node, pointer: str) -> Node | None:
    if not pointer:
        return schema
    return next((part for found, _, part in pointers(schema, 3) if found == pointer), None)


def _counts(schema: Node, total: int, *, more: bool) -> Iterator[tuple[str, Any]]:
    for pointer, name, part in pointers(schema):
        if comparable(name) in _TOTALS and types(part) & {"integer", "number"}:
            yield pointer, total
        elif comparable(name) in _MORE and types(part) == {"boolean"}:
            yield pointer, more
