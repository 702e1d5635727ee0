"""Writes a folder completely or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from openapi_first.core.signals import end_if_signalled, held_signals
from openapi_first.project.errors import CannotInit


def check_new_folder(path: Path) -> None:
    """Raises CannotInit if the path exists and is not an empty folder."""
    try:
        if path.is_dir():
            if any(path.iterdir()):
                raise CannotInit(f"{path} is not empty: name a new or an empty folder")
        elif path.exists() or path.is_symlink():
            raise CannotInit(f"{path} is not a folder: name a new or an empty one")
    except OSError as error:
        raise CannotInit(f"{path}: {error.strerror}") from None


def write_folder(
    path: Path, files: Mapping[PurePosixPath, bytes], executable: frozenset[PurePosixPath]
) -> None:
    """Writes the files into a new or empty folder, creating the folders above it.

    They are written into a temporary folder first: after an exception nothing of them is left, and
    signals that end the process wait for that. Raises CannotInit when they cannot be written, and
    Interrupted.
    """
    check_new_folder(path)
    try:
        with held_signals(), _new_folders_above(path), _temporary(path) as partial:
            for name, data in files.items():
                end_if_signalled()
                target = partial / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
                if name in executable:
                    target.chmod(executable_mode(target.stat().st_mode))
            end_if_signalled()
            if path.is_dir():
                _move_entries(partial, path)
            else:
                partial.rename(path)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise CannotInit(f"{path} is not empty: something else has just written it") from None
        raise CannotInit(f"{path} cannot be written: {error.strerror}") from None


def executable_mode(mode: int) -> int:
    """The mode with which those who may read a file may also run it."""
    return mode | (mode & 0o444) >> 2


def new_file_mode() -> int:
    """The mode that a new file gets."""
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


@contextlib.contextmanager
def _new_folders_above(path: Path) -> Iterator[None]:
    """Creates them, and removes them again after an exception."""
    parents = list(path.absolute().parents)
    new = [parent for parent in parents if not parent.exists()]
    made = []
    try:
        for folder in reversed(new):
            _make(folder)
            made.append(folder)
        yield
    except BaseException:
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def _make(folder: Path) -> None:
    if folder.is_symlink():
        raise CannotInit(f"{folder} is a link that leads nowhere: name another folder")
    folder.mkdir()


@contextlib.contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """A folder on the same file system, with the modes that a new folder gets: in the folder if it
    exists, beside it if not."""
    above = path if path.is_dir() else path.absolute().parent
    partial = Path(tempfile.mkdtemp(dir=above, prefix=f".{path.name or 'project'}."))
    try:
        partial.chmod(executable_mode(new_file_mode()))
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _move_entries(source: Path, target: Path) -> None:
    if any(entry != source for entry in target.iterdir()):
        raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), str(target))
    entries = sorted(source.iterdir())
    try:
        for entry in entries:
            entry.rename(target / entry.name)
    except BaseException:
        for entry in entries:
            place = target / entry.name
            if not entry.exists():
                shutil.rmtree(place) if place.is_dir() else place.unlink()
        raise
