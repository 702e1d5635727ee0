"""Values that are made one after the other, as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Step = tuple[str | int, ...]
Values = Callable[[tuple[Any, ...], Step], Iterator[Any]]
"""The values that match all schemas, of what is at this step inside the value."""


class Stream:
    """The values of an iterator, each made once. A value stands in a tuple, since None is one."""

    def __init__(self, values: Iterator[Any]) -> None:
        self._values = values
        self._made: list[Any] = []

    def first(self) -> tuple[Any] | None:
        return self.at(0)

    def at(self, index: int) -> tuple[Any] | None:
        """The value at the index, None if there are fewer."""
        while len(self._made) <= index:
            try:
                self._made.append(next(self._values))
            except StopIteration:
                return None
        return (self._made[index],)
