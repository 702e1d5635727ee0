"""What of a written value a service has lost, apart from what a schema lets it change.

Lawful are: another value where responses may not have the one that was written, members that only
the server writes, defaults that it fills in, another spelling of the same number, instant, UUID,
host name or address, another order of unique items, and null for a member that is left out. Whether
text may come back in another case, no schema says: `Difference` keeps that apart, as nothing to
accuse of.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openapi_first.samples.lowered_schemas import LoweredSchema

_MISSING = object()
_CASELESS = frozenset({"uuid", "email", "idn-email", "hostname", "idn-hostname", "uri", "iri"})
_NOT_COMPARED = frozenset({"password", "duration", "time"})
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)")
_NEVER: dict[str, Any] = {"not": {}}


@dataclass(frozen=True)
class Difference:
    """`text` says what is different; `normalised` that it may be a spelling of the same."""

    text: str
    normalised: bool = False


@dataclass(frozen=True)
class _Place:
    """Where a value is, for messages, and its schema."""

    pointer: str
    schema: Any
    lowered: LoweredSchema | None

    @property
    def merged(self) -> dict[str, Any]:
        return self.lowered.merged(self.schema) if self.lowered is not None else {}

    def member(self, name: str) -> _Place | None:
        """None for a member that responses do not declare."""
        merged = self.merged
        properties = merged.get("properties")
        pointer = f"{self.pointer}/{name}"
        if self.lowered is None:
            return _Place(pointer, None, None)
        if properties and name in properties:
            part = properties[name]
            return None if part in (_NEVER, False) else _Place(pointer, part, self.lowered)
        extra = merged.get("additionalProperties")
        if properties or extra is False:
            return None
        return _Place(pointer, extra if isinstance(extra, dict) else {}, self.lowered)

    def allows(self, value: Any) -> bool:
        """Whether a response may have the value here; if not, the service has to change it."""
        if self.lowered is None or not self.schema:
            return True
        try:
            return self.lowered.part_validator(self.schema).is_valid(value)
        except (ValueError, TypeError):
            return True

    def of(self, read: Any) -> _Place:
        """The place with those branches of `oneOf` and `anyOf` that the value matches, if any."""
        merged, lowered = self.merged, self.lowered
        fitting = [
            branch
            for key in ("oneOf", "anyOf")
            for branch in merged.get(key, ())
            if _Place(self.pointer, branch, lowered).allows(read)
        ]
        if not fitting:
            return self
        rest = {key: value for key, value in merged.items() if key not in ("oneOf", "anyOf")}
        return _Place(self.pointer, {"allOf": [rest, *fitting]}, lowered).of(read)

    def item(self) -> _Place:
        items = self.merged.get("items")
        return _Place(self.pointer, items if isinstance(items, dict) else {}, self.lowered)


def alternatives(lowered: LoweredSchema, schema: Any) -> Iterator[dict[str, Any]]:
    """The merged schema, and those of its alternatives."""
    merged = lowered.merged(schema)
    yield merged
    for key in ("oneOf", "anyOf"):
        for branch in merged.get(key, ()):
            yield from alternatives(lowered, branch)


def difference(written: Any, read: Any, lowered: LoweredSchema | None = None) -> Difference | None:
    """What of the written value is missing or different in the value that was read, None if
    nothing is; what accuses comes before what may be another spelling. `lowered` is the schema of
    the response that was read: members that it does not declare do not count."""
    schema = lowered.schema if lowered is not None else None
    found = list(_differences(written, read, _Place("", schema, lowered)))
    return next((each for each in found if not each.normalised), next(iter(found), None))


def _differences(written: Any, read: Any, place: _Place) -> Iterator[Difference]:
    if isinstance(written, dict) and isinstance(read, dict):
        place = place.of(read)
        for name, value in written.items():
            part = place.member(name)
            if part is None or (value is None and read.get(name) is None):
                continue
            if name not in read:
                yield Difference(f"{_named(part)} is missing")
            else:
                yield from _differences(value, read[name], part)
        return
    if not place.allows(written):
        return
    place = place.of(read)
    if isinstance(written, list) and isinstance(read, list):
        yield from _of_lists(written, read, place)
        return
    form = place.merged.get("format")
    if form in _NOT_COMPARED or _equal(written, read, form):
        return
    spelling = (
        isinstance(written, str)
        and isinstance(read, str)
        and " ".join(written.split()).casefold() == " ".join(read.split()).casefold()
    )
    yield Difference(f"{_named(place)} is different", spelling)


def _of_lists(written: list[Any], read: list[Any], place: _Place) -> Iterator[Difference]:
    item = place.item()
    if place.merged.get("uniqueItems"):
        for each in written:
            if not any(difference(each, other) is None for other in read):
                yield Difference(f"{_named(place)} is different")
                return
    elif len(written) != len(read):
        yield Difference(f"{_named(place)} is different")
    else:
        for one, other in zip(written, read, strict=True):
            yield from _differences(one, other, item)


def _named(place: _Place) -> str:
    return f"`{place.pointer.removeprefix('/')}`" if place.pointer else "the body"


def _equal(written: Any, read: Any, form: Any) -> bool:
    if isinstance(written, bool) or isinstance(read, bool):
        return written is read
    if isinstance(written, int | float) and isinstance(read, int | float):
        return _same_number(written, read)
    if written == read:
        return True
    if not isinstance(written, str) or not isinstance(read, str):
        return False
    if form in ("date-time", None) and _INSTANT.fullmatch(written) and _INSTANT.fullmatch(read):
        return _same_instant(written, read)
    if form in ("ipv4", "ipv6"):
        try:
            return ipaddress.ip_address(written) == ipaddress.ip_address(read)
        except ValueError:
            return False
    return form in _CASELESS and written.rstrip("/.").casefold() == read.rstrip("/.").casefold()


def _same_number(one: float, other: float) -> bool:
    """As far as binary64 carries them (RFC 8259 §6)."""
    try:
        return one == other or math.isclose(float(one), float(other), rel_tol=1e-15)
    except OverflowError:
        return False


def _same_instant(one: str, other: str) -> bool:
    """Equal except for what is below a second, since no schema says how exactly it is kept."""
    try:
        first, second = (
            datetime.fromisoformat(text.upper().replace("Z", "+00:00")) for text in (one, other)
        )
    except ValueError:  # a leap second, a year beyond 9999
        return True
    return abs((first - second).total_seconds()) < 1
