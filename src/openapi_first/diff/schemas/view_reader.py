"""Reads schemas into views: the constraints on one value in one direction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from openapi_first.diff.schemas.views import (
    Branch,
    Choice,
    Part,
    Parts,
    Scope,
    View,
    canonical,
    parts_of,
    reached,
)
from openapi_first.documents.node import Node
from openapi_first.schemas.directions import Direction, excluded_properties, is_excluded
from openapi_first.schemas.discriminators import branch_names
from openapi_first.schemas.number_formats import apply_number_format

CONTENT = ("contentEncoding", "contentMediaType", "contentSchema")
"""What a string contains, which nothing validates (JSON Schema 2020-12, Validation §8)."""
_BOUNDED = ("type", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")

_HINTS = ("password",)
"""Formats that say how to show a value, not which values are valid (OpenAPI 3.0.3 §4.4)."""


def view_of(parts: Parts, direction: Direction, openapi: str) -> View:
    """The view of a conjunction of parts; `openapi` is `3.0` or `3.1`."""
    reader = _Reader(View(origin=parts), direction, openapi)
    for part in parts:
        if part.never:
            reader.view.parts.append(part.node)
            reader.view.values = frozenset()
        else:
            reader.read(part.node, part.excluded, frozenset())
    view = reader.view
    if view.values is not None:
        kinds = {value: _atom(json.loads(value), openapi) for value in view.values}
        view.values = frozenset(value for value, kind in kinds.items() if kind in view.types)
        view.types &= {kinds[value] for value in view.values}
    return view


class _Reader:
    def __init__(self, view: View, direction: Direction, openapi: str) -> None:
        self.view, self.direction, self.openapi = view, direction, openapi

    def read(self, node: Node, excluded: frozenset[str], open_: frozenset[object]) -> None:
        if isinstance(node.value, bool):
            self.view.parts.append(node)
            if not node.value:
                self.view.values, self.view.where["enum"] = frozenset(), node
            return
        place = (id(node.source), node.pointer)
        if place in open_:
            return
        open_ |= {place}
        if isinstance(node.value.get("$ref"), str):
            self.read(node.resolve(node.value["$ref"]), frozenset(), open_)
            if self.openapi == "3.0":
                return
        if set(node.value) - {"$ref"}:
            self._members(node, excluded | excluded_properties(node, self.direction), open_)

    def _members(self, node: Node, excluded: frozenset[str], open_: frozenset[object]) -> None:
        value, view = node.value, self.view
        if set(value) != {"allOf"}:
            view.parts.append(node)
        for key in value:
            view.where.setdefault(key, node.child(key) or node)
        self._values(value)
        self._limits(value)
        view.required |= frozenset(value.get("required", ())) - excluded
        self._structure(node)
        self._choices(node, excluded)
        for key in ("description", "title", "example", "examples", "deprecated", "default"):
            if key in value:
                view.notes[key] = view.notes.get(key, frozenset()) | {canonical(value[key])}
        for key in ("externalDocs", "xml", *(CONTENT if self.openapi == "3.1" else ())):
            if key in value:
                child = node.child(key)
                assert child is not None
                content = reached(child) if key == "contentSchema" else value[key]
                view.notes[key] = view.notes.get(key, frozenset()) | {canonical(content)}
        for key in ("allOf", "anyOf", "oneOf"):
            branches = _children(node, key)
            if key == "allOf" or (len(branches) == 1 and "discriminator" not in value):
                for branch in branches:
                    self.read(branch, excluded, open_)

    def _values(self, value: dict[str, Any]) -> None:
        view = self.view
        if "type" in value:
            named = [value["type"]] if isinstance(value["type"], str) else value["type"]
            types = {atom for name in named for atom in _atoms(name)}
            if self.openapi == "3.0" and value.get("nullable") is True:
                types.add("null")
            view.types &= types
        for key in ("enum", "const"):
            if key in value and (key == "enum" or self.openapi == "3.1"):
                listed = value[key] if key == "enum" else [value[key]]
                written = frozenset(map(canonical, listed))
                view.values = written if view.values is None else view.values & written

    def _limits(self, value: dict[str, Any]) -> None:
        view = self.view
        lowered = {key: value[key] for key in _BOUNDED if key in value}
        apply_number_format(lowered, exclusive_is_boolean=self.openapi == "3.0")
        for key, sign in (("minimum", 1), ("maximum", -1)):
            for limit in _limits(lowered, key, sign):
                view.limits[key] = max(limit, view.limits.get(key, limit))
        for key in ("Length", "Items", "Properties"):
            if value.get(f"min{key}"):
                least = value[f"min{key}"]
                view.limits[f"min{key}"] = max(least, view.limits.get(f"min{key}", least))
            if f"max{key}" in value:
                most = value[f"max{key}"]
                view.limits[f"max{key}"] = min(most, view.limits.get(f"max{key}", most))
        if "multipleOf" in value:
            view.multiples |= {value["multipleOf"]}
        if "pattern" in value:
            view.patterns |= {value["pattern"]}
        self._format(lowered.get("format"))
        view.unique |= value.get("uniqueItems") is True
        for name, names in value.get("dependentRequired", {}).items():
            view.dependent |= {(name, other) for other in names}

    def _format(self, name: str | None) -> None:
        if name in _HINTS:
            self.view.notes["format"] = frozenset({name})
        elif name is not None:
            self.view.formats |= {name}

    def _structure(self, node: Node) -> None:
        value, view = node.value, self.view
        if {"properties", "patternProperties", "additionalProperties"} & set(value):
            properties: dict[str, Parts] = {
                name: (Part(child, never=is_excluded(child, self.direction)),)
                for name, child in _named(node, "properties")
            }
            patterns: dict[str, Parts] = {
                name: (Part(child),) for name, child in _named(node, "patternProperties")
            }
            view.scopes.append(
                Scope(properties, patterns, parts_of(_child(node, "additionalProperties")))
            )
        prefix = tuple((Part(child),) for child in _children(node, "prefixItems"))
        if prefix or "items" in value:
            view.items.append((prefix, parts_of(node.child("items"))))
        if "propertyNames" in value:
            view.names += parts_of(node.child("propertyNames"))
        if "not" in value:
            view.negated.append(parts_of(node.child("not")))
        for name, child in _named(node, "dependentSchemas"):
            view.dependents[name] = (*view.dependents.get(name, ()), Part(child))
        for key in ("contains", "if", "unevaluatedItems", "unevaluatedProperties"):
            if key in value:
                view.other.setdefault(key, []).append(node)

    def _choices(self, node: Node, excluded: frozenset[str]) -> None:
        names: dict[int, list[str]] = {}
        by = None
        chosen = "oneOf" if "oneOf" in node.value else "anyOf"
        if "discriminator" in node.value and chosen in node.value:
            by, names = str(node.value["discriminator"]["propertyName"]), branch_names(node, [])
        for key, found in (("anyOf", self.view.any_of), ("oneOf", self.view.one_of)):
            if key not in node.value:
                continue
            if len(node.value[key]) == 1 and "discriminator" not in node.value:
                continue  # read as part of the conjunction
            own = key == chosen and by is not None
            branches = tuple(
                Branch((Part(child, excluded),), frozenset(names.get(index, ()) if own else ()))
                for index, child in enumerate(_children(node, key))
            )
            found.append(Choice(node.child(key) or node, branches, by if own else None))


def _limits(lowered: dict[str, Any], key: str, sign: int) -> Iterator[tuple[float, bool]]:
    """Limits as pairs; the narrower limit is the greater pair."""
    exclusive = lowered.get("exclusive" + key.capitalize())
    if key in lowered:
        yield sign * lowered[key], exclusive is True
    if exclusive is not None and not isinstance(exclusive, bool):
        yield sign * exclusive, True


def _atoms(name: str) -> tuple[str, ...]:
    return ("integer", "fraction") if name == "number" else (name,)


def _atom(value: Any, openapi: str) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        whole = isinstance(value, int) or (openapi != "3.0" and value.is_integer())
        return "integer" if whole else "fraction"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _child(node: Node, key: str) -> Node | None:
    """A child that constrains; `true` and `{}` do not."""
    child = node.child(key)
    return None if child is None or child.value in (True, {}) else child


def _children(node: Node, key: str) -> list[Node]:
    listed = node.child(key)
    found = [listed.child(index) for index in range(len(listed.value))] if listed else []
    return [child for child in found if child is not None]


def _named(node: Node, key: str) -> list[tuple[str, Node]]:
    members = node.child(key)
    found = [(name, members.child(name)) for name in members.value] if members else []
    return [(name, child) for name, child in found if child is not None]
