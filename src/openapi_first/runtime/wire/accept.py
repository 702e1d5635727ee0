"""The order in which a client prefers media types (RFC 9110 §12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_PART = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
"""An element of a list in a header; a comma in a quoted string does not end it."""
_QUALITY = re.compile(r"(0(\.[0-9]*)?|1(\.0*)?|\.[0-9]+)")
_UNMENTIONED = 0.0
_REFUSED = -1.0

_Range = tuple[str, frozenset[str], float]


def by_preference(media_types: Sequence[str], accept: str | None) -> list[str]:
    """The media types, the one that the client prefers first; equal ones stay in their order.

    Every type is in the result, since a server may disregard `Accept`: those that the client does
    not mention come after those that it accepts, and those that it refuses (`q=0`) are the last. A
    range whose quality cannot be read is disregarded.
    """
    if not accept or len(media_types) < 2:
        return list(media_types)
    ranges = list(_ranges(accept))
    return sorted(media_types, key=lambda each: -_quality(each, ranges))


def _ranges(accept: str) -> Iterator[_Range]:
    for part in _PART.findall(accept):
        name, parameters = _parsed(part)
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                weight = parameter[2:]
                if not _QUALITY.fullmatch(weight):
                    break
                quality = float(weight)
        else:
            others = frozenset(each for each in parameters if not each.startswith("q="))
            yield name, others, quality or _REFUSED


def _parsed(media_type: str) -> tuple[str, list[str]]:
    """The type and the parameters in lower case, without spaces and quotes."""
    name, *parameters = media_type.split(";")
    plain = (each.replace(" ", "").replace('"', "").lower() for each in parameters)
    return name.strip().lower(), [each for each in plain if each]


def _quality(media_type: str, ranges: Sequence[_Range]) -> float:
    """The quality of the most specific range that matches. A range with parameters that the media
    type does not have matches less than one without, since servers need not distinguish them."""
    name, parameters = _parsed(media_type)
    wanted = {"*/*": 0, name.partition("/")[0] + "/*": 1, name: 3}
    best, found = -1, _UNMENTIONED
    for accepted, required, quality in ranges:
        if accepted not in wanted:
            continue
        rank = wanted[accepted]
        if rank == 3:
            rank = 3 + len(required) if required.issubset(parameters) else 2
        if rank > best:
            best, found = rank, quality
    return found
