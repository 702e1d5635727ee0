"""Who wants to know what the handler is asked and answers: tests that count what they cover."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

__all__ = ["Observer", "observe", "observers"]

Observer: TypeAlias = Callable[[str, Mapping[str, Any], Mapping[str, Any]], None]
"""Is given the contract's hash, the event of one of its operations, and the answer."""

observers: list[Observer] = []


def observe(observer: Observer) -> Callable[[], None]:
    """Tells `observer` of every answer, until what is returned is called."""
    observers.append(observer)
    return lambda: observers.remove(observer)
