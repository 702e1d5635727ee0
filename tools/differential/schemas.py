"""Schemas of both dialects, as Hypothesis draws them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

NAMES = ("a", "b", "c", "kind")
STRINGS = ("", "a", "ab", "abc", "12", "a-b", "é", "日本", "2024-02-29", "true", "null", "-1")
_PATTERNS = (
    *("^a", "b$", "^[a-c]+$", "[0-9]{2}", "^.{2}$"),
    *("^(?=.*[ab])", "^(?!.*b)", "(?<=a)b", "(?<!a)b", r"^(.)\1?$"),
)
_NAMES = ("^[ab]$", "^(?!b)", "(?<=^)[ab]$")
FORMATS = {
    "date": ("2024-02-29", "2023-02-29", "today"),
    "date-time": ("2024-02-29T12:00:00Z", "2024-02-29T12:00:00+01:00", "2024-02-29 12:00"),
    "uuid": ("123e4567-e89b-12d3-a456-426614174000", "123e4567"),
    "byte": ("YQ==", "YQ=", "!"),
    "ipv4": ("127.0.0.1", "127.0.0.256"),
    "email": ("a@example.com", "a"),
}
_LEAVES = ("string", "integer", "number", "boolean")

Schema = dict[str, Any]


def components(openapi: str) -> Schema:
    """Shared schemas that others refer to; one of them refers to itself."""
    nothing = {"nullable": True} if openapi == "3.0" else {}
    text: Any = "string" if openapi == "3.0" else ["string", "null"]
    return {
        "Node": {
            "type": "object",
            "required": ["a"],
            "properties": {
                "a": {"type": text, "maxLength": 3, **nothing},
                "next": {"$ref": "#/components/schemas/Node"},
                "nodes": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
            },
        },
        "Cat": {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"type": "string"}, "claws": {"type": "integer"}},
        },
        "Dog": {
            "type": "object",
            "required": ["kind", "bark"],
            "properties": {"kind": {"type": "string"}, "bark": {"type": "boolean"}},
        },
        "Pet": {
            "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {"wolf": "#/components/schemas/Dog"},
            },
        },
        "Directed": {
            "type": "object",
            "required": ["a", "read", "write"],
            "properties": {
                "a": {"type": "string"},
                "read": {"type": "integer", "readOnly": True},
                "write": {"type": "integer", "writeOnly": True},
            },
        },
    }


@st.composite
def schemas(draw: DrawFn, openapi: str, depth: int = 2, *, kinds: tuple[str, ...] = ()) -> Schema:
    """A schema; `kinds` narrows what it may be."""
    choices = kinds or (
        *_LEAVES,
        "enum",
        "any",
        *(("object", "array", "composed", "ref") if depth else ()),
        *(("const", "conditional", "types") if openapi == "3.1" and depth else ()),
    )
    kind = draw(st.sampled_from(choices))
    schema: Schema = draw(_OF[kind](openapi, depth))
    if kind in (*_LEAVES, "object", "array") and draw(st.integers(0, 9)) == 0:
        if openapi == "3.0":
            schema["nullable"] = True
        else:
            schema["type"] = [schema["type"], "null"]
    return schema


@st.composite
def _string(draw: DrawFn, openapi: str, depth: int) -> Schema:
    schema: Schema = {"type": "string"}
    if draw(st.booleans()):
        schema["minLength"] = draw(st.integers(0, 2))
    if draw(st.booleans()):
        schema["maxLength"] = draw(st.integers(1, 4))
    extra = draw(st.sampled_from(("", "", "pattern", "format")))
    if extra == "pattern":
        schema["pattern"] = draw(st.sampled_from(_PATTERNS))
    if extra == "format":
        schema = {"type": "string", "format": draw(st.sampled_from(tuple(FORMATS)))}
    return schema


@st.composite
def _number(draw: DrawFn, openapi: str, depth: int, kind: str = "number") -> Schema:
    schema: Schema = {"type": kind}
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        use = draw(st.sampled_from(("", "", "inclusive", "exclusive")))
        value = draw(st.integers(-3, 3)) + (10 if bound == "maximum" else 0)
        if use == "inclusive" or (use and openapi == "3.0"):
            schema[bound] = value
        if use == "exclusive":
            schema[exclusive] = True if openapi == "3.0" else value
    if draw(st.integers(0, 3)) == 0:
        schema["multipleOf"] = draw(st.sampled_from((2, 5) if kind == "integer" else (0.5, 2)))
    if kind == "integer" and draw(st.integers(0, 3)) == 0:
        schema["format"] = draw(st.sampled_from(("int32", "int64")))
    return schema


def _integer(openapi: str, depth: int) -> st.SearchStrategy[Schema]:
    return _number(openapi, depth, "integer")


def _boolean(openapi: str, depth: int) -> st.SearchStrategy[Schema]:
    return st.just(0).map(lambda _: {"type": "boolean"})


def _any(openapi: str, depth: int) -> st.SearchStrategy[Schema]:
    return st.just(0).map(lambda _: {})


@st.composite
def _enum(draw: DrawFn, openapi: str, depth: int) -> Schema:
    if draw(st.booleans()):
        return {"type": "string", "enum": draw(st.lists(st.sampled_from(STRINGS), min_size=1))}
    return {"type": "integer", "enum": draw(st.lists(st.integers(-2, 2), min_size=1))}


@st.composite
def _const(draw: DrawFn, openapi: str, depth: int) -> Schema:
    return {"const": draw(st.sampled_from((None, 1, "a", True, [], {"a": 1})))}


@st.composite
def _types(draw: DrawFn, openapi: str, depth: int) -> Schema:
    names = ("string", "integer", "boolean", "null", "object", "array")
    return {"type": draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))}


@st.composite
def _object(draw: DrawFn, openapi: str, depth: int) -> Schema:
    names = draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True))
    schema: Schema = {"type": "object"}
    if names:
        schema["properties"] = {name: draw(schemas(openapi, depth - 1)) for name in names}
    required = draw(st.lists(st.sampled_from(NAMES), max_size=2, unique=True))
    if required:
        schema["required"] = required
    others = draw(st.sampled_from(("", "", "none", "some")))
    if others:
        schema["additionalProperties"] = False if others == "none" else draw(schemas(openapi, 0))
    if draw(st.integers(0, 4)) == 0:
        schema["minProperties"] = draw(st.integers(0, 2))
        schema["maxProperties"] = draw(st.integers(1, 3))
    if openapi == "3.1" and draw(st.integers(0, 2)) == 0:
        key = draw(st.sampled_from(("pattern", "names", "dependent", "unevaluated")))
        if key == "pattern":
            pattern = draw(st.sampled_from(_NAMES))
            schema["patternProperties"] = {pattern: draw(schemas(openapi, 0))}
        elif key == "names":
            schema["propertyNames"] = {"pattern": draw(st.sampled_from(("^[a-c]$", "^(?!c)")))}
        elif key == "dependent":
            schema["dependentRequired"] = {"a": ["b"]}
        else:
            schema.pop("additionalProperties", None)
            schema["allOf"] = [{"properties": {"c": {"type": "integer"}}}]
            schema["unevaluatedProperties"] = False
    return schema


@st.composite
def _array(draw: DrawFn, openapi: str, depth: int) -> Schema:
    schema: Schema = {"type": "array", "items": draw(schemas(openapi, depth - 1))}
    if draw(st.integers(0, 2)) == 0:
        schema["minItems"] = draw(st.integers(0, 2))
    if draw(st.integers(0, 2)) == 0:
        schema["maxItems"] = draw(st.integers(1, 3))
    if draw(st.integers(0, 3)) == 0:
        schema["uniqueItems"] = True
    if openapi == "3.1" and draw(st.integers(0, 2)) == 0:
        key = draw(st.sampled_from(("prefix", "contains")))
        if key == "prefix":
            schema["prefixItems"] = [draw(schemas(openapi, 0))]
        else:
            schema["contains"] = draw(schemas(openapi, 0))
            schema["minContains"] = draw(st.integers(0, 2))
            schema["maxContains"] = 2
    return schema


@st.composite
def _composed(draw: DrawFn, openapi: str, depth: int) -> Schema:
    key = draw(st.sampled_from(("allOf", "anyOf", "oneOf", "not")))
    if key == "not":
        return {"not": draw(schemas(openapi, 0, kinds=_LEAVES))}
    return {key: [draw(schemas(openapi, depth - 1)) for _ in range(draw(st.integers(1, 2)))]}


@st.composite
def _conditional(draw: DrawFn, openapi: str, depth: int) -> Schema:
    return {name: draw(schemas(openapi, 0)) for name in ("if", "then", "else")}


@st.composite
def _ref(draw: DrawFn, openapi: str, depth: int) -> Schema:
    name = draw(st.sampled_from(("Node", "Cat", "Pet", "Directed")))
    return {"$ref": f"#/components/schemas/{name}"}


_OF = {
    "string": _string,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "enum": _enum,
    "any": _any,
    "object": _object,
    "array": _array,
    "composed": _composed,
    "ref": _ref,
    "const": _const,
    "conditional": _conditional,
    "types": _types,
}
