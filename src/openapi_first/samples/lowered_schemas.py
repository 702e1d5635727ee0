"""The contract's schemas as plain JSON Schema with a validator, for requests or responses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from openapi_first.documents.node import Node
from openapi_first.patterns.to_rust import to_rust
from openapi_first.runtime.plan import DRAFT_4, DRAFT_2020_12, SchemaPlan
from openapi_first.runtime.validators import Validator, validator_for
from openapi_first.samples.depths import Depths
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.lowering import lowerings
from openapi_first.schemas.referenced import referenced


@dataclass(frozen=True)
class LoweredSchema:
    """A schema as plain JSON Schema, and the definitions that it refers to."""

    schema: Any
    definitions: dict[str, Any]
    dialect: str
    validator: Validator
    patterns: Mapping[str, str] = field(default_factory=dict)
    """The patterns as the contract writes them, by those of `schema` and `definitions`."""
    _parts_known: dict[int, tuple[Any, Validator]] = field(default_factory=dict, repr=False)
    """By the `id` of a part: the part, to keep the id in use, and its validator."""
    _texts_known: dict[str, Validator] = field(default_factory=dict, repr=False)

    @cached_property
    def depths(self) -> Depths:
        """How deep values are nested."""
        return Depths(self.definitions)

    def allows(self, value: Any) -> bool:
        """Whether the value matches the schema; a value that is not JSON (a lone surrogate) does
        not."""
        try:
            return self.validator.is_valid(value)
        except (ValueError, TypeError):
            return False

    def merged(self, schema: Any) -> dict[str, Any]:
        """The schema with references resolved and `allOf` merged. Of conflicting keywords the first
        one counts. A boolean schema becomes an empty one."""
        found: dict[str, Any] = {}
        for part in self._parts(schema, frozenset()):
            for key, value in part.items():
                if key == "properties":
                    found[key] = {**found.get(key, {}), **value}
                elif key == "required":
                    found[key] = sorted({*found.get(key, []), *value})
                else:
                    found.setdefault(key, value)
        return found

    def conflicts(self, schema: Any) -> list[tuple[str, ...]]:
        """The keywords, and members of `properties`, that parts of `allOf` have with different
        values, of which `merged` has one."""
        found: dict[tuple[str, ...], Any] = {}
        different: dict[tuple[str, ...], None] = {}
        for part in self._parts(schema, frozenset()):
            values: dict[tuple[str, ...], Any] = {(key,): value for key, value in part.items()}
            for name, each in values.pop(("properties",), {}).items():
                values["properties", name] = each
            for steps, value in values.items():
                if steps != ("required",) and found.setdefault(steps, value) != value:
                    different[steps] = None
        return list(different)

    def _parts(self, schema: Any, seen: frozenset[str]) -> Iterator[dict[str, Any]]:
        if not isinstance(schema, dict):
            return
        reference = schema.get("$ref")
        if isinstance(reference, str):
            name = reference.rpartition("/")[2]
            if name not in seen:
                yield from self._parts(self.definitions.get(name), seen | {name})
        yield {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
        for branch in schema.get("allOf", ()):
            yield from self._parts(branch, seen)

    def described_members(self, value: dict[str, Any]) -> set[str]:
        """The members of an object that the parts of the schema which apply to it describe: of
        alternatives, those that the object matches."""
        return set(self._described(self.schema, value, frozenset()))

    def _described(self, schema: Any, value: dict[str, Any], seen: frozenset[str]) -> Iterator[str]:
        for part in self._parts(schema, seen):
            yield from value.keys() & part.get("properties", {}).keys()
            patterns = [{"pattern": each} for each in part.get("patternProperties", ())]
            matched = {
                name for name in value if any(self.matches_text(each, name) for each in patterns)
            }
            yield from matched
            if part.get("additionalProperties", True) not in (True, {}):
                yield from value.keys() - part.get("properties", {}).keys() - matched
            for branch in self._applying(part, value):
                yield from self._described(branch, value, seen)

    def _applying(self, part: dict[str, Any], value: dict[str, Any]) -> Iterator[Any]:
        for branch in (*part.get("anyOf", ()), *part.get("oneOf", ())):
            if self.part_validator(branch).is_valid(value):
                yield branch
        if "if" in part:
            applies = self.part_validator(part["if"]).is_valid(value)
            if applies:
                yield part["if"]
            yield part.get("then" if applies else "else")
        for name, branch in part.get("dependentSchemas", {}).items():
            if name in value:
                yield branch

    def matches_text(self, schema: Any, text: str) -> bool:
        """Whether a string matches a schema: a small one, which is known by its content."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self._texts_known:
            self._texts_known[key] = _validator(schema, self.definitions, self.dialect)
        try:
            return self._texts_known[key].is_valid(text)
        except ValueError:  # a lone surrogate
            return False

    def has_validator(self, schema: Any) -> bool:
        """Whether the validator of a part has been built."""
        return id(schema) in self._parts_known

    def part_validator(self, schema: Any) -> Validator:
        """A validator for a schema that is part of this one, built once."""
        if id(schema) not in self._parts_known:
            validator = _validator(schema, self.definitions, self.dialect)
            self._parts_known[id(schema)] = schema, validator
        return self._parts_known[id(schema)][1]


class LoweredSchemas:
    """The schemas of one contract, each lowered once per direction."""

    def __init__(self, openapi: str) -> None:
        self.lowerings = lowerings(openapi, self._pattern)
        self._patterns: dict[str, str] = {}
        self._parts: dict[Direction, dict[int, tuple[Any, Validator]]] = {
            direction: {} for direction in Direction
        }
        self._dialect = DRAFT_4 if openapi == "3.0" else DRAFT_2020_12
        self._known: dict[object, LoweredSchema] = {}

    def request(self, node: Node) -> LoweredSchema:
        """The schema for requests. Raises ContractError."""
        return self._lowered(node, Direction.REQUEST)

    def response(self, node: Node) -> LoweredSchema:
        """The schema for responses. Raises ContractError."""
        return self._lowered(node, Direction.RESPONSE)

    def _lowered(self, node: Node, direction: Direction) -> LoweredSchema:
        key = (node.identity, direction)
        if key not in self._known:
            lowering = self.lowerings[direction]
            schema, shared = lowering.lower(node), lowering.definitions
            validator = _validator(schema, shared, self._dialect)
            self._known[key] = LoweredSchema(
                schema, shared, self._dialect, validator, self._patterns, self._parts[direction]
            )
        return self._known[key]

    def _pattern(self, written: str) -> str:
        """The pattern for the validator. Raises PatternError."""
        translated = to_rust(written)
        self._patterns[translated] = written
        return translated


def _validator(schema: Any, shared: dict[str, Any], dialect: str) -> Validator:
    names = referenced(schema, shared)
    definitions: dict[str, Callable[[], Any]] = {name: partial(shared.get, name) for name in names}
    return validator_for(SchemaPlan(schema, names), definitions, dialect)
