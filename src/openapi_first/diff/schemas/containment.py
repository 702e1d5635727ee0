"""Asks jsonschema_rs which of two schemas accepts every value of the other.

`CanonicalSchema.covers` answers yes, no or unknown. It was compared with the validators: in more
than 400,000 generated pairs no value disproved a yes (`tests/diff/schemas/test_containment.py`
repeats a part). It decides decimals exactly, and takes a
format that the library does not know for one that it knows nothing about. The library's own formats
are not always those of the Lambda (`runtime.formats`), so none of these is named to it.

Numbers are compared by their values, as JSON Schema does from draft 6 on: `enum: [1]` is the
integer 1. Only with `multipleOf` are two contracts of OpenAPI 3.0 compared by draft 4, which
refuses `1.0` as an integer and takes it as a multiple of 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from openapi_first.diff.findings.rules import Effect
from openapi_first.diff.schemas.views import Parts
from openapi_first.documents.errors import ContractError
from openapi_first.patterns.to_rust import to_rust
from openapi_first.runtime.formats import FORMATS_2020_12, FORMATS_DRAFT_4
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.lowering import SchemaLowering

_LARGEST = 1_500
"""The most values in a schema, with what it refers to, that is canonicalized: a proof about two
large unions takes seconds. Their alternatives are compared by themselves."""

Answer = jsonschema_rs.canonical.Containment

_OWN_FORMATS = FORMATS_2020_12.keys() | FORMATS_DRAFT_4.keys()
_SCHEMAS = frozenset(
    {
        *("not", "if", "then", "else", "items", "contains", "propertyNames"),
        *("additionalProperties", "unevaluatedItems", "unevaluatedProperties"),
    }
)
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})


@dataclass(frozen=True)
class _Lowered:
    """Schemas that all apply, the definitions that they refer to, and whether `multipleOf` is in
    them."""

    schemas: list[Any]
    definitions: tuple[str, ...]
    multiples: bool


@dataclass(frozen=True)
class _Readable:
    """A definition for `canonicalize`, as draft 4 where it is lowered to that, and as draft
    2020-12."""

    as_lowered: Any
    modern: Any
    size: int
    multiples: bool


@dataclass(frozen=True)
class Relation:
    """What is known of two sets of values. `possible` are the effects that are not disproved:
    without NARROWER, the new set has every value of the old one. `proved` are those that are sure:
    with NARROWER, it lacks one."""

    possible: Effect = Effect.BOTH
    proved: Effect = Effect.NONE

    def within(self, effect: Effect) -> Relation:
        """What remains if only these effects count."""
        return Relation(self.possible & effect, self.proved & effect)


class Containment:
    """The containment of the schemas of two contracts, each of the OpenAPI version given, in one
    direction."""

    def __init__(self, direction: Direction, old: str, new: str) -> None:
        self._sides = tuple(SchemaLowering(direction, openapi, to_rust) for openapi in (old, new))
        self._lowered: dict[object, _Lowered | None] = {}
        self._canonical: dict[object, Any] = {}
        self._readable: dict[object, _Readable] = {}
        self._relations: dict[object, Relation] = {}

    def relation(self, old: Parts, new: Parts, *, written: bool = False) -> Relation:
        """Of the values that two schemas accept. `written`: they are sent as strings, of which none
        stands for null."""
        keys = tuple(
            (side, tuple(part.key for part in parts), written)
            for side, parts in enumerate((old, new))
        )
        if keys not in self._relations:
            self._relations[keys] = self._proved(keys, (old, new))
        return self._relations[keys]

    def _proved(self, keys: tuple[Any, ...], pair: tuple[Parts, Parts]) -> Relation:
        one, other = (self._whole(key, parts) for key, parts in zip(keys, pair, strict=True))
        if one is None or other is None:
            return Relation()
        old = all(side.openapi == "3.0" for side in self._sides)
        strict = old and (one.multiples or other.multiples)
        draft = jsonschema_rs.Draft4 if strict else jsonschema_rs.Draft202012
        before, after = (self._canonicalized(key, draft) for key in keys)
        if before is None or after is None:
            return Relation()
        possible = proved = Effect.NONE
        for effect, answer in (
            (Effect.NARROWER, _covers(after, before)),
            (Effect.WIDER, _covers(before, after)),
        ):
            possible |= effect if answer != Answer.YES else Effect.NONE
            proved |= effect if answer == Answer.NO else Effect.NONE
        return Relation(possible, proved)

    def _whole(self, key: Any, parts: Parts) -> _Lowered | None:
        """None for a conjunction that is too large, cannot be lowered, or depends on the schema
        around it."""
        if key not in self._lowered:
            lowering = self._sides[key[0]]
            try:
                found = [{"not": {}} if part.never else lowering.lower(part.node) for part in parts]
                names = lowering.references.of(found)
            except ContractError:
                found, names = [], ()
            size, multiples = _measured(found)
            for name in names:
                if size > _LARGEST:
                    break
                more = self._definition(key[0], name)
                size, multiples = size + more.size, multiples or more.multiples
            usable = len(found) == len(parts) and not any(part.excluded for part in parts)
            self._lowered[key] = (
                _Lowered(found, names, multiples) if usable and size <= _LARGEST else None
            )
        return self._lowered[key]

    def _definition(self, side: int, name: str) -> _Readable:
        if (side, name) not in self._readable:
            schema = self._sides[side].definitions[name]
            as_lowered = _readable(schema, modern=False)
            old = self._sides[side].openapi == "3.0"
            modern = _readable(schema, modern=True) if old else as_lowered
            self._readable[side, name] = _Readable(as_lowered, modern, *_measured(schema))
        return self._readable[side, name]

    def _canonicalized(self, key: Any, draft: int) -> Any:
        """The canonical form of a conjunction in a draft; None if it has none."""
        if (key, draft) not in self._canonical:
            lowered = self._lowered[key]
            assert lowered is not None
            modern = draft != jsonschema_rs.Draft4
            converts = modern and self._sides[key[0]].openapi == "3.0"
            applied = [_readable(each, modern=converts) for each in lowered.schemas]
            schema = {
                "allOf": [*applied, {"not": {"enum": [None]}}] if key[-1] else applied or [{}],
                "$defs" if modern else "definitions": {
                    name: found.modern if converts else found.as_lowered
                    for name in lowered.definitions
                    for found in [self._definition(key[0], name)]
                },
            }
            try:
                found = jsonschema_rs.canonicalize(schema, draft=draft, validate_formats=True)
            except (ValueError, RecursionError):
                found = None
            self._canonical[key, draft] = found
        return self._canonical[key, draft]


def _covers(one: Any, other: Any) -> Any:
    try:
        return one.covers(other)
    except ValueError:  # an operand without a canonical form
        return Answer.UNKNOWN


def _readable(schema: Any, *, modern: bool) -> Any:
    """A lowered schema for `canonicalize`; with `modern` one of draft 4 for draft 2020-12."""
    if not isinstance(schema, dict):
        return schema
    found: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _SCHEMAS:
            found[key] = _readable(value, modern=modern)
        elif key in _LISTS:
            found[key] = [_readable(each, modern=modern) for each in value]
        elif key in _MAPS:
            found[key] = {name: _readable(each, modern=modern) for name, each in value.items()}
        elif key == "format" and value in _OWN_FORMATS:
            found[key] = f"openapi-{value}"
        elif key == "$ref" and modern:
            found[key] = value.replace("#/definitions/", "#/$defs/", 1)
        else:
            found[key] = value
    for key in ("minimum", "maximum") if modern else ():
        if found.pop(name := "exclusive" + key.capitalize(), False) is True:
            found[name] = found.pop(key)
    return found


def _measured(schema: Any) -> tuple[int, bool]:
    """The number of values in a schema, not counted further than is of interest, and whether
    `multipleOf` is among them."""
    count, multiples, queue = 0, False, [schema]
    while queue and count <= _LARGEST:
        value = queue.pop()
        count += 1
        if isinstance(value, dict):
            multiples = multiples or "multipleOf" in value
            queue.extend(value.values())
        elif isinstance(value, list):
            queue.extend(value)
    return count, multiples
