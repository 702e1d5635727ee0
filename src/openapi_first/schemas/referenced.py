"""Which definitions refer to which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def referenced(schema: Any, definitions: Mapping[str, Any]) -> tuple[str, ...]:
    """The definitions that a lowered schema refers to, directly or indirectly, sorted."""
    found: set[str] = set()
    queue = [schema]
    while queue:
        value = queue.pop()
        if isinstance(value, list):
            queue.extend(value)
        elif isinstance(value, dict):
            reference = value.get("$ref")
            name = reference.rpartition("/")[2] if isinstance(reference, str) else None
            if name is not None and name in definitions and name not in found:
                found.add(name)
                queue.append(definitions[name])
            queue.extend(value.values())
    return tuple(sorted(found))


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
