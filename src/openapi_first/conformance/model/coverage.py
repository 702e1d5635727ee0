"""Coverage of a contract: points, records that count them, and what is missing.

A point is one thing that an exchange can show: a status of an operation, a header of that status, a
schema keyword satisfied or violated. What a contract promises and what exchanges showed are both
sets of points, so coverage compares them: seen, never seen, seen but undocumented.

A record is a small JSON file. `contract test`, the local stage and test suites write records;
merging adds the counts:

    {"format": "contract-coverage/1", "title": "Items API", "version": "1.0.0",
     "seen": {"GET /items": {"status|200": 12, "parameter|query limit|absent": 3}}}
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from openapi_first.core.errors import UserError

FORMAT = "contract-coverage/1"

ASPECTS = {
    "status": "Statuses",
    "media type": "Media types",
    "header": "Headers",
    "link": "Links",
    "parameter": "Parameters",
    "body": "Request bodies",
    "field": "Form fields",
    "keyword": "Schema keywords",
    "promise": "Promises",
    "gateway response": "Gateway responses",
}
"""The aspects of points and their headings, in the order of reports.

- `status`: subject `200`, `4XX` or `default`
- `media type`: subject `200 application/json`
- `header`: subject `200 ETag`
- `link`: subject `200 getItem`
- `parameter`: subject `query limit`; state `absent`, `valid`, `invalid`, `at minimum`, …
- `body`: subject `application/json`, the media type of a request body
- `field`: subject `multipart/form-data photo`; states as of parameters, and `as image/png`
- `keyword`: subject `body application/json#/properties/name/minLength` or `query limit#/minimum`;
  state `satisfied` or `violated`
- `promise`: subject `status`, the id of a check that `contract test` has made
- `gateway response`: subject `INVALID_API_KEY`
"""


_DOCUMENTED = frozenset({"status", "media type", "header"})
_WITH_STATES = frozenset({"parameter", "field", "keyword"})


class CoverageError(UserError):
    """A file is not a coverage record."""

    names_place = True


class Point(NamedTuple):
    """One thing that an exchange can show. `operation` is method and path, `GET /items/{id}`; `*`
    stands for the whole API."""

    operation: str
    aspect: str
    subject: str
    state: str = ""

    @property
    def key(self) -> str:
        """The point's key in a record, below its operation."""
        return "|".join((self.aspect, self.subject, *([self.state] if self.state else [])))

    @classmethod
    def of_key(cls, operation: str, key: str) -> Point:
        """The point with this key. Raises CoverageError."""
        aspect, first, rest = key.partition("|")
        if not first or aspect not in ASPECTS:
            raise CoverageError(f"{key!r} is not a coverage point")
        subject, state = rest, ""
        if aspect in _WITH_STATES:
            subject, _, state = rest.rpartition("|")
        return cls(operation, aspect, subject, state)


