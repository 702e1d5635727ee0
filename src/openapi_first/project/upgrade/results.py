"""What an upgrade writes to each file, for the next one if it is killed before its end.

Its temporary folder in `.contract` stays then, until an upgrade succeeds. Without it, the next one
would merge a file again that has the new lines already: of texts with equal lines, git may add some
a second time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path, PurePosixPath

from openapi_first.project.base import FOLDER

PREFIX = ".upgrade."
"""Of the name of the temporary folder."""
_NAME = "results.json"


@dataclass(frozen=True, slots=True)
class Result:
    """`path` is that of a file of the project, `new` the SHA-256 of what the new version writes,
    `after` that of the file with the changes of the project."""

    path: str
    new: str
    after: str

    @classmethod
    def of(cls, path: PurePosixPath, new: bytes, after: bytes) -> Result:
        return cls(str(path), hashlib.sha256(new).hexdigest(), hashlib.sha256(after).hexdigest())


def note_results(folder: Path, results: Iterable[Result]) -> None:
    """Writes them into the temporary folder."""
    text = json.dumps([astuple(each) for each in results])
    (folder / _NAME).write_text(text, encoding="utf-8")


def results_folders(project: Path) -> list[Path]:
    """The temporary folders in a project: of upgrades that were killed, and of one that runs."""
    return sorted((project / FOLDER).glob(f"{PREFIX}*"))


def noted_results(project: Path) -> frozenset[Result]:
    """What upgrades had noted that were killed."""
    return frozenset(each for folder in results_folders(project) for each in _read(folder / _NAME))


def _read(path: Path) -> Iterator[Result]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):  # killed before it had changed anything
        return
    for path_, new, after in found:
        yield Result(path_, new, after)
