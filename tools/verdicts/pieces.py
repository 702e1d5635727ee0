"""Schemas of one value, each with a value that matches and, for each of its constraints, a value
that violates only that one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any


@dataclass(frozen=True)
class Breach:
    """`pointer` is that of a keyword, below the schema or, with `shared`, below the components.
    Each of the `values` violates the keyword and no other, or those within its own schemas. There
    is none if every such value violates others as well. With `idle`, the keyword has no effect,
    and the values are those that its author would want to be refused."""

    pointer: str
    values: tuple[Any, ...] = ()
    shared: bool = False
    idle: bool = False


def breach(pointer: str, *values: Any) -> Breach:
    return Breach(pointer, values)


@dataclass(frozen=True)
class Piece:
    """`good` matches the schema; `shared` are the schemas that it refers to, by name."""

    schema: dict[str, Any]
    good: Any
    breaches: tuple[Breach, ...]
    shared: dict[str, Any] | None = None


_STRINGS = ("amber", "birch", "cedar", "delta")
UNKNOWN = "colour"
_FORMATS = {
    "date": ("2024-02-29", "2023-02-29"),
    "date-time": ("2024-02-29T12:00:00Z", "2024-02-29 12:00"),
    "time": ("12:00:00Z", "25:00"),
    "uuid": ("123e4567-e89b-12d3-a456-426614174000", "123e4567"),
    "email": ("a@example.com", "a"),
    "ipv4": ("127.0.0.1", "127.0.0.256"),
    "ipv6": ("::1", "::g"),
    "uri": ("https://example.com/", "no uri"),
    "hostname": ("example.com", "-.com"),
    "byte": ("YQ==", "YQ="),
    "duration": ("P1D", "1 day"),
    "json-pointer": ("/a", "a"),
    "char": ("a", "ab"),
    UNKNOWN: ("red", "nothing of the kind"),
}
_BOUNDS = {"int8": 128, "uint8": 256, "int32": 2**31, "int64": 2**63}


def string(rng: Random, openapi: str, *, text: bool) -> Piece:
    """A string with at most one more constraint."""
    kind = rng.choice(("minLength", "maxLength", "pattern", "format", "enum", "not", "plain"))
    good: str = rng.choice(_STRINGS)
    schema: dict[str, Any] = {"type": "string"}
    breaches = [breach("/type", *(() if text else (7,)))]
    if kind == "minLength":
        schema[kind] = rng.randint(1, len(good)) if not text else rng.randint(2, len(good))
        breaches.append(breach("/minLength", good[: schema[kind] - 1]))
    elif kind == "maxLength":
        schema[kind] = len(good) + rng.randint(0, 2)
        breaches.append(breach("/maxLength", "x" * (schema[kind] + 1)))
    elif kind == "pattern":
        schema[kind] = f"^{good[0]}"
        breaches.append(breach("/pattern", f"_{good}"))
    elif kind == "format":
        name = rng.choice(tuple(_FORMATS))
        good, bad = _FORMATS[name]
        schema[kind] = name
        breaches.append(Breach("/format", (bad,), idle=name == UNKNOWN))
    elif kind == "enum":
        schema = {"enum": [good, "other"]}
        breaches = [breach("/enum", "neither")]
        if openapi == "3.1" and rng.random() < 0.5:
            schema, breaches = {"const": good}, [breach("/const", "neither")]
    elif kind == "not":
        schema[kind] = {"enum": ["forbidden"]}
        breaches.append(breach("/not", "forbidden"))
    return Piece(schema, good, tuple(breaches))


def number(rng: Random, openapi: str, *, text: bool) -> Piece:
    """An integer or a number with at most one more constraint."""
    kind = rng.choice(("minimum", "maximum", "exclusive", "multipleOf", "format", "plain"))
    name = rng.choice(("integer", "number"))
    schema: dict[str, Any] = {"type": name}
    breaches = [breach("/type", "x")]
    limit, good = rng.randint(2, 9), 0
    if kind in ("minimum", "maximum"):
        schema[kind] = limit
        good, bad = (limit, limit - 1) if kind == "minimum" else (limit, limit + 1)
        breaches.append(breach(f"/{kind}", bad))
    elif kind == "exclusive":
        upper = rng.random() < 0.5
        bound, beyond = ("maximum", 1) if upper else ("minimum", -1)
        good = limit - beyond
        if openapi == "3.0":
            schema |= {bound: limit, f"exclusive{bound.title()}": True}
            breaches.append(breach(f"/{bound}", limit + beyond))
        else:
            schema[f"exclusive{bound.title()}"] = limit
        breaches.append(breach(f"/exclusive{bound.title()}", limit))
    elif kind == "multipleOf":
        schema[kind] = limit
        good = limit * 3
        breaches.append(breach("/multipleOf", limit * 3 + 1))
    elif kind == "format":
        schema = {"type": "integer", "format": rng.choice(tuple(_BOUNDS))}
        breaches.append(breach("/format", _BOUNDS[schema["format"]]))
    return Piece(schema, good, tuple(breaches))


def boolean(rng: Random, openapi: str, *, text: bool) -> Piece:
    return Piece({"type": "boolean"}, True, (breach("/type", "x"),))


def idle(rng: Random, openapi: str, *, text: bool) -> Piece:
    """A keyword that has no effect, with a value that its author would want to be refused."""
    choices: list[tuple[dict[str, Any], Any, Any, Any]] = [
        ({"type": "integer", "minLength": 3}, 1000, 1, "text"),
        ({"type": "string", "maximum": 5}, "4", "9", 4),
        ({"type": "boolean", "pattern": "^t"}, True, False, "text"),
        ({"type": "integer", "format": "date"}, 1, 2, "2024-02-29"),
        ({"type": "string", "maxItems": 1}, "a", "ab", 4),
    ]
    if openapi == "3.0":
        choices.append(({"type": "integer", "exclusiveMinimum": True}, 1, -1, "text"))
    else:
        choices += [
            ({"type": "string", "maxLenght": 2}, "a", "abc", 4),
            ({"type": "string", "then": {"maxLength": 2}}, "a", "abc", 4),
            ({"type": "string", "minContains": 2}, "a", "b", 4),
        ]
    schema, good, bad, other = rng.choice(choices)
    _, keyword = schema
    kind = breach("/type", *(() if text and schema["type"] == "string" else (other,)))
    return Piece(schema, good, (kind, Breach(f"/{keyword}", (bad,), idle=True)))


SCALARS: tuple[Callable[..., Piece], ...] = (string, string, number, number, boolean, idle)


def scalar(rng: Random, openapi: str, *, text: bool) -> Piece:
    """One of the above."""
    return rng.choice(SCALARS)(rng, openapi, text=text)


def array(rng: Random, openapi: str, item: Piece, *, text: bool) -> Piece:
    """An array of such items, with at most one more constraint."""
    kinds = ["minItems", "maxItems", "plain"]
    if not text and openapi == "3.1":
        kinds += ["contains", "maxContains", "prefixItems", "closed"]
    kind = rng.choice(kinds)
    schema: dict[str, Any] = {"type": "array", "items": item.schema}
    good = [item.good]
    breaches = [_whole(text, "text")]
    if kind == "minItems":
        schema[kind], good = 2, [item.good, item.good]
        breaches.append(breach("/minItems", [item.good]))
    elif kind == "maxItems":
        schema[kind] = 2
        breaches.append(breach("/maxItems", [item.good] * 3))
    elif kind == "contains":
        schema = {"type": "array", "contains": item.schema}
        breaches.append(breach("/contains", []))
        return Piece(schema, good, (*breaches, *_below(item, "/contains", lambda v: [v])))
    elif kind == "maxContains":
        schema = {"type": "array", "contains": {"const": 1}, "maxContains": 1}
        breaches += [breach("/contains", [2]), breach("/maxContains", [1, 1])]
        return Piece(schema, [1, 2], (*breaches, breach("/contains/const", [2])))
    elif kind in ("prefixItems", "closed"):
        schema = {"type": "array", "prefixItems": [item.schema]}
        found = _below(item, "/prefixItems/0", lambda value: [value])
        if kind == "closed":
            keyword = rng.choice(("items", "unevaluatedItems"))
            schema[keyword] = False
            breaches.append(breach(f"/{keyword}", [item.good, 1]))
        return Piece(schema, good, (*breaches, *found))
    items = _below(item, "/items", lambda value: [*good[:-1], value])
    return Piece(schema, good, (*breaches, *items))


def unique(rng: Random, openapi: str, *, text: bool) -> Piece:
    schema = {"type": "array", "uniqueItems": True, "items": {"type": "integer"}}
    breaches = (
        _whole(text, "text"),
        breach("/uniqueItems", [1, 1]),
        breach("/items/type", [1, "x"]),
    )
    return Piece(schema, [1, 2], breaches)


def _whole(text: bool, other: Any) -> Breach:
    """A value of another type than an array; as text, everything is one."""
    return breach("/type", *(() if text else (other,)))


def _below(item: Piece, step: str, wrap: Callable[[Any], Any]) -> tuple[Breach, ...]:
    return tuple(below(item, step, wrap))


def below(item: Piece, step: str, wrap: Callable[[Any], Any]) -> list[Breach]:
    """The breaches of a schema at `step` of another one; `wrap` makes its values."""
    return [
        Breach(
            each.pointer if each.shared else step + each.pointer,
            tuple(map(wrap, each.values)),
            each.shared,
            each.idle,
        )
        for each in item.breaches
    ]
