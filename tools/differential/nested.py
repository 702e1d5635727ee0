"""Schemas and values for the style `deepObject` beyond what OpenAPI defines.

openapi-core does not read them. It is given the value as JSON, by which it judges; that the names
in brackets mean this value is for `differential.wire` to say, which writes them as `qs` does.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from differential.schemas import Schema, schemas

_SCALARS = ("string", "integer", "number", "boolean", "enum")
_NAMES = ("a", "b", "0", "__proto__")


@st.composite
def nested_schemas(draw: DrawFn, openapi: str, depth: int = 2) -> Schema:
    """A schema with objects, arrays and alternatives in each other."""
    kind = draw(st.sampled_from(("object", "array", "either") if depth else ("scalar",)))
    if kind == "scalar":
        return draw(schemas(openapi, 0, kinds=_SCALARS))
    if kind == "array":
        return {"type": "array", "items": draw(_inner(openapi, depth)), "maxItems": 2}
    names = draw(st.lists(st.sampled_from(_NAMES), min_size=1, unique=True))
    schema: Schema = {
        "type": "object",
        "properties": {name: draw(_inner(openapi, depth)) for name in names},
    }
    if draw(st.booleans()):
        schema["required"] = names[:1]
    if draw(st.booleans()):
        schema["additionalProperties"] = False
    return schema if kind == "object" else {"anyOf": [schema, {"type": "integer"}]}


def _inner(openapi: str, depth: int) -> st.SearchStrategy[Schema]:
    return st.one_of(nested_schemas(openapi, 0), nested_schemas(openapi, depth - 1))


def sendable(value: Any) -> bool:
    """Whether names in brackets can express the value: nothing in it is empty or null."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return bool(value) and all(map(sendable, inner))
    return value is not None


@st.composite
def lessened(draw: DrawFn, value: Any) -> Any:
    """The value with a member or an item less or more somewhere."""
    if isinstance(value, dict):
        name = draw(st.sampled_from((*value, "extra")))
        if name not in value:
            return {**value, name: "x"}
        if draw(st.booleans()):
            return {other: each for other, each in value.items() if other != name}
        return {**value, name: draw(lessened(value[name]))}
    if isinstance(value, list) and value:
        return value[1:] if draw(st.booleans()) else [*value, value[0]]
    return value
