"""The folder of a generated client: what it was generated from, and its replacement in one step.

A record in the folder has the hashes of the document and of each file, so that a change made by
hand is seen before it would be lost, and an outdated client without running the generator.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from openapi_first.clients.errors import CannotGenerate

RECORD = ".contract-client.json"
_BY_TOOLS = frozenset(
    {
        *("build", "dist", "target", "node_modules", "package-lock.json"),
        *("__pycache__", ".venv", ".mypy_cache", ".ruff_cache", ".DS_Store"),
    }
)
"""What installing and building a client leaves beside its files."""
_BY_TOOLS_ENDINGS = (".egg-info", ".pyc")


@dataclass(frozen=True, slots=True)
class Record:
    """`by` is the generator with its version; `document`, `config` and the values of `files` are
    SHA-256 in hexadecimal, `config` empty if there is none."""

    generator: str
    by: str
    document: str
    config: str
    files: Mapping[str, str]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def files_of(folder: Path) -> dict[str, str]:
    """The hash of each file by its path, without the record and what tools leave there."""
    found = {}
    for above, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_by_tools(name))
        for name in sorted(names):
            path = Path(above) / name
            relative = path.relative_to(folder).as_posix()
            if relative != RECORD and not _is_by_tools(name):
                found[relative] = digest(path.read_bytes())
    return found


def _is_by_tools(name: str) -> bool:
    return name in _BY_TOOLS or name.endswith(_BY_TOOLS_ENDINGS)


def record_of(folder: Path) -> Record | None:
    """The record in a folder; None if there is none. Raises CannotGenerate for one that is
    damaged."""
    try:
        text = (folder / RECORD).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise CannotGenerate(f"{folder / RECORD} cannot be read: {error}") from None
    try:
        read: dict[str, Any] = json.loads(text)
        record = Record(**read)
        assert isinstance(record.files, dict)
    except (ValueError, TypeError, AssertionError):
        raise CannotGenerate(
            f"{folder / RECORD} is damaged: remove the folder, and generate the client again"
        ) from None
    return record


def changes(folder: Path, record: Record) -> list[str]:
    """What is different in a folder from what was generated, a line for each file."""
    there = files_of(folder)
    return [
        f"{folder / name}: {_change(name, there, record.files)}"
        for name in sorted(there.keys() | record.files.keys())
        if there.get(name) != record.files.get(name)
    ]


def _change(name: str, there: Mapping[str, str], generated: Mapping[str, str]) -> str:
    if name not in there:
        return "was removed"
    return "was changed" if name in generated else "was added"


def check_replaceable(folder: Path, *, force: bool) -> None:
    """Raises CannotGenerate if the folder has anything that generating would lose. With `force`,
    changes in a generated folder may be lost, but no folder that is not generated."""
    if not folder.is_dir():
        if folder.exists() or folder.is_symlink():
            raise CannotGenerate(f"{folder} is not a folder: name another one with -o DIR")
        return
    record = record_of(folder)
    if record is None:
        if any(folder.iterdir()):
            raise CannotGenerate(
                f"{folder} is not empty, and `contract client` has not written it: name another "
                "folder with -o DIR"
            )
        return
    repository = next(folder.rglob(".git"), None)
    if repository is not None:
        raise CannotGenerate(
            f"{repository}: this repository would be lost: generate into another folder, such as "
            f"{folder / 'client'}, or move it away"
        )
    # A removed file is written again, so nothing of it is lost.
    lost = [line for line in changes(folder, record) if not line.endswith("was removed")]
    if lost and not force:
        raise CannotGenerate(
            "\n".join([*lost, "keep these changes elsewhere, or give them up with --force"])
        )


@contextlib.contextmanager
def working_folder(folder: Path) -> Iterator[Path]:
    """A temporary folder on the file system of `folder`, beside it; the folders above are created,
    and removed again after an exception if nothing else is in them."""
    parents = [parent for parent in folder.absolute().parents if not parent.exists()]
    try:
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=folder.absolute().parent, prefix=f".{folder.name}."))
    except FileExistsError:
        raise CannotGenerate(f"{folder} cannot be written: {folder.parent} is a file") from None
    except OSError as error:
        raise CannotGenerate(f"{folder} cannot be written: {error.strerror}") from None
    try:
        yield work
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        for parent in parents:
            with contextlib.suppress(OSError):
                parent.rmdir()
        raise
    shutil.rmtree(work, ignore_errors=True)


def replace_folder(folder: Path, generated: Path, record: Record) -> None:
    """Puts a generated client, which is below a `working_folder`, in the place of `folder`. Raises
    CannotGenerate; then the old one is there as it was."""
    target = Path(os.path.realpath(folder))
    old = generated.with_name("old")
    try:
        text = json.dumps(asdict(record), indent=2, sort_keys=True) + "\n"
        (generated / RECORD).write_text(text, encoding="utf-8", newline="\n")
        generated.chmod(target.stat().st_mode & 0o7777 if target.exists() else _new_mode())
        if target.exists():
            target.rename(old)
        try:
            generated.rename(target)
        except BaseException:
            if old.exists():
                old.rename(target)
            raise
    except OSError as error:
        raise CannotGenerate(f"{folder} cannot be written: {error.strerror}") from None


def _new_mode() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return 0o777 & ~umask
