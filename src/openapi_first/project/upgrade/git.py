"""The two commands of git that an upgrade needs."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Collection, Sequence
from enum import Enum
from pathlib import Path, PurePosixPath

from openapi_first.core.signals import held_signals
from openapi_first.project.errors import CannotUpgrade

_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""What git sets for its hooks, from which a command may be started."""
_MOST_CONFLICTS = 127


class Resolution(Enum):
    """What becomes of lines that the project and the new version change differently."""

    MARKERS = "markers"
    MINE = "mine"
    NEW = "new"


_OPTIONS = {
    Resolution.MARKERS: (),
    Resolution.MINE: ("--ours",),
    Resolution.NEW: ("--theirs",),
}


def merged(
    base: bytes, mine: bytes, new: bytes, resolution: Resolution, labels: Sequence[str]
) -> tuple[bytes, bool]:
    """The result of `git merge-file`, and whether it has conflict markers. `labels` name mine, base
    and new in the markers.

    Raises CannotUpgrade if git is missing or fails.
    """
    with held_signals(), tempfile.TemporaryDirectory() as folder:
        names = ("mine", "base", "new")
        for name, data in zip(names, (mine, base, new), strict=True):
            Path(folder, name).write_bytes(data)
        named = [word for label in labels for word in ("-L", label)]
        style = ("-c", "merge.conflictStyle=merge")
        options = (*_OPTIONS[resolution], *named)
        done = _git(*style, "merge-file", "--stdout", *options, *names, folder=Path(folder))
    if done.returncode > _MOST_CONFLICTS or done.returncode < 0:
        raise CannotUpgrade(f"git merge-file: {_line(done.stderr)}")
    return done.stdout, done.returncode > 0


def uncommitted(folder: Path, paths: Collection[PurePosixPath]) -> list[PurePosixPath]:
    """Those of the paths in the folder that have changes that are not committed, or that are new;
    none if the folder is not in a repository.

    Raises CannotUpgrade if git is missing or fails.
    """
    where = _git("rev-parse", "--show-prefix", folder=folder)
    if where.returncode:
        if b"not a git repository" in where.stderr:
            return []
        raise CannotUpgrade(f"git: {_line(where.stderr)}; --allow-dirty does not ask git")
    status = _git(
        *("--literal-pathspecs", "status", "--porcelain", "-z", "--no-renames"),
        *("--untracked-files=all", "--", *map(str, paths)),
        folder=folder,
    )
    if status.returncode:
        raise CannotUpgrade(f"git: {_line(status.stderr)}; --allow-dirty does not ask git")
    prefix = os.fsdecode(where.stdout.removesuffix(b"\n"))
    changed = {os.fsdecode(entry[3:]).removeprefix(prefix) for entry in status.stdout.split(b"\0")}
    return [path for path in paths if str(path) in changed]


def _git(*arguments: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    variables = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    try:
        return subprocess.run(
            ["git", *arguments],  # noqa: S607 - the one of PATH
            cwd=folder,
            env={**variables, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise CannotUpgrade(
            "git is missing: `contract upgrade` merges files by git merge-file; install git"
        ) from None


def _line(output: bytes) -> str:
    lines = output.decode(errors="replace").splitlines()
    return lines[0].removeprefix("fatal: ").removeprefix("error: ") if lines else "failed"
