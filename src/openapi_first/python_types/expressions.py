"""Writes schemas as type expressions, and the named types that these refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from keyword import iskeyword

from openapi_first.documents.node import Node
from openapi_first.python_types.python_source import (
    ClassNames,
    docstring,
    literal,
    quoted,
    union,
)
from openapi_first.python_types.shapes import (
    Members,
    alternatives,
    differs_by_direction,
    is_object,
    members_of,
)
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.json_types import json_types

_COMPONENTS = "/components/schemas/"
_PLAIN = {
    "null": "None",
    "boolean": "bool",
    "integer": "int",
    "number": "float | Decimal",
    "string": "str",
    "object": "dict[str, Any]",
    "array": "list[Any]",
}


@dataclass
class TypeExpressions:
    """Writes types for one contract; `definitions` collects the source of the named ones. `files`
    has the types of schemas whose values are files, by identity."""

    openapi: str
    names: ClassNames
    files: Mapping[object, str] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)
    _given: dict[tuple[object, Direction | None], str] = field(default_factory=dict)
    _directed: dict[object, bool] = field(default_factory=dict)

    def of(self, node: Node, direction: Direction, *name: str) -> str:
        """The type of the values that a function gets in requests, or may return in responses.
        The parts of `name` name a type for an object that has no name in the contract."""
        value = node.value
        if node.identity in self.files:
            return self.files[node.identity]
        if value is False:
            return "Never"
        if not isinstance(value, dict):
            return "Any"
        if set(value) == {"$ref"} or (self.openapi == "3.0" and "$ref" in value):
            return self.named(node.resolve(value["$ref"]), direction)
        if self.openapi == "3.1" and "$ref" in value and not is_object(node.followed()):
            return self.named(node.resolve(value["$ref"]), direction)
        return self._inline(node, direction, name)

    def named(self, target: Node, direction: Direction) -> str:
        """The name of the type of a shared schema."""
        if not target.pointer.startswith(_COMPONENTS) and target.pointer.count("/") > 1:
            name = target.pointer.rpartition("/")[2]
        else:
            name = target.pointer.rpartition("/")[2] or target.source.path.stem
        directed = self.is_directed(target)
        key = (target.identity, direction if directed else None)
        if key not in self._given:
            suffix = direction.name.title() if directed else ""
            given = self._given[key] = self.names.give(name, suffix)
            self.definitions[given] = ""  # keeps its place before the types it refers to
            followed = target.followed()
            if followed.identity != target.identity:
                self._alias(given, self.named(followed, direction), target)
            elif is_object(target) and len(alternatives(target)) == 1:
                self._object(given, target, alternatives(target)[0], direction)
            else:
                self._alias(given, self._inline(target, direction, (given,)), target)
        return self._given[key]

    def is_directed(self, node: Node) -> bool:
        """Whether the types for requests and responses differ."""
        found = self._directed.get(node.identity)
        if found is None:
            found = self._directed[node.identity] = differs_by_direction(node, set())
        return found

    def _alias(self, name: str, expression: str, node: Node) -> None:
        self.definitions[name] = (
            f"{name}: TypeAlias = {quoted(expression)}\n{_docstring(node, name)}"
        )

    def _inline(self, node: Node, direction: Direction, name: tuple[str, ...]) -> str:
        value = node.value
        if not isinstance(value, dict):
            return "Never" if value is False else "Any"
        for constants in (value.get("enum"), [value["const"]] if "const" in value else None):
            written = literal(constants) if constants is not None else None
            if written is not None:
                return written
        if is_object(node):
            return union(
                self._anonymous(node, parts, direction, name) for parts in alternatives(node)
            )
        types = self._types(node)
        if types:
            return union(self._typed(each, node, direction, name) for each in types)
        return self._untyped(node, direction, name)

    def _types(self, node: Node) -> tuple[str, ...]:
        written = node.value.get("type")
        types = (written,) if isinstance(written, str) else tuple(written or ())
        if types and self.openapi == "3.0" and node.value.get("nullable") is True:
            types = (*types, "null")
        if not types and "enum" in node.value:
            types = json_types(node)
        return types

    def _untyped(self, node: Node, direction: Direction, name: tuple[str, ...]) -> str:
        """A schema that leaves the type to its branches."""
        for key in ("oneOf", "anyOf"):
            branches = node.child(key)
            if branches is not None:
                found = [branches.child(at) for at in range(len(branches.value))]
                return union(
                    self.of(each, direction, *name, f"{key}{at + 1}")
                    for at, each in enumerate(found)
                    if each is not None
                )
        branches = node.child("allOf")
        for at in range(len(branches.value) if branches is not None else 0):
            assert branches is not None
            branch = branches.child(at)
            expression = self.of(branch, direction, *name, f"allOf{at + 1}") if branch else "Any"
            if expression != "Any":
                return expression
        if "$ref" in node.value:
            return self.named(node.resolve(node.value["$ref"]), direction)
        return "Any"

    def _typed(self, type_: str, node: Node, direction: Direction, name: tuple[str, ...]) -> str:
        if type_ == "array":
            return self._array(node, direction, name)
        if type_ == "object":
            return self._anonymous(node, (node,), direction, name)
        return _PLAIN.get(type_, "Any")

    def _array(self, node: Node, direction: Direction, name: tuple[str, ...]) -> str:
        prefix = node.child("prefixItems")
        expressions = [
            self.of(each, direction, *name, f"item{at + 1}")
            for at in range(len(prefix.value) if prefix is not None else 0)
            if prefix is not None and (each := prefix.child(at)) is not None
        ]
        items = node.child("items")
        if items is not None:
            expressions.append(self.of(items, direction, *name, "item"))
        else:
            expressions.append("Any")
        return f"list[{union(expressions)}]"

    def _anonymous(
        self, node: Node, parts: tuple[Node, ...], direction: Direction, name: tuple[str, ...]
    ) -> str:
        members = members_of(parts, direction)
        if not members.properties:
            return self._mapping(members, direction, name)
        given = self.names.give(*name)
        self.definitions[given] = ""
        self._object(given, node, parts, direction)
        return given

    def _mapping(self, members: Members, direction: Direction, name: tuple[str, ...]) -> str:
        if members.others is None or members.others.value in (True, False):
            return "dict[str, Any]"
        return f"dict[str, {self.of(members.others, direction, *name, 'value')}]"

    def _object(self, name: str, node: Node, parts: tuple[Node, ...], direction: Direction) -> None:
        members = members_of(parts, direction)
        if not members.properties:
            self._alias(name, self._mapping(members, direction, (name,)), node)
            return
        written = {}
        for key, child in members.properties.items():
            expression = self.of(child, direction, name, key)
            written[key] = expression if key in members.required else f"NotRequired[{expression}]"
        if all(key.isidentifier() and not iskeyword(key) and key[:2] != "__" for key in written):
            rows = "".join(f"    {key}: {expression}\n" for key, expression in written.items())
            self.definitions[name] = (
                f"class {name}(TypedDict):\n    {_docstring(node, name)}\n{rows}".rstrip("\n")
            )
        else:
            rows = "".join(
                f"        {quoted(key)}: {quoted(expression)},\n"
                for key, expression in written.items()
            )
            self.definitions[name] = (
                f"{name} = TypedDict(\n    {quoted(name)},\n    {{\n{rows}    }},\n)\n"
                f"{_docstring(node, name)}"
            )


def _docstring(node: Node, name: str) -> str:
    value = node.value if isinstance(node.value, dict) else {}
    description = value.get("description") or value.get("title") or ""
    return docstring(str(description), f"The schema {name}.")
