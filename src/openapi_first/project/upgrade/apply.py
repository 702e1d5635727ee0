"""Writes the changes of an upgrade completely or not at all."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from openapi_first.core.signals import end_if_signalled, held_signals
from openapi_first.project.base import BASE, FOLDER
from openapi_first.project.errors import CannotUpgrade
from openapi_first.project.folder import executable_mode, new_file_mode
from openapi_first.project.upgrade.plan import Change, Upgrade, read_file
from openapi_first.project.upgrade.results import PREFIX, Result, note_results, results_folders


def apply_upgrade(upgrade: Upgrade) -> None:
    """Writes the changes of the project, and then those of its base.

    All new files are written aside first, so that a full disk or a signal changes nothing; moving
    them into their places waits for no space, and signals wait for its end. An upgrade that is
    killed in between can be run again: the folder that it leaves says what it has merged already,
    which would not always merge to the same again.
    Raises CannotUpgrade, also if a file is not what it was when the changes were planned.
    """
    changes = (*upgrade.changes, *upgrade.base_changes)
    try:
        with held_signals(), _aside(upgrade.folder) as aside:
            staged = _staged(upgrade.folder, changes, aside)
            end_if_signalled()
            note_results(aside, _results(upgrade))
            _move(upgrade.folder, changes, staged)
            for left in results_folders(upgrade.folder):
                shutil.rmtree(left, ignore_errors=True)
    except OSError as error:
        place = error.filename or upgrade.folder
        if PREFIX in str(place):
            place = upgrade.folder / FOLDER
        raise CannotUpgrade(
            f"{place} cannot be written: {error.strerror}; nothing has changed"
        ) from None
    _remove_empty_folders(upgrade.folder, changes)


def _results(upgrade: Upgrade) -> Iterator[Result]:
    new = {change.path: change.after for change in upgrade.base_changes}
    for change in upgrade.changes:
        written = new.get(BASE / change.path)
        if change.after is not None and written is not None:
            yield Result.of(change.path, written, change.after)


@contextlib.contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A temporary folder on the file system of the project."""
    path = Path(tempfile.mkdtemp(dir=folder / FOLDER, prefix=PREFIX))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _staged(
    folder: Path, changes: Sequence[Change], aside: Path
) -> list[tuple[Path | None, Path | None]]:
    """For each change the new file and a copy of the present one, None where there is none."""
    found = []
    for index, change in enumerate(changes):
        end_if_signalled()
        place = folder / change.path
        new = old = None
        if change.before is not None:
            old = aside / f"{index}.old"
            shutil.copy2(place, old)
        if change.after is not None:
            new = aside / f"{index}.new"
            new.write_bytes(change.after)
            mode = new_file_mode() if old is None else place.stat().st_mode & 0o7777
            if change.made_executable is not None:
                mode = executable_mode(mode) if change.made_executable else mode & ~0o111
            new.chmod(mode)
        found.append((new, old))
    for change in changes:
        if read_file(folder / change.path) != change.before:
            raise CannotUpgrade(f"{folder / change.path} has just changed: run the command again")
    return found


def _move(
    folder: Path, changes: Sequence[Change], staged: Sequence[tuple[Path | None, Path | None]]
) -> None:
    moved: list[tuple[Path, Path | None]] = []
    made: list[Path] = []
    try:
        for change, (new, old) in zip(changes, staged, strict=True):
            place = folder / change.path
            if new is None:
                place.unlink()
            else:
                _make_folders(place.parent, made)
                new.replace(place)
            moved.append((place, old))
    except BaseException:
        for place, old in reversed(moved):
            with contextlib.suppress(OSError):
                if old is None:
                    place.unlink()
                else:
                    old.replace(place)
        for path in reversed(made):
            with contextlib.suppress(OSError):
                path.rmdir()
        raise


def _make_folders(path: Path, made: list[Path]) -> None:
    missing = []
    while not path.exists():
        missing.append(path)
        path = path.parent
    for each in reversed(missing):
        each.mkdir()
        made.append(each)


def _remove_empty_folders(folder: Path, changes: Sequence[Change]) -> None:
    for change in changes:
        if change.after is None:
            for path in (folder / change.path).parents:
                if path == folder:
                    break
                with contextlib.suppress(OSError):
                    path.rmdir()
