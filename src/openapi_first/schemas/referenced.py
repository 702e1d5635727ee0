"""Which definitions refer to which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class References:
    """The references between definitions, each of which is searched once: a definition must have
    its final value when it is first asked for."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._direct: dict[str, frozenset[str]] = {}
        self._recursive: dict[str, bool] = {}

    def of(self, schema: Any) -> tuple[str, ...]:
        """The definitions that a lowered schema refers to, directly or indirectly, sorted."""
        found: set[str] = set()
        queue = list(self._named(schema))
        while queue:
            name = queue.pop()
            if name in found:
                continue
            found.add(name)
            if name not in self._direct:
                self._direct[name] = frozenset(self._named(self._definitions[name]))
            queue.extend(self._direct[name])
        return tuple(sorted(found))

    def is_recursive(self, name: str) -> bool:
        """Whether a definition refers to itself, directly or indirectly."""
        if name not in self._recursive:
            self._recursive[name] = name in self.of(self._definitions[name])
        return self._recursive[name]

    def _named(self, schema: Any) -> Iterator[str]:
        queue = [schema]
        while queue:
            value = queue.pop()
            if isinstance(value, list):
                queue.extend(value)
            elif isinstance(value, dict):
                reference = value.get("$ref")
                name = reference.rpartition("/")[2] if isinstance(reference, str) else None
                if name is not None and name in self._definitions:
                    yield name
                queue.extend(value.values())


def referenced(schema: Any, definitions: Mapping[str, Any]) -> tuple[str, ...]:
    """The definitions that a lowered schema refers to, directly or indirectly, sorted."""
    return References(definitions).of(schema)


def cyclic(applied: Mapping[str, set[str]]) -> Iterator[str]:
    """The definitions that refer back to themselves, sorted; `applied` are those to which each one
    refers for the same value."""
    for name in sorted(applied):
        reached: set[str] = set()
        queue = [name]
        while queue:
            for following in applied.get(queue.pop(), ()):
                if following not in reached:
                    reached.add(following)
                    queue.append(following)
        if name in reached:
            yield name
