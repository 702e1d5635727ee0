"""Works out what an upgrade changes in a project. It writes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from openapi_first.project.base import (
    ANSWERS,
    BASE,
    REQUIREMENTS,
    WHEELS,
    Base,
    generated,
    kept,
    read_base,
)
from openapi_first.project.errors import CannotUpgrade, NoWheel
from openapi_first.project.upgrade.git import Resolution
from openapi_first.project.upgrade.lock_files import merge_lock
from openapi_first.project.upgrade.merging import marker_line, merge, same_text, with_ends_of
from openapi_first.project.upgrade.results import Result, noted_results
from openapi_first.project.wheel import (
    DISTRIBUTION,
    Wheel,
    engine_wheel,
    running_version,
    wheel_name,
)

_PIN = re.compile(rf"^({DISTRIBUTION}(?:\[[^\]\n]*\])?)==[^\s;#]+".encode(), re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Change:
    """`before` and `after` are the bytes, None if the file does not exist. `made_executable` is
    None if the file keeps its mode; `what` says what happens to it."""

    path: PurePosixPath
    before: bytes | None
    after: bytes | None
    what: str
    made_executable: bool | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Lines of the project's file, counted from 1, that the new version changes, too."""

    path: PurePosixPath
    lines: tuple[int, ...]
    what: str


@dataclass(frozen=True, slots=True)
class Upgrade:
    """`changes` are those of the project, `base_changes` those of `.contract`. `notes` name files
    that stay as they are although the new version writes them differently."""

    folder: Path
    old: str
    new: str
    changes: tuple[Change, ...]
    base_changes: tuple[Change, ...]
    conflicts: tuple[Conflict, ...]
    notes: tuple[str, ...]


def plan_upgrade(folder: Path, wheel: Path | None, resolution: Resolution | None) -> Upgrade:
    """What the running version changes in the project in `folder`, with the wheel in the file
    `wheel` or the one that it is installed from.

    Without a resolution, files with conflicts have no change. Raises CannotUpgrade and NoWheel.
    """
    base = read_base(folder)
    engine = _wheel(folder, base, wheel)
    new = generated(base.answers, engine)
    planner = _Planner(folder, base, new, resolution)
    for path in sorted(base.files.keys() | new.files.keys()):
        planner.plan(path)
    return Upgrade(
        folder,
        base.version,
        new.version,
        (*planner.changes, *_wheel_changes(folder, base, engine)),
        tuple(_base_changes(folder, base, new)),
        tuple(planner.conflicts),
        tuple(planner.notes),
    )


