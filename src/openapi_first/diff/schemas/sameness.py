"""Finds what is written alike in two contracts.

What is alike with all that its references lead to needs no comparison, and what differs only in a
schema below needs no separate proof. So a change of one component costs no more than the schemas
that lead to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi_first.diff.schemas.views import Part, Parts, View, canonical
from openapi_first.documents.errors import ContractError
from openapi_first.documents.node import Node

_Pair = tuple[object, object]

_BELOW = frozenset({"items", "additionalProperties"})
_FOLLOWED = frozenset({"$ref", "allOf"})
"""What a view has read already."""
_WORDS = frozenset({"title", "description", "example", "examples", "externalDocs", "deprecated"})
# Where a change of a schema below is not the same change of the whole.
_ENTANGLED = frozenset(
    {
        *("anyOf", "oneOf", "not", "if", "then", "else", "discriminator", "contains"),
        *("propertyNames", "patternProperties", "dependentSchemas", "prefixItems"),
        *("unevaluatedItems", "unevaluatedProperties"),
    }
)


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

    def but_below(self, old: View, new: View) -> bool:
        """Whether two views may only differ in descriptions, and in the schemas of properties and
        items: a change of these is the same change of the whole."""
        return (
            self._comparable
            and len(old.parts) == len(new.parts)
            and _sent(old) == _sent(new)
            and all(_but_below(*pair) for pair in zip(old.parts, new.parts, strict=True))
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
    # Python takes 1, 1.0 and True for equal, which the text distinguishes.
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


def _but_below(old: Node, new: Node) -> bool:
    one, other = old.value, new.value
    if not isinstance(one, dict) or not isinstance(other, dict):
        return bool(one is other)
    keys = one.keys() - _WORDS
    if keys != other.keys() - _WORDS or keys & _ENTANGLED:
        return False
    return all(_alike_but_below(key, one[key], other[key]) for key in keys - _FOLLOWED)


def _alike_but_below(key: str, old: Any, new: Any) -> bool:
    if key == "properties":
        return old.keys() == new.keys() and all(
            old[name] is new[name] or all(isinstance(each[name], dict) for each in (old, new))
            for name in old
        )
    if key in _BELOW and isinstance(old, dict) and isinstance(new, dict):
        return True
    return _written_alike(old, new)


def _sent(view: View) -> list[dict[str, bool]]:
    """For each scope, which of its properties may be sent."""
    return [
        {name: not any(part.never for part in parts) for name, parts in scope.properties.items()}
        for scope in view.scopes
    ]
