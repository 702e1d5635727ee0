"""Functions to call before Lambda takes a snapshot of the process, and after each restore of it.

With SnapStart, Lambda starts a version of a function once, keeps a snapshot of its memory, and
restores that whenever it needs another environment. So connections of before the snapshot are dead,
and random numbers whose seed is in memory repeat in each environment (AWS Lambda Developer Guide,
"Implement code before or after Lambda function snapshots" and "Handling uniqueness").

Lambda's runtime interface client calls what is registered with `snapshot_restore_py`, which comes
with it. Where that package is missing there are no snapshots, and nothing is registered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def before_snapshot(function: Callable[[], Any]) -> None:
    """Calls the function before the snapshot; those that were registered last come first."""
    try:
        from snapshot_restore_py import register_before_snapshot
    except ImportError:
        return
    register_before_snapshot(function)


def after_restore(function: Callable[[], Any]) -> None:
    """Calls the function after each restore, in the order of registration. What it raises makes
    Lambda report that the restore has failed."""
    try:
        from snapshot_restore_py import register_after_restore
    except ImportError:
        return
    register_after_restore(function)