@dataclass(frozen=True)
class CoverageRecord:
    """How often each point was seen."""

    title: str
    version: str
    seen: Counter[Point]

    @classmethod
    def read(cls, path: Path) -> CoverageRecord:
        """Raises OSError, CoverageError."""
        try:
            return cls.of(json.loads(path.read_bytes()))
        except CoverageError as error:
            raise CoverageError(f"{path}: not a coverage record: {error}") from None
        except (ValueError, RecursionError):
            raise CoverageError(f"{path}: not a coverage record: invalid JSON") from None

    @classmethod
    def of(cls, value: Any) -> CoverageRecord:
        """The record in the parsed JSON of a file. Raises CoverageError."""
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise CoverageError(f"`format` is not {FORMAT}")
        title, version, operations = (value.get(name) for name in ("title", "version", "seen"))
        if not isinstance(title, str) or not isinstance(version, str):
            raise CoverageError("`title` or `version` is not a string")
        if not isinstance(operations, dict):
            raise CoverageError("`seen` is not an object")
        seen: Counter[Point] = Counter()
        for operation, points in operations.items():
            if not isinstance(points, dict):
                raise CoverageError(f"`seen` of {operation} is not an object")
            for key, count in points.items():
                if type(count) is not int or count < 0:
                    raise CoverageError(
                        f"{operation} {key}: {count!r} is not a count (an integer from 0)"
                    )
                seen[Point.of_key(operation, key)] = count
        return cls(title, version, seen)

    def value(self) -> dict[str, Any]:
        """The JSON value of the record, in a fixed order."""
        operations: dict[str, dict[str, int]] = {}
        for point in sorted(self.seen):
            operations.setdefault(point.operation, {})[point.key] = self.seen[point]
        return {
            "format": FORMAT,
            "title": self.title,
            "version": self.version,
            "seen": operations,
        }

    def merged(self, other: CoverageRecord) -> CoverageRecord:
        """The sum of both, with the title and version of this one."""
        return CoverageRecord(self.title, self.version, self.seen + other.seen)


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A part of the contract that no point stands for. `operation` is as in a point, `subject`
    names the part, `reason` is a clause."""

    operation: str
    subject: str
    reason: str


class Tally(NamedTuple):
    """How many points count, and how many of them were seen."""

    seen: int
    counted: int

    @property
    def percent(self) -> float:
        """From 0 to 100. Nothing seen of nothing is 0: nobody has looked."""
        return 100.0 * self.seen / self.counted if self.counted else 0.0

    @property
    def text(self) -> str:
        """The percentage, rounded down, so that it is 100 only if every point was seen."""
        return f"{math.floor(self.percent * 10) / 10:.1f} %"


@dataclass(frozen=True)
class Coverage:
    """A record compared with the points that a contract promises, in the contract's order.

    `unprovoked` are promised points that no request can cause at will (a 500, a timeout): they do
    not count until they are seen. `uncounted` are parts of the contract without points.
    """

    promised: tuple[Point, ...]
    unprovoked: frozenset[Point]
    record: CoverageRecord
    uncounted: tuple[Uncounted, ...] = ()

    def count(self, point: Point) -> int:
        return self.record.seen[point]

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations in the contract's order; `*` last, if it has points."""
        points = (*self.promised, *self.undocumented)
        names = [*(each.operation for each in points), *(each.operation for each in self.uncounted)]
        return tuple(sorted(dict.fromkeys(names), key=lambda name: name == "*"))

    @property
    def aspects(self) -> tuple[str, ...]:
        """The aspects that have points, in the order of reports."""
        found = {point.aspect for point in self.promised}
        return tuple(aspect for aspect in ASPECTS if aspect in found)

    def points(self, operation: str | None = None, aspect: str | None = None) -> tuple[Point, ...]:
        if operation is not None and aspect is not None:
            return self._by_cell.get((operation, aspect), ())
        return tuple(
            point
            for point in self.promised
            if operation in (None, point.operation) and aspect in (None, point.aspect)
        )

    @cached_property
    def _by_cell(self) -> dict[tuple[str, str], tuple[Point, ...]]:
        found: dict[tuple[str, str], list[Point]] = {}
        for point in self.promised:
            found.setdefault((point.operation, point.aspect), []).append(point)
        return {cell: tuple(points) for cell, points in found.items()}

    @property
    def missing(self) -> tuple[Point, ...]:
        """Promised points that requests can cause, and that were never seen."""
        return tuple(
            point
            for point in self.promised
            if not self.record.seen[point] and point not in self.unprovoked
        )

    @property
    def unexpected(self) -> tuple[Point, ...]:
        """Promised points that no request can cause at will, and that were never seen."""
        return tuple(
            point
            for point in self.promised
            if point in self.unprovoked and not self.record.seen[point]
        )

    @cached_property
    def undocumented(self) -> tuple[Point, ...]:
        """Statuses, media types and headers that were seen but are not in the contract, sorted; of
        a status that is not, only itself."""
        promised = set(self.promised)
        found = [
            point for point, count in sorted(self.record.seen.items())
            if count and point.aspect in _DOCUMENTED and point not in promised
        ]  # fmt: skip
        statuses = {(each.operation, each.subject) for each in found if each.aspect == "status"}
        return tuple(
            each for each in found
            if each.aspect == "status"
            or (each.operation, each.subject.partition(" ")[0]) not in statuses
        )  # fmt: skip

    def tally(self, points: Iterable[Point] | None = None) -> Tally:
        """Of the points, by default of all promised ones."""
        counted = [
            point
            for point in (self.promised if points is None else points)
            if point not in self.unprovoked or self.record.seen[point]
        ]
        return Tally(sum(1 for point in counted if self.record.seen[point]), len(counted))

    @property
    def gate(self) -> Tally:
        """What a minimum is compared with: each part that is not counted is a point that nobody
        has seen, so that it never reaches 100 % while something was not looked at."""
        seen, counted = self.tally()
        return Tally(seen, counted + len(self.uncounted))

    @property
    def headline(self) -> str:
        """The percentage and what it leaves out, in one line."""
        tally, left = self.tally(), len(self.uncounted)
        if not tally.counted:
            text = "nothing is counted"
        else:
            text = f"{tally.text} of what is counted" if left else tally.text
        if not left:
            return text
        return f"{text}; {left} {'points are' if left > 1 else 'point is'} not counted"
