"""What a scan of the table has found, and the page that it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from items.failures import MalformedItem
from items.pages import fitting
from items.records import Item, is_canonical


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
