"""Pages of items, made from scans of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from time import monotonic
from typing import Any

from items.calls import LAST_ROUND_BEGINS_WITHIN_S, TableCalls
from items.failures import MalformedItem, StoreUnavailable
from items.pages import fitting
from items.records import Item, is_canonical

_EMPTY_SCANS = 3
_LARGE_SCAN = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """Some items, and the id after which the next page starts; None on the last page.

    `malformed` are the items of the table that the page leaves out.
    """

    items: tuple[Item, ...]
    next_after: str | None
    malformed: tuple[MalformedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """Items in DynamoDB's order, and the key to continue from; None at the end of the table."""

    found: Sequence[Item | MalformedItem]
    scanned_to: str | None

    def page(self, limit: int, malformed: Sequence[MalformedItem]) -> Page | None:
        """Up to `limit` of the items, beside `malformed` of the scans before; None if the scan has
        no item and is not at the end."""
        good = [each for each in self.found if isinstance(each, Item)]
        items = good[:limit]
        items = items[: fitting(items)]
        if not items and self.scanned_to is not None:
            return None
        if len(items) == len(good):
            return Page(tuple(items), self.place, (*malformed, *self.malformed()))
        used = self.found.index(items[-1])
        return Page(tuple(items), items[-1].id, (*malformed, *self.malformed(used)))

    def malformed(self, end: int | None = None) -> list[MalformedItem]:
        return [each for each in self.found[:end] if isinstance(each, MalformedItem)]

    @property
    def place(self) -> str | None:
        """Where the next page starts if this one has all that was found."""
        if self.scanned_to is None or is_canonical(self.scanned_to):
            return self.scanned_to
        # A cursor can only hold a canonical id. What comes after it is scanned again.
        keys = [each.id if isinstance(each, Item) else each.key for each in self.found]
        return next(filter(is_canonical, reversed(keys)), None)


def read_page(table: TableCalls, limit: int, after: str | None) -> Page:
    """Up to `limit` items after the id `after`, in DynamoDB's order, without malformed ones.

    Only the last page is empty, or one that follows thousands of malformed items in a row.
    Eventually consistent reads cost half, and a listing of several pages is never a snapshot.
    `after` may have been deleted: the order is by a hash of the key, which needs no item.
    """
    malformed: list[MalformedItem] = []
    place = None
    started = monotonic()
    for number in count():
        # One more than requested shows whether a full page is the last one.
        scan = _scan(table, _LARGE_SCAN if number else limit + 1, after)
        page = scan.page(limit, malformed)
        if page is not None:
            return page
        malformed += scan.malformed()
        place = scan.place or place
        # The key need not be one that a cursor can hold.
        after = scan.scanned_to
        # Without a place for a cursor, the client could only begin again.
        enough = place is not None and number + 1 >= _EMPTY_SCANS
        if enough or monotonic() - started > LAST_ROUND_BEGINS_WITHIN_S:
            break
    if place is None:
        raise StoreUnavailable("DynamoDB's scans found neither items nor their end")
    return Page((), place, tuple(malformed))


def _scan(table: TableCalls, limit: int, after: str | None) -> Scan:
    items, scanned_to = table.scan(limit, after)
    return Scan([_read(attributes) for attributes in items], scanned_to)


def _read(attributes: Mapping[str, Any]) -> Item | MalformedItem:
    try:
        return Item.from_attributes(attributes)
    except MalformedItem as malformed:
        return malformed
