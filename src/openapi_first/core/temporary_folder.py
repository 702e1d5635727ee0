"""A temporary folder that does not stay, even if its process is killed: the next one removes it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "contract-"
_NAME = re.compile(rf"{_PREFIX}([0-9]+)-.+")


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """A new folder below $TMPDIR, which is removed at the end of the block. First it removes what
    killed processes of this user have left."""
    remove_left_over()
    prefix = f"{_PREFIX}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix) as name, contextlib.ExitStack() as lock:
        with contextlib.suppress(OSError):  # a file system without locks
            lock.enter_context(_locked(name))
        yield Path(name)


def remove_left_over() -> None:
    """Removes the folders whose process has ended.

    The name has the process id. Another process may have that id by now, and one in a container
    that shares the folder is not seen by it, so the process also holds a lock, which the system
    takes away when it ends. What cannot be removed stays.
    """
    with contextlib.suppress(OSError):
        for entry in os.scandir(tempfile.gettempdir()):
            found = _NAME.fullmatch(entry.name)
            if found is not None and not _runs(int(found[1])) and _is_ours(entry):
                with contextlib.suppress(OSError), _locked(entry.path):
                    shutil.rmtree(entry.path, ignore_errors=True)


def _is_ours(entry: os.DirEntry[str]) -> bool:
    with contextlib.suppress(OSError):
        found = entry.stat(follow_symlinks=False)
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return False


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # a process of another user
        return True
    return True


@contextlib.contextmanager
def _locked(folder: str) -> Iterator[None]:
    """Raises OSError if another process holds the lock, or the file system has no locks."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)
