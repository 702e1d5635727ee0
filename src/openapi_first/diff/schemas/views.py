"""A schema as it constrains one value in one direction.

References are followed and `allOf` is merged, so it makes no difference in which component, file or
branch a constraint is written. A merged schema is a conjunction of parts; nested schemas, too, are
tuples of parts that all apply.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from openapi_first.documents.node import Node

# `number` is two atoms, so that types are compared as sets.
ATOMS = frozenset({"null", "boolean", "integer", "fraction", "string", "array", "object"})


@dataclass(frozen=True)
class Part:
    """A schema that applies, and the property names that an enclosing `allOf` excluded because they
    are not sent in the direction. A property that is not sent is `never` valid."""

    node: Node
    excluded: frozenset[str] = frozenset()
    never: bool = False

    @cached_property
    def key(self) -> object:
        """Equal for equal parts; a reference equals its target."""
        value = self.node.value
        if isinstance(value, dict) and set(value) == {"$ref"}:
            node = self.node.followed()
            return (id(node.source), node.pointer, frozenset[str](), self.never)
        return (id(self.node.source), self.node.pointer, self.excluded, self.never)


Parts = tuple[Part, ...]


def parts_of(node: Node | None) -> Parts:
    """The conjunction of one schema, or of none, which accepts everything."""
    return (Part(node),) if node is not None else ()


@dataclass(frozen=True)
class Branch:
    """One alternative, and the values of the discriminator, if any, that select it."""

    parts: Parts
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Choice:
    """One `anyOf` or `oneOf`; `by` is the discriminator's property."""

    node: Node
    branches: tuple[Branch, ...]
    by: str | None


@dataclass(frozen=True)
class Scope:
    """The properties that one schema object names, and its schema for all others."""

    properties: dict[str, Parts]
    patterns: dict[str, Parts]
    rest: Parts

    def of(self, name: str) -> Parts:
        found = self.properties.get(name, ())
        matching = [parts for pattern, parts in self.patterns.items() if _matches(pattern, name)]
        if name in self.properties or matching:
            return (*found, *(part for parts in matching for part in parts))
        return self.rest


@dataclass
class View:
    """Every constraint of a conjunction, merged by keyword; None stands for unconstrained."""

    origin: Parts = ()
    parts: list[Node] = field(default_factory=list)
    types: frozenset[str] = ATOMS
    values: frozenset[str] | None = None
    limits: dict[str, Any] = field(default_factory=dict)
    multiples: frozenset[float] = frozenset()
    patterns: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    unique: bool = False
    required: frozenset[str] = frozenset()
    dependent: frozenset[tuple[str, str]] = frozenset()
    scopes: list[Scope] = field(default_factory=list)
    names: Parts = ()
    items: list[tuple[tuple[Parts, ...], Parts]] = field(default_factory=list)
    any_of: list[Choice] = field(default_factory=list)
    one_of: list[Choice] = field(default_factory=list)
    negated: list[Parts] = field(default_factory=list)
    dependents: dict[str, Parts] = field(default_factory=dict)
    other: dict[str, list[Node]] = field(default_factory=dict)
    notes: dict[str, frozenset[str]] = field(default_factory=dict)
    where: dict[str, Node] = field(default_factory=dict)

    @property
    def node(self) -> Node | None:
        """The first part."""
        return self.parts[0] if self.parts else None

    def applying_to(self, name: str) -> Parts:
        return tuple(part for scope in self.scopes for part in scope.of(name))

    @property
    def rest(self) -> Parts:
        """The schemas for a property that no part names."""
        return tuple(part for scope in self.scopes for part in scope.rest)

    @property
    def declared(self) -> dict[str, Parts]:
        """The named properties, in order."""
        named = dict.fromkeys(name for scope in self.scopes for name in scope.properties)
        return {name: self.applying_to(name) for name in named}

    @property
    def by_pattern(self) -> dict[str, Parts]:
        """The schemas for properties whose names match a pattern."""
        return {key: parts for scope in self.scopes for key, parts in scope.patterns.items()}

    def item(self, index: int) -> Parts:
        return tuple(
            part
            for prefix, rest in self.items
            for part in (prefix[index] if index < len(prefix) else rest)
        )


def _matches(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return False


def canonical(value: Any) -> str:
    """The value as JSON, equal for equal values whatever the order of their members."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


_WORDS = frozenset({"summary", "description", "title", "externalDocs", "example", "examples"})


def reached(node: Node) -> list[str]:
    """A node, then each target of its references, once and in order, as JSON without what only
    describes."""
    numbers: dict[object, int] = {}
    queue, found = [node], []

    def numbered(part: Node, words: frozenset[str] = _WORDS) -> Any:
        value = part.value
        if isinstance(value, dict) and isinstance(value.get("$ref"), str):
            target = part.followed()
            if target.identity not in numbers:
                numbers[target.identity] = len(numbers)
                queue.append(target)
            return {"$ref": numbers[target.identity]}
        if isinstance(value, dict):
            # The keys of `properties` are names of properties.
            return {
                key: numbered(
                    part.child(key) or part, frozenset() if key == "properties" else _WORDS
                )
                for key in sorted(value.keys() - words)
            }
        if isinstance(value, list):
            return [numbered(part.child(index) or part) for index in range(len(value))]
        return value

    while queue:
        found.append(canonical(numbered(queue.pop(0))))
    return found