class _Planner:
    def __init__(self, folder: Path, base: Base, new: Base, resolution: Resolution | None) -> None:
        self._folder = folder
        self._base = base
        self._new = new
        self._resolution = resolution
        self._results = noted_results(folder)
        self._labels = ("yours", f"version {base.version}", f"version {new.version}")
        self.changes: list[Change] = []
        self.conflicts: list[Conflict] = []
        self.notes: list[str] = []

    def plan(self, path: PurePosixPath) -> None:
        old, new = self._base.files.get(path), self._new.files.get(path)
        runs = path in self._new.executable
        turned = None if runs == (path in self._base.executable) else runs
        if old is not None and new is not None and same_text(old, new) and turned is None:
            return
        place = self._folder / path
        if place.is_symlink() or (place.exists() and not place.is_file()):
            self._stays(path, "is not a regular file")
            return
        if any((self._folder / above).is_symlink() for above in path.parents[:-1]):
            self._stays(path, "is behind a link")
            return
        mine = read_file(place)
        if mine is None:
            self._plan_absent(path, old, new, runs)
        elif new is None:
            self._plan_dropped(path, old, mine)
        elif b"\0" in mine:
            self._stays(path, "is not a text file")
        else:
            self._plan_present(path, old, new, mine, turned)

    def _stays(self, path: PurePosixPath, why: str) -> None:
        self.notes.append(
            f"{path} {why} and stays so; version {self._new.version} writes {self._writes(path)}"
        )

    def _writes(self, path: PurePosixPath) -> str:
        if path not in self._new.files:
            return "no such file"
        return "it differently" if path in self._base.files else "a file there"

    def _plan_absent(
        self, path: PurePosixPath, old: bytes | None, new: bytes | None, runs: bool
    ) -> None:
        if new is None:
            return
        if old is None:
            self.changes.append(Change(path, None, new, "added", runs))
        else:
            self._stays(path, "is deleted")

    def _plan_dropped(self, path: PurePosixPath, old: bytes | None, mine: bytes) -> None:
        if old is not None and same_text(old, mine):
            self.changes.append(Change(path, mine, None, "removed"))
        else:
            self._stays(path, "has your changes")

    def _plan_present(
        self, path: PurePosixPath, old: bytes | None, new: bytes, mine: bytes, turned: bool | None
    ) -> None:
        after = with_ends_of(new, mine)
        what = "updated"
        if marker_line(mine) is None and Result.of(path, new, mine) in self._results:
            after = mine
        elif old is None:
            if not same_text(mine, new):
                after, what = self._merged(path, b"", mine, new)
        elif not same_text(old, mine):
            if path.parent == REQUIREMENTS and path.suffix == ".txt":
                after, what = self._merged_lock(path, old, mine, new), _MERGED
            else:
                after, what = self._merged(path, old, mine, new)
        if after != mine or turned is not None:
            self.changes.append(Change(path, mine, after, what, turned))

    def _merged(
        self, path: PurePosixPath, old: bytes, mine: bytes, new: bytes
    ) -> tuple[bytes, str]:
        line = marker_line(mine)
        if line is not None:
            raise CannotUpgrade(
                f"{self._folder / path}:{line}: a conflict of an earlier merge; resolve it first"
            )
        if path.parent == REQUIREMENTS:
            pin = rb"\1==" + self._new.version.encode()
            old, mine = _PIN.sub(pin, old), _PIN.sub(pin, mine)
        merged = merge(old, mine, new, self._resolution, self._labels)
        own = path not in self._base.files
        if not merged.conflicts and not (own and not mine):
            return merged.data, _MERGED
        lines = merged.conflicts or (1,)
        what = (
            f"version {self._new.version} adds this file, and it exists"
            if own
            else f"you and version {self._new.version} have changed these lines"
        )
        self.conflicts.append(Conflict(path, lines, what))
        if self._resolution is None:
            return mine, _MERGED
        return merged.data, _RESOLVED[self._resolution]

    def _merged_lock(self, path: PurePosixPath, old: bytes, mine: bytes, new: bytes) -> bytes:
        try:
            found = merge_lock(*(each.decode().replace("\r\n", "\n") for each in (old, mine, new)))
        except UnicodeDecodeError:
            self._stays(path, "is not UTF-8")
            return mine
        if found.kept:
            names = ", ".join(found.kept)
            self.notes.append(
                f"{path} keeps your versions of {names}, which version {self._new.version} locks "
                "differently; `make locks` checks them"
            )
        return with_ends_of(found.text.encode(), mine)


_MERGED = "merged with your changes"
_RESOLVED = {
    Resolution.MARKERS: "merged, with conflict markers",
    Resolution.MINE: "merged, with your lines where both changed them",
    Resolution.NEW: "merged, with the new lines where both changed them",
}


def read_file(path: Path) -> bytes | None:
    """None if there is no such file. Raises CannotUpgrade."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise CannotUpgrade(f"{path}: {error.strerror}") from None


def _wheel(folder: Path, base: Base, given: Path | None) -> Wheel:
    """The file `given`, or the wheel that this engine was installed from, or the one of its version
    that the project has already."""
    running = running_version()
    if running is not None and _release(running) < _release(base.version):
        raise CannotUpgrade(
            f"the project was written by version {base.version}, and this is {running}: install "
            f"the wheel of {base.version} or a later one first"
        )
    try:
        return engine_wheel(given)
    except NoWheel:
        path = folder / WHEELS / wheel_name(running or base.version)
        if given is not None or not path.is_file():
            raise
        return engine_wheel(path)


def _release(version: str) -> tuple[int, ...]:
    """PEP 440: the release segment, which orders versions first."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, found[0].split("."))) if found else ()


def _wheel_changes(folder: Path, base: Base, engine: Wheel) -> Iterator[Change]:
    path = WHEELS / engine.name
    before = read_file(folder / path)
    if before != engine.data:
        yield Change(path, before, engine.data, "added" if before is None else "updated")
    former = WHEELS / wheel_name(base.version)
    data = read_file(folder / former)
    if former != path and data is not None:
        yield Change(former, data, None, "removed")


def _base_changes(folder: Path, base: Base, new: Base) -> Iterator[Change]:
    """The answers come last: they name the version, and all else is written before."""
    for path in sorted(base.files.keys() - new.files.keys()):
        yield Change(BASE / path, base.files[path], None, "removed")
    written: Mapping[PurePosixPath, bytes] = kept(new)
    for path, data in sorted(written.items(), key=lambda each: each[0] == ANSWERS):
        before = read_file(folder / path)
        if before is None or not same_text(before, data):
            yield Change(path, before, data, "added" if before is None else "updated")
