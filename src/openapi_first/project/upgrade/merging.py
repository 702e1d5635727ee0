"""Merges one text file of a project with what the new version writes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from openapi_first.project.upgrade.git import Resolution, merged

_START, _MIDDLE, _END = b"<<<<<<< ", b"=======\n", b">>>>>>> "
_MARKER = re.compile(rb"^<<<<<<< ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Merged:
    """`conflicts` are lines, counted from 1, where the project and the new version change the same
    lines differently: those of the markers in `data`, or else those of the project's file."""

    data: bytes
    conflicts: tuple[int, ...]


def same_text(first: bytes, second: bytes) -> bool:
    """Whether two files differ only in the ends of their lines: git may write those as the
    machine has them."""
    return _plain(first) == _plain(second)


def with_ends_of(text: bytes, model: bytes) -> bytes:
    """The text with the line ends of the model: CRLF if it has no other."""
    plain = _plain(text)
    return plain.replace(b"\n", b"\r\n") if _has_crlf_only(model) else plain


def marker_line(data: bytes) -> int | None:
    """The line of a conflict that is not resolved."""
    found = _MARKER.search(data)
    return None if found is None else data.count(b"\n", 0, found.start()) + 1


def merge(
    base: bytes, mine: bytes, new: bytes, resolution: Resolution | None, labels: Sequence[str]
) -> Merged:
    """Without a resolution, the file with conflicts stays as it is. Raises CannotUpgrade if git is
    missing or fails."""
    text = _plain(mine) if _has_crlf_only(mine) else mine
    sides = (_plain(base), text, _plain(new))
    marked, has_conflicts = merged(*sides, Resolution.MARKERS, labels)
    if not has_conflicts:
        return Merged(_as(marked, mine), ())
    if resolution is Resolution.MARKERS:
        starts = _MARKER.finditer(marked)
        lines = tuple(marked.count(b"\n", 0, each.start()) + 1 for each in starts)
        return Merged(_as(marked, mine), lines)
    places = _places(marked, text)
    if resolution is None:
        return Merged(mine, places)
    resolved, _ = merged(*sides, resolution, labels)
    return Merged(_as(resolved, mine), places)


def _as(text: bytes, mine: bytes) -> bytes:
    return text.replace(b"\n", b"\r\n") if _has_crlf_only(mine) else text


def _plain(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n")


def _has_crlf_only(text: bytes) -> bool:
    ends = text.count(b"\r\n")
    return ends > 0 and ends == text.count(b"\n")


def _places(marked: bytes, mine: bytes) -> tuple[int, ...]:
    """Where the conflicts are in the project's own file. A merged file has other lines above them,
    so its lines are compared with the project's."""
    kept: list[bytes] = []
    starts = []
    side = b""
    for line in marked.splitlines(keepends=True):
        if not side and line.startswith(_START):
            starts.append(len(kept))
            side = _START
        elif side == _START and line == _MIDDLE:
            side = _MIDDLE
        elif side == _MIDDLE and line.startswith(_END):
            side = b""
        elif side != _MIDDLE:
            kept.append(line)
    own = mine.splitlines(keepends=True)
    blocks = SequenceMatcher(None, kept, own, autojunk=False).get_opcodes()
    return tuple(1 + _moved(start, blocks, len(own)) for start in starts)


def _moved(index: int, blocks: Sequence[tuple[str, int, int, int, int]], end: int) -> int:
    for _, first, last, own, own_last in blocks:
        if first <= index < last:
            return min(own + index - first, max(own_last - 1, own))
    return max(end - 1, 0)
