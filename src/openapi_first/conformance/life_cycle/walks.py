"""Walks through the pages of a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openapi_first.conformance.judging.checks import LINK
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.model.runtime_expressions import NoValue, member
from openapi_first.conformance.phases.steps import Steps, json_body, succeeded
from openapi_first.conformance.roles.created_resources import CreatedResource
from openapi_first.conformance.roles.listings import Listing
from openapi_first.conformance.roles.members import comparable
from openapi_first.conformance.roles.pagers import OFFSETS, PAGES, LinkPager, Page, Values

MOST_PAGES = 40
_MOST_EMPTY_PAGES = 10
_REFUSALS = (400, 404, 416, 422)

ItemKey = tuple[str, ...]
"""The values of the variables that identify an item, in the order of their names."""


@dataclass(frozen=True)
class Walk:
    """The items found in order, the last exchange, whether the walk reached the end of the list,
    and what was wrong on the way. `pages` is how many pages had items; `title` names the walk in
    complaints."""

    items: tuple[ItemKey, ...]
    pages: int
    last: Exchange
    complete: bool
    error: str | None = None
    title: str = ""


class Walker:
    """Walks through one list below `parent`. `pointers` lead from an item to its identity."""

    def __init__(
        self,
        steps: Steps,
        listing: Listing,
        pointers: Mapping[str, str],
        parent: CreatedResource | None,
    ) -> None:
        self._steps = steps
        self._listing = listing
        self._pointers = dict(sorted(pointers.items()))
        self._parent = parent
        builder = steps.setup.builder
        # The same in every walk, since they may filter.
        self._fixed: Values = {
            ("query", each.name): builder.plain(each)
            for each in listing.operation.parameters
            if each.location == "query" and each.required
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The variables whose values are in a key."""
        return tuple(self._pointers)

    def keys(self, exchange: Exchange) -> list[ItemKey | None]:
        """The keys of the items of a page."""
        return [self._key_of(each) for each in self.items(exchange)]

    def key(self, created: CreatedResource) -> ItemKey:
        return tuple(created.variables[name] for name in self._pointers)

    def walk(self, size: int | None, most_pages: int = MOST_PAGES) -> Walk:
        """Walks to the end, or through so many pages. Without `size`, in pages of the service's
        own size."""
        operation, pager = self._listing.operation, self._listing.pager
        values = dict(self._fixed)
        if size is not None and self._listing.page_size is not None:
            values[self._listing.page_size.key] = size
        progress = _Progress(f"in pages of {size}" if size else "in pages", size, most_pages)
        while True:
            title = f"list {progress.title}"
            exchange = self._steps.ask(operation, title, self._parent, values=values)
            if not succeeded(exchange):
                status = exchange.response.status
                if progress.marks and pager and pager.positional and status in _REFUSALS:
                    return progress.ended(exchange, complete=True)
                return progress.ended(exchange, error=f"the status of a page is {status}")
            keys = self.keys(exchange)
            error = progress.add(keys)
            if error is not None:
                return progress.ended(exchange, error=error)
            page = Page(exchange, values, len(keys))
            following = pager.following(page) if pager is not None else None
            if following is None:
                return progress.ended(exchange, complete=True)
            error = progress.go_on(following)
            if error is not None or progress.is_enough:
                return progress.ended(exchange, error=error)
            values = {**values, **following}
            if isinstance(pager, LinkPager):
                self._steps.saw_link(pager.link)
                self._steps.record(LINK, operation, exchange)

    def items(self, exchange: Exchange) -> list[Any]:
        """The items of a page; whether they are where the schema says, another check judges."""
        try:
            items = member(json_body(exchange), self._listing.items)
        except NoValue:
            return []
        return items if isinstance(items, list) else []

    def _key_of(self, item: Any) -> ItemKey | None:
        """None for an item without an identity."""
        try:
            values = [member(item, pointer) for pointer in self._pointers.values()]
        except NoValue:
            return None
        return tuple(map(str, values)) if None not in values else None


class _Progress:
    """How far a walk has come. `marks` are the values that led to pages."""

    def __init__(self, title: str, size: int | None, most_pages: int) -> None:
        self.title = title
        self.marks: set[str] = set()
        self._size = size
        self._most_pages = most_pages
        self._items: list[ItemKey] = []
        self._pages = self._empty = 0
        self._repeats = False

    @property
    def is_enough(self) -> bool:
        """Whether the walk need not go on: it is long, or goes through the same items again."""
        is_long = len(self.marks) >= self._most_pages or self._empty >= _MOST_EMPTY_PAGES
        return is_long or self._repeats

    def add(self, page: list[ItemKey | None]) -> str | None:
        """What is wrong with the items of a page; None for an item without identity."""
        if self._size is not None and len(page) > self._size:
            return f"a page of {self._size} contains {len(page)} items"
        keys = [each for each in page if each is not None]
        self._repeats = bool(keys) and set(self._items).issuperset(keys)
        self._items += keys
        self._pages += bool(page)
        self._empty = 0 if page else self._empty + 1
        return None

    def go_on(self, following: Values) -> str | None:
        """What is wrong with the way to the next page."""
        mark = repr(sorted(following.items(), key=repr))
        if mark in self.marks:
            return "the links to the next page form a cycle"
        self.marks.add(mark)
        if self._empty >= _MOST_EMPTY_PAGES and _is_counted(following):
            return f"{self._empty} empty pages in a row lead on to a next one"
        return None

    def ended(
        self, exchange: Exchange, *, complete: bool = False, error: str | None = None
    ) -> Walk:
        return Walk(tuple(self._items), self._pages, exchange, complete, error, self.title)


def _is_counted(following: Values) -> bool:
    """Whether the way to the next page is its number, or the number of items before it: behind the
    last item there is nothing, while a cursor may go through items that are not shown."""
    return any(comparable(name) in OFFSETS | PAGES for _, name in following)
