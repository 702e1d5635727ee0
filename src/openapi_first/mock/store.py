"""What a mock remembers: the things that clients have created, while it runs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Thing:
    """Something created at a path, with the values of the path's variables. `version` is another
    one after each change, `number` grows with each creation."""

    path: str
    variables: Mapping[str, str]
    value: Any
    version: int
    number: int


class Store:
    def __init__(self) -> None:
        self._things: dict[tuple[str, frozenset[tuple[str, str]]], Thing] = {}
        self._counter = itertools.count(1)

    def create(self, path: str, variables: Mapping[str, str], value: Any) -> Thing:
        number = next(self._counter)
        thing = Thing(path, dict(variables), value, number, number)
        self._things[_key(path, variables)] = thing
        return thing

    def find(self, path: str, variables: Mapping[str, str]) -> Thing | None:
        return self._things.get(_key(path, variables))

    def change(self, thing: Thing, value: Any) -> Thing:
        changed = replace(thing, value=value, version=next(self._counter))
        self._things[_key(thing.path, thing.variables)] = changed
        return changed

    def remove(self, thing: Thing) -> None:
        """Removes the thing and everything below its path."""
        own = thing.variables.items()
        for key, each in list(self._things.items()):
            if each is thing or (
                each.path.startswith(thing.path + "/") and own <= each.variables.items()
            ):
                del self._things[key]

    def within(self, path: str, outer: Mapping[str, str]) -> Iterator[Thing]:
        """The things at a path below the same parents, the oldest first."""
        for thing in self._things.values():
            if thing.path == path and outer.items() <= thing.variables.items():
                yield thing


def _key(path: str, variables: Mapping[str, str]) -> tuple[str, frozenset[tuple[str, str]]]:
    return path, frozenset(variables.items())
