"""Finds what is written alike in two contracts, with all that its references lead to.

It needs no further comparison, which is why a change of one component costs no more than the
schemas that lead to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi_first.diff.schemas.views import Part, Parts, canonical
from openapi_first.documents.errors import ContractError
from openapi_first.documents.node import Node

_Pair = tuple[object, object]


class Sameness:
    """Of the schemas of two contracts in the same version of OpenAPI; of others nothing is the
    same, since they may mean something else."""

    def __init__(self, old: str, new: str) -> None:
        self._comparable = old == new
        self._known: dict[_Pair, bool] = {}
        self._references: dict[object, tuple[str, ...]] = {}

    def alike(self, old: Parts, new: Parts) -> bool:
        """Whether the two conjunctions are the same, including descriptions and examples."""
        return (
            self._comparable
            and len(old) == len(new)
            and all(self._parts(one, other) for one, other in zip(old, new, strict=True))
        )

    def _parts(self, old: Part, new: Part) -> bool:
        same = (old.excluded, old.never) == (new.excluded, new.never)
        return same and self._nodes(old.node, new.node)

    def _nodes(self, old: Node, new: Node) -> bool:
        """Assumes that pairs which lead back to themselves are alike: they differ if one of the
        pairs on the way does."""
        start = _key(old, new)
        if start in self._known:
            return self._known[start]
        # Each pair with the one that led to it.
        found: dict[_Pair, _Pair | None] = {start: None}
        queue = [(old, new)]
        while queue:
            one, other = queue.pop()
            key = _key(one, other)
            if self._known.get(key, True) and _written_alike(one.value, other.value):
                for pair in self._targets(one, other):
                    target = _key(*pair)
                    if target not in found and self._known.get(target) is not True:
                        found[target] = key
                        queue.append(pair)
                continue
            differing: _Pair | None = key
            while differing is not None:
                self._known[differing] = False
                differing = found[differing]
            return False
        self._known.update(dict.fromkeys(found, True))
        return True

    def _targets(self, old: Node, new: Node) -> Iterator[tuple[Node, Node]]:
        key = (id(old.source), old.pointer)
        if key not in self._references:
            self._references[key] = tuple(dict.fromkeys(_references(old.value)))
        for reference in self._references[key]:
            try:
                yield old.resolve(reference), new.resolve(reference)
            except ContractError:
                continue  # an example that looks like a reference


def _key(old: Node, new: Node) -> _Pair:
    return (id(old.source), old.pointer), (id(new.source), new.pointer)


def _written_alike(old: Any, new: Any) -> bool:
    # Python takes 1, 1.0 and True for equal, which the text tells apart.
    return bool(old == new) and canonical(old) == canonical(new)


def _references(value: Any) -> Iterator[str]:
    queue = [value]
    while queue:
        each = queue.pop()
        if isinstance(each, dict):
            if isinstance(each.get("$ref"), str):
                yield each["$ref"]
            queue.extend(each.values())
        elif isinstance(each, list):
            queue.extend(each)
