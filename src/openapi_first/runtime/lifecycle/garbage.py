"""Python's collector of reference cycles, while the function starts.

A start makes some 100,000 objects that stay, and hardly any garbage. With Python's thresholds the
collector runs fifty times meanwhile, and looks at all of them several times. So it waits while the
function starts, and afterwards never looks at those objects again (Python's documentation, "gc",
`set_threshold` and `freeze`).
"""

from __future__ import annotations

import gc

_STARTING = 200_000
"""The collector runs in any case when so many more objects were made than freed."""

_before: list[tuple[int, int, int]] = []


def defer_collection() -> None:
    """Called before the function's modules are imported.

    A handler that never calls `resume_collection` has its garbage collected less often.
    """
    if not _before:
        _before.append(gc.get_threshold())
        gc.set_threshold(_STARTING)


def resume_collection() -> None:
    """Called at each request; does nothing after the first, and where nothing was deferred."""
    if _before:
        gc.freeze()
        gc.set_threshold(*_before.pop())
