"""Merges a lock file by its entries: it may hold the team's own distributions and versions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openapi_first.project.wheel import DISTRIBUTION

_ENTRY = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\]\s*)?(?:==|@)")
_SEPARATORS = re.compile("[-_.]+")


@dataclass(frozen=True, slots=True)
class MergedLock:
    """`kept` are the distributions whose entries both sides have changed: those of the project
    stay."""

    text: str
    kept: tuple[str, ...]


def merge_lock(base: str, mine: str, new: str) -> MergedLock:
    """The project's lock with what changes from `base` to `new`, entry by entry. The engine's own
    entry is always the new one."""
    before, after = _entries(_blocks(base)), _entries(_blocks(new))
    blocks = _blocks(mine)
    own = _entries(blocks)
    kept = []
    wanted = dict(own)
    for name in sorted(before.keys() | after.keys()):
        old, newer, current = before.get(name), after.get(name), own.get(name)
        if _meaning(old) == _meaning(newer) or _meaning(current) == _meaning(newer):
            continue
        if name == DISTRIBUTION or _meaning(current) == _meaning(old):
            _set(wanted, name, newer)
        else:
            kept.append(name)
    return MergedLock("".join(_written(blocks, wanted)), tuple(kept))


def _set(entries: dict[str, str], name: str, text: str | None) -> None:
    if text is None:
        entries.pop(name, None)
    else:
        entries[name] = text


def _written(blocks: Iterable[tuple[str | None, str]], wanted: Mapping[str, str]) -> list[str]:
    """The blocks with the wanted entries, new ones in the order of the names."""
    found: list[str] = []
    waiting = dict(sorted(wanted.items()))
    present = {name for name, _ in blocks}
    for name, text in blocks:
        if name is None:
            found.append(text)
            continue
        added = [each for each in waiting if each not in present and each < name]
        found.extend(waiting.pop(each) for each in added)
        if name in waiting:
            found.append(waiting.pop(name))
    found.extend(text for name, text in waiting.items() if name not in present)
    return found


def _blocks(text: str) -> list[tuple[str | None, str]]:
    """Each entry with its distribution; None for comments, options and other lines."""
    found: list[tuple[str | None, str]] = []
    for line in text.splitlines(keepends=True):
        ended = line if line.endswith("\n") else f"{line}\n"
        if found and ended[0] in " \t" and ended.strip():
            name, start = found[-1]
            found[-1] = (name, start + ended)
        else:
            match = _ENTRY.match(ended)
            found.append((_SEPARATORS.sub("-", match[1]).lower() if match else None, ended))
    return found


def _entries(blocks: Iterable[tuple[str | None, str]]) -> dict[str, str]:
    """By distribution; one has several entries if its version depends on the platform."""
    found: dict[str, str] = {}
    for name, text in blocks:
        if name is not None:
            found[name] = found.get(name, "") + text
    return found


def _meaning(text: str | None) -> frozenset[str] | None:
    """The requirements and hashes, without comments and order."""
    if text is None:
        return None
    lines = (line.strip().removesuffix("\\").strip() for line in text.splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))
