"""Unpacks the ZIP files of functions and layers, as Lambda does, without harm to other files."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from openapi_first.aws.quotas import CODE_BYTES

_READ_BYTES = 1 << 20
_MEGABYTE = 1 << 20


class UnusableCode(Exception):
    """Why a package or layer cannot be used, with its place and what to do."""


def check_archive(path: Path) -> int:
    """The bytes that a ZIP file has unpacked. Raises UnusableCode without unpacking it."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except OSError as error:
        raise UnusableCode(f"{path}: cannot be read: {error.strerror or error}") from None
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise UnusableCode(f"{path}: is not a ZIP file: {error}. Build the package again") from None
    size = 0
    for entry in entries:
        _check_name(path, entry.filename)
        if entry.flag_bits & 1:
            raise UnusableCode(f"{path}: {entry.filename} is encrypted, which Lambda refuses")
        size += entry.file_size
    if size > CODE_BYTES.limit:
        raise UnusableCode(
            f"{path}: has {size // _MEGABYTE} MB unzipped; Lambda takes "
            f"{CODE_BYTES.limit // _MEGABYTE} MB. Leave out files that the function does not need"
        )
    return size


def unpack(path: Path, folder: Path) -> None:
    """Unpacks a ZIP file over the files in a folder. Raises UnusableCode."""
    check_archive(path)
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                _write(archive, entry, path, folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnusableCode(
            f"{path}: the ZIP file is damaged: {error}. Build the package again"
        ) from None
    except OSError as error:
        raise UnusableCode(f"{path}: cannot be unpacked: {error}") from None


def _check_name(path: Path, name: str) -> None:
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or "\0" in name:
        raise UnusableCode(
            f"{path}: the entry {name!r} would be written outside of the package; build the ZIP "
            "file from inside its folder"
        )
    if not parts.parts and not name.endswith("/"):
        raise UnusableCode(f"{path}: the entry {name!r} has no name. Build the package again")


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, folder: Path) -> None:
    target = folder / entry.filename
    mode = entry.external_attr >> 16
    if entry.is_dir():
        _make_folder(target, folder)
        return
    _make_room(target, folder)
    if stat.S_ISLNK(mode):
        link = os.fsdecode(archive.read(entry))
        inside = "\0" not in link and (target.parent / link).resolve()
        if not inside or not inside.is_relative_to(folder.resolve()):
            raise UnusableCode(f"{path}: the link {entry.filename!r} leads out of the package")
        target.symlink_to(link)
        return
    with archive.open(entry) as source, target.open("wb") as sink:
        shutil.copyfileobj(source, sink, _READ_BYTES)
    target.chmod(0o755 if mode & 0o111 else 0o644)


def copy_tree(source: Path, folder: Path) -> None:
    """Copies all files of a folder over those in another. Raises UnusableCode."""
    seen = set()
    for root, folders, names in os.walk(source, followlinks=True):
        folders[:] = [name for name in folders if name != "__pycache__"]
        real = os.path.realpath(root)
        if real in seen:  # a link to a folder above it
            folders.clear()
            continue
        seen.add(real)
        for name in names:
            path = Path(root, name)
            target = folder / path.relative_to(source)
            _make_room(target, folder)
            try:
                shutil.copy(path, target)
            except OSError as error:
                raise UnusableCode(f"{path}: cannot be read: {error.strerror}") from None


def _make_room(target: Path, root: Path) -> None:
    _make_folder(target.parent, root)
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)


def _make_folder(folder: Path, root: Path) -> None:
    """A later layer may have a folder where an earlier one has a file. Nothing is ever written
    through a link, which may lead elsewhere."""
    for each in (*reversed(folder.relative_to(root).parents), folder.relative_to(root)):
        step = root / each
        if step != root and (step.is_symlink() or step.is_file()):
            step.unlink()
        step.mkdir(parents=True, exist_ok=True)
