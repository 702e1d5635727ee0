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
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
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
    "keyword": "Schema keywords",
    "gateway response": "Gateway responses",
}
"""The aspects of points and their headings, in the order of reports.

- `status`: subject `200`
- `media type`: subject `200 application/json`
- `header`: subject `200 ETag`
- `link`: subject `200 getItem`
- `parameter`: subject `query limit`; state `absent`, `valid`, `invalid`, `at minimum`, …
- `keyword`: subject `body application/json#/properties/name/minLength` or `query limit#/minimum`;
  state `satisfied` or `violated`
- `gateway response`: subject `INVALID_API_KEY`
"""


_DOCUMENTED = frozenset({"status", "media type", "header"})


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
        if aspect in ("parameter", "keyword"):
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


@dataclass(frozen=True)
class Coverage:
    """A record compared with the points that a contract promises, in the contract's order.
    `unprovoked` are promised points that no request can cause at will (a 500, a timeout): they do
    not count in a percentage until they are seen."""

    promised: tuple[Point, ...]
    unprovoked: frozenset[Point]
    record: CoverageRecord

    def count(self, point: Point) -> int:
        return self.record.seen[point]

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations in the contract's order; `*` last, if it has points."""
        names = dict.fromkeys(point.operation for point in (*self.promised, *self.undocumented))
        return tuple(sorted(names, key=lambda name: name == "*"))

    def points(self, operation: str | None = None, aspect: str | None = None) -> tuple[Point, ...]:
        return tuple(
            point
            for point in self.promised
            if operation in (None, point.operation) and aspect in (None, point.aspect)
        )

    @property
    def missing(self) -> tuple[Point, ...]:
        """Promised points that requests can cause, and that were never seen."""
        return tuple(
            point
            for point in self.promised
            if not self.record.seen[point] and point not in self.unprovoked
        )

    @property
    def undocumented(self) -> tuple[Point, ...]:
        """Statuses, media types and headers that were seen but are not in the contract, sorted."""
        promised = set(self.promised)
        return tuple(
            point for point, count in sorted(self.record.seen.items())
            if count and point.aspect in _DOCUMENTED and point not in promised
        )  # fmt: skip

    def percent(self, points: Iterable[Point] | None = None) -> float:
        """How many of the points (by default, of all promised points) were seen, 0 to 100; 100
        if there are no points."""
        chosen = [
            point
            for point in (self.promised if points is None else points)
            if point not in self.unprovoked or self.record.seen[point]
        ]
        met = sum(1 for point in chosen if self.record.seen[point])
        return 100.0 * met / len(chosen) if chosen else 100.0
