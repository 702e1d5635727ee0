"""What a process and its children use, as Linux counts it (proc(5): stat, statm, children)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_USER, _SYSTEM = 11, 12
"""The places of both times in `stat`, behind the name of the program."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Processor time in seconds, in steps of 10 ms, and memory in MB, of all processes."""

    cpu_s: float
    memory_mb: float


def is_counted() -> bool:
    """Whether this machine has the figures."""
    return (_PROC / "self" / "task" / str(os.getpid()) / "children").exists()


def usage(pid: int) -> Usage:
    """That of the process and of its children that run."""
    tick, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    ticks = pages = 0
    for each in _tree(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = (_PROC / str(each) / "stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[_USER]) + int(fields[_SYSTEM])
            pages += int((_PROC / str(each) / "statm").read_text().split()[1])
    return Usage(ticks / tick, pages * page / 1e6)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in (_PROC / str(pid) / "task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _tree(int(child))
