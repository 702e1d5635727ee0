"""What the items of one client can be, from the answers that it got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


class Violation(Exception):
    """An answer, or a table, that the contract and the answers before it do not allow."""


@dataclass(slots=True)
class Known:
    """An item. Its `token` is its description and never changes; only one client changes it."""

    token: str
    possible: set[str | None]
    """The names that it can have; None is that there is no item."""
    id: str | None = None
    etag: str | None = None
    """None if it is not known."""

    def becomes(self, name: str | None, etag: str | None = None) -> None:
        """A change was acknowledged, or the item was read."""
        self.possible, self.etag = {name}, etag

    def may_become(self, name: str | None) -> None:
        """The outcome of a change is not known."""
        self.possible.add(name)
        self.etag = None

    def read(self, item: Mapping[str, Any], etag: str | None) -> None:
        """Raises Violation."""
        if item.get("description") != self.token or item["name"] not in self.possible:
            raise Violation(f"{self.token} can be {self.possible}, and was read as {item}")
        self.becomes(item["name"], etag)

    def is_missing(self) -> None:
        """A read has found nothing. Raises Violation."""
        if None not in self.possible:
            raise Violation(f"{self.token} is lost: it can be {self.possible}")
        self.becomes(None)


@dataclass(slots=True)
class Tally:
    """A number in an item that all clients increment."""

    path: str = ""
    acknowledged: int = 0
    unknown: int = 0


@dataclass
class Model:
    """The items of all clients, and numbers that all clients increment."""

    items: dict[str, Known] = field(default_factory=dict)
    tallies: list[Tally] = field(default_factory=list)

    def create(self, token: str, name: str) -> Known:
        """An item that a client is about to create."""
        self.items[token] = known = Known(token, {None, name})
        return known

    def violations(self, table: Iterable[Mapping[str, Any]]) -> list[str]:
        """How the items that are in the end differ from what they can be."""
        found = list(table)
        by_id = {item["id"]: item for item in found}
        wrong = []
        for tally in self.tallies:
            item = by_id.pop(tally.path.rpartition("/")[2], None)
            if item is None:
                wrong.append(f"{tally} is lost")
                continue
            number = int(item["name"])
            if not tally.acknowledged <= number <= tally.acknowledged + tally.unknown:
                wrong.append(f"{number} increments are in {tally}")
        counts = Counter(item.get("description") for item in by_id.values())
        wrong += [f"{token} is there {count} times" for token, count in counts.items() if count > 1]
        seen = {item.get("description"): item for item in by_id.values()}
        wrong += [
            f"no client has created {seen[token]}" for token in seen if token not in self.items
        ]
        for token, known in self.items.items():
            try:
                known.read(seen[token], None) if token in seen else known.is_missing()
            except Violation as violation:
                wrong.append(str(violation))
        return wrong
