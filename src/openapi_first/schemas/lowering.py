"""Lowers OpenAPI Schema Objects to plain JSON Schema.

Those of OpenAPI 3.0 become draft 4, on which 3.0 is based (§4.7.24) and to which, too, 1.0 is not
an integer; those of 3.1 become 2020-12 (§4.8.24). A schema is lowered for one direction: requests
may not have `readOnly` properties, responses no `writeOnly` ones, and neither requires them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.documents.node import Node
from openapi_first.openapi.metaschema import check_schema
from openapi_first.schemas.directions import Direction, excluded_properties, is_excluded
from openapi_first.schemas.discriminators import apply_discriminator
from openapi_first.schemas.json_types import views
from openapi_first.schemas.number_formats import apply_number_format, drop_idle_exclusives
from openapi_first.schemas.referenced import References, cyclic

_KEPT_3_0 = frozenset(
    {
        *("type", "enum", "required", "format", "multipleOf", "uniqueItems"),
        *("maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"),
        *("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"),
    }
)
_KEPT = {
    "3.0": _KEPT_3_0,
    "3.1": _KEPT_3_0 | {"const", "minContains", "maxContains", "dependentRequired"},
}
# Keywords whose schemas apply to the same value as the enclosing schema.
_SAME_VALUE = frozenset({"not", "if", "then", "else"})
_CONDITIONED = frozenset({"then", "else"})
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = {
    "3.0": ("not", "items", "additionalProperties"),
    "3.1": (
        *("not", "if", "then", "else", "items", "contains", "propertyNames"),
        *("additionalProperties", "unevaluatedItems", "unevaluatedProperties"),
    ),
}
_REFUSED = {
    "$id": "Name the schema by a JSON Pointer or by its file.",
    "$dynamicRef": "Use $ref.",
    "$recursiveRef": "Use $ref.",
}
_DIALECTS = (
    "https://json-schema.org/draft/2020-12/schema",
    "https://spec.openapis.org/oas/3.1/dialect/base",
)


@dataclass
class SchemaLowering:
    """Lowers the schemas of one contract for one direction, each once. `definitions` collects the
    targets of references, under names of letters, digits and underscores.

    `openapi` is the contract's version, `3.0` or `3.1`. `pattern` translates a regular expression
    for the validator in use, and raises ValueError for one that it cannot express.
    """

    direction: Direction
    openapi: str
    pattern: Callable[[str], str]
    definitions: dict[str, Any] = field(default_factory=dict)
    references: References = field(init=False)
    """Those between the definitions of the schemas that have been lowered."""
    _written: dict[int, tuple[Any, Node]] = field(default_factory=dict)
    """By the `id` of a lowered schema: the schema, to keep the id in use, and its node."""
    _names: dict[tuple[object, frozenset[str]], str] = field(default_factory=dict)
    _nodes: dict[str, tuple[Node, frozenset[str]]] = field(default_factory=dict)
    _roots: dict[object, Any] = field(default_factory=dict)
    _applied: dict[str, set[str]] = field(default_factory=dict)
    _cyclic: list[Diagnostic] | None = None
    """The errors of `_cycles`, until a reference is added."""
    _differing: set[str] = field(default_factory=set)
    """The definitions with a property that only one direction excludes."""
    _differ: dict[str, bool] = field(default_factory=dict)
    _waiting: list[str] = field(default_factory=list)
    """The definitions that have a name and are not lowered yet."""
    _current: str = ""
    """The definition that is being lowered."""
    _errors: list[Diagnostic] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.references = References(self.definitions)

    @property
    def prefix(self) -> str:
        """The start of every reference to a definition."""
        return "#/definitions/" if self.openapi == "3.0" else "#/$defs/"

    def lower(self, node: Node) -> Any:
        """The lowered schema at `node`; its references name definitions. Raises ContractError with
        every error in it."""
        place, self._errors, self._current = node.identity, [], ""
        if place not in self._roots:
            schema = self._root(node)
            while self._waiting:  # not by recursion: references may form a long chain
                self._current = self._waiting.pop()
                target, excluded = self._nodes[self._current]
                root = self._root(target, self._current, excluded)
                self.definitions[self._current] = root
            if not self._errors:
                self._roots[place] = schema
        if self._cyclic is None:
            self._cyclic = self._cycles()
        self._errors.extend(self._cyclic)
        if self._errors:
            raise ContractError(self._errors)
        return self._roots[place]

    def target(self, definition: str) -> tuple[Node, frozenset[str]]:
        """The node that a definition was made from, and the properties that it does not require,
        since another schema for the same value excludes them."""
        return self._nodes[definition]

    def differs_by_direction(self, definition: str) -> bool:
        """Whether a definition, or one that it refers to, is different in the other direction."""
        if definition not in self._differ:
            names = {definition, *self.references.of(self.definitions[definition])}
            self._differ[definition] = not names.isdisjoint(self._differing)
        return self._differ[definition]

    def node_of(self, schema: Any) -> Node | None:
        """The node that a lowered schema was made from."""
        _, node = self._written.get(id(schema), (None, None))
        return node

    def written(self) -> Iterable[tuple[Any, Node]]:
        """The schemas that have been lowered, each with the node that it was made from."""
        return self._written.values()

    def _root(self, node: Node, name: str = "", excluded: frozenset[str] = frozenset()) -> Any:
        if self.openapi == "3.1":
            found = list(check_schema(node))
            if found:
                self._errors.extend(found)
                return {}
        return self._lower(node, name, excluded)

    def _lower(self, node: Node, owner: str, excluded: frozenset[str]) -> Any:
        """`owner` is the definition whose value the schema applies to, `excluded` the excluded
        properties of schemas that apply to the same value."""
        if isinstance(node.value, bool):
            return node.value
        if "$ref" in node.value:
            if self.openapi == "3.0" or set(node.value) == {"$ref"}:
                return self._reference(node, owner, excluded)
            excluded |= excluded_properties(node, self.direction)
            reference = self._reference(node, owner, excluded)
            schema = {**reference, **self._members(node, owner, excluded)}
        else:
            schema = self._members(node, owner, excluded)
        self._written[id(schema)] = (schema, node)
        return schema

    def _reference(self, node: Node, owner: str, excluded: frozenset[str]) -> dict[str, Any]:
        target = node.resolve(node.value["$ref"])
        if excluded:
            required = {name for view in views(target) for name in _required_names(view.value)}
            excluded = excluded & required - excluded_properties(target, self.direction)
        name = self._definition(target, excluded)
        if owner:
            self._applied.setdefault(owner, set()).add(name)
            self._cyclic = None
        return {"$ref": self.prefix + name}

    def _definition(self, target: Node, excluded: frozenset[str]) -> str:
        key = (target.identity, excluded)
        name = self._names.get(key)
        if name is None:
            wanted = target.pointer.removeprefix("/components/schemas/")
            wanted = re.sub(r"\W+", "_", wanted, flags=re.ASCII).strip("_")
            name = wanted or re.sub(r"\W+", "_", target.source.path.stem, flags=re.ASCII)
            while name in self.definitions:
                name += "_"
            self._names[key] = name
            self._nodes[name] = (target, excluded)
            if excluded:
                self._differing.add(name)
            self.definitions[name] = {}
            self._waiting.append(name)
        return name

    def _members(self, node: Node, owner: str, excluded: frozenset[str]) -> dict[str, Any]:
        kept = _KEPT[self.openapi]
        schema = {key: value for key, value in node.value.items() if key in kept}
        if self.openapi == "3.1":
            self._refuse(node)
        apply_number_format(schema, exclusive_is_boolean=self.openapi == "3.0")
        if self.openapi == "3.0":
            drop_idle_exclusives(schema)
        if "pattern" in node.value:
            schema["pattern"] = self._pattern(node.child("pattern"), node.value["pattern"])
        excluded |= excluded_properties(node, self.direction)
        self._nest(node, schema, owner, excluded)
        if "required" in schema:
            schema["required"] = [name for name in schema["required"] if name not in excluded]
            if not schema["required"]:
                del schema["required"]  # draft 4 §5.4.3 requires at least one name
        if "dependentRequired" in schema:
            schema["dependentRequired"] = {
                name: [each for each in needed if each not in excluded]
                for name, needed in schema["dependentRequired"].items()
            }
        nullable = self.openapi == "3.0" and node.value.get("nullable") is True
        if nullable and isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
        if "discriminator" in node.value:
            apply_discriminator(node, schema, self._errors)
        return schema

    def _nest(
        self, node: Node, schema: dict[str, Any], owner: str, excluded: frozenset[str]
    ) -> None:
        for key in _LISTS:
            branches = node.child(key) if key in node.value else None
            if branches is None:
                continue
            same = key != "prefixItems"
            schema[key] = [
                self._lower(branch, owner if same else "", excluded if same else frozenset())
                for index in range(len(branches.value))
                if (branch := branches.child(index)) is not None
            ]
        for key in _SINGLE[self.openapi]:
            child = node.child(key) if key in node.value else None
            if child is not None:
                below = excluded if key in _CONDITIONED else frozenset[str]()
                schema[key] = self._lower(child, owner if key in _SAME_VALUE else "", below)
        for key in ("properties", "patternProperties", "dependentSchemas"):
            members = node.child(key) if key in node.value else None
            if members is None or (self.openapi == "3.0" and key != "properties"):
                continue
            schema[key] = {}
            for name in members.value:
                child = members.child(name)
                assert child is not None
                written = self._pattern(child, name) if key == "patternProperties" else name
                excluding = _excluding(child) if key == "properties" else ()
                if len(excluding) == 1:
                    self._differing.add(self._current)
                if self.direction in excluding:
                    schema[key][written] = {"not": {}}
                else:
                    same = key == "dependentSchemas"
                    schema[key][written] = self._lower(child, owner if same else "", frozenset())

    def _pattern(self, node: Node | None, pattern: str) -> str:
        try:
            return self.pattern(pattern)
        except ValueError as error:
            assert node is not None
            self._errors.append(
                node.diagnostic(
                    f"unsupported pattern {pattern!r}: {error}", "Correct or simplify the pattern."
                )
            )
            return ""

    def _refuse(self, node: Node) -> None:
        for key, remedy in _REFUSED.items():
            child = node.child(key) if key in node.value else None
            if child is not None:
                self._errors.append(child.diagnostic(f"{key} is not supported", remedy))
        if node.value.get("$schema", _DIALECTS[0]).rstrip("#") not in _DIALECTS:
            self._errors.append(
                node.diagnostic(
                    f"the dialect {node.value['$schema']} is not supported", "Remove $schema."
                )
            )

    def _cycles(self) -> list[Diagnostic]:
        """Errors for definitions that refer back to themselves for the same value."""
        detail = "the schema is defined by itself"
        remedy = "Remove one of the references of the cycle."
        cycle = (self._nodes[name][0] for name in cyclic(self._applied))
        return [node.diagnostic(detail, remedy) for node in cycle]


def lowerings(openapi: str, pattern: Callable[[str], str]) -> dict[Direction, SchemaLowering]:
    """For one contract, the lowering of each direction."""
    return {direction: SchemaLowering(direction, openapi, pattern) for direction in Direction}


def _required_names(schema: dict[str, Any]) -> set[str]:
    dependent = schema.get("dependentRequired", {}).values()
    conditioned = (schema.get(key) for key in _CONDITIONED)
    below = (_required_names(each) for each in conditioned if isinstance(each, dict))
    return {*schema.get("required", ())}.union(*dependent, *below)


def _excluding(node: Node) -> list[Direction]:
    """The directions that exclude a property."""
    return [direction for direction in Direction if is_excluded(node, direction)]
