"""Exceptions as the log can have them."""

from __future__ import annotations

from types import TracebackType
from typing import TypeAlias

ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]


def loggable(error: BaseException) -> ExcInfo:
    """The exception for `exc_info` of `logging`.

    Powertools' Logger writes an exception as a string, and loses the whole line if that raises. So
    an exception without a string is replaced by one that names its type, with the same traceback.
    """
    try:
        str(error)
    except BaseException:
        name = type(error).__name__
        error = RuntimeError(f"{name}, whose string cannot be made").with_traceback(
            error.__traceback__
        )
    return type(error), error, error.__traceback__
