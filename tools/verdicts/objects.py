"""Objects and compositions of other schemas, with a violating value for each constraint."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from verdicts.pieces import UNKNOWN, Breach, Piece, array, below, breach, scalar, unique


def value(rng: Random, openapi: str, depth: int = 2) -> Piece:
    """A schema of a JSON value."""
    if depth == 0 or rng.random() < 0.3:
        return scalar(rng, openapi, text=False)
    made = rng.choice((_object, _object, _object, _array, _composed, _referred, _discriminated))
    return made(rng, openapi, depth)


def _array(rng: Random, openapi: str, depth: int) -> Piece:
    if rng.random() < 0.2:
        return unique(rng, openapi, text=False)
    item = value(rng, openapi, depth - 1)
    made = array(rng, openapi, item, text=False)
    return Piece(made.schema, made.good, made.breaches, item.shared)


def members(
    rng: Random, make: Callable[[], Piece], *, fewest: int = 2, typed: bool = True
) -> Piece:
    """An object with properties, of which one is required. Without `typed`, every value is an
    object. As text, an object without properties cannot be sent."""
    names = rng.sample(("a", "b", "c", "d/e", "f~g"), rng.randint(fewest, 3))
    pieces = {name: make() for name in names}
    good = {name: piece.good for name, piece in pieces.items()}
    needed = names[0]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: piece.schema for name, piece in pieces.items()},
        "required": [needed],
    }
    breaches = [breach("/type", *(("text",) if typed else ()))]
    breaches.append(breach("/required", {k: v for k, v in good.items() if k != needed}))
    for name, piece in pieces.items():
        step = "/properties/" + name.replace("~", "~0").replace("/", "~1")
        breaches += below(piece, step, lambda bad, name=name: {**good, name: bad})
    shared = {k: v for piece in pieces.values() for k, v in (piece.shared or {}).items()}
    return Piece(schema, good, tuple(breaches), shared)


def _object(rng: Random, openapi: str, depth: int) -> Piece:
    made = members(rng, lambda: value(rng, openapi, depth - 1), fewest=1)
    schema, good, breaches = made.schema, dict(made.good), list(made.breaches)
    count = len(good)
    kinds = ["plain", "closed", "others", "most", "readOnly"]
    if openapi == "3.1":
        kinds += ["names", "dependent", "patterns", "unevaluated", "forbidden", "depending"]
    kind = rng.choice(kinds)
    extra = {**good, "extra": 1}
    if kind == "closed":
        schema["additionalProperties"] = False
        breaches.append(breach("/additionalProperties", extra))
    elif kind == "unevaluated":
        schema["unevaluatedProperties"] = False
        breaches.append(breach("/unevaluatedProperties", extra))
    elif kind == "others":
        other = scalar(rng, openapi, text=False)
        schema["additionalProperties"] = other.schema
        breaches += below(other, "/additionalProperties", lambda bad: {**good, "extra": bad})
    elif kind == "most":
        schema["maxProperties"] = count
        breaches.append(breach("/maxProperties", extra))
    elif kind == "readOnly":
        schema["properties"]["read"] = {"type": "integer", "readOnly": True}
        breaches.append(breach("/properties/read/readOnly", {**good, "read": 1}))
    elif kind == "names":
        schema["propertyNames"] = {"maxLength": 4}
        breaches.append(breach("/propertyNames/maxLength", {**good, "longer": 1}))
    elif kind == "dependent":
        schema["dependentRequired"] = {"x": ["y"]}
        breaches.append(breach("/dependentRequired", {**good, "x": 1}))
    elif kind == "depending":
        schema["dependentSchemas"] = {"x": {"required": ["y"]}}
        breaches.append(breach("/dependentSchemas/x/required", {**good, "x": 1}))
    elif kind == "patterns":
        item = scalar(rng, openapi, text=False)
        schema["patternProperties"] = {"^p_": item.schema}
        breaches += below(item, "/patternProperties/^p_", lambda bad: {**good, "p_1": bad})
    elif kind == "forbidden":
        schema["properties"]["gone"] = False
        breaches.append(breach("/properties/gone", {**good, "gone": 1}))
    return Piece(schema, good, tuple(breaches), made.shared)


def _constraint(pointer: str, found: list[Breach]) -> Breach:
    """A keyword that is violated by what violates the keywords of its schema."""
    return Breach(pointer, tuple(value for each in found if not each.idle for value in each.values))


def _composed(rng: Random, openapi: str, depth: int) -> Piece:
    inner = value(rng, openapi, depth - 1)
    while UNKNOWN in json.dumps([inner.schema, inner.shared]):  # a model leaves out any format
        inner = value(rng, openapi, depth - 1)
    kind = rng.choice(("allOf", "anyOf", "oneOf", *(("if",) if openapi == "3.1" else ())))
    same = lambda bad: bad  # noqa: E731
    if kind == "allOf":
        schema: dict[str, Any] = {"allOf": [inner.schema]}
        return Piece(schema, inner.good, tuple(below(inner, "/allOf/0", same)), inner.shared)
    if kind == "if":
        schema = {"if": {"type": ["string", "integer", "object", "array", "boolean"]}}
        schema["then"] = inner.schema
        return Piece(schema, inner.good, tuple(below(inner, "/then", same)), inner.shared)
    # The other branch is for null, which no value of the pieces is.
    other: dict[str, Any] = {"enum": [None]} if openapi == "3.0" else {"type": "null"}
    schema = {kind: [inner.schema, other] if rng.random() < 0.3 else [inner.schema]}
    found = below(inner, f"/{kind}/0", same)
    return Piece(schema, inner.good, (*found, _constraint(f"/{kind}", found)), inner.shared)


def _referred(rng: Random, openapi: str, depth: int) -> Piece:
    inner = value(rng, openapi, depth - 1)
    name = f"Shared{rng.randrange(10**6)}"
    breaches = tuple(
        each if each.shared else replace(each, pointer=f"/{name}{each.pointer}", shared=True)
        for each in inner.breaches
    )
    shared = {**(inner.shared or {}), name: inner.schema}
    return Piece({"$ref": f"#/components/schemas/{name}"}, inner.good, breaches, shared)


def _discriminated(rng: Random, openapi: str, depth: int) -> Piece:
    key = f"K{rng.randrange(10**6)}"
    number, text = f"{key}Number", f"{key}Text"
    shared = {
        number: {"properties": {"kind": {}, "value": {"type": "integer"}}},
        text: {"properties": {"kind": {}, "value": {"type": "string"}}},
    }
    branches = [{"$ref": f"#/components/schemas/{each}"} for each in (number, text)]
    schema = {"anyOf": branches, "discriminator": {"propertyName": "kind"}}
    of_number, of_text = ({"kind": number, "value": "x"}, {"kind": text, "value": 1})
    breaches = (
        breach("/discriminator", of_number, of_text, {"value": 1}),
        breach("/anyOf", {"kind": number, "value": True}),
        Breach(f"/{number}/properties/value/type", (of_number,), shared=True),
        Breach(f"/{text}/properties/value/type", (of_text,), shared=True),
    )
    return Piece(schema, {"kind": number, "value": 1}, breaches, shared)
