"""Values that mostly match a drawn schema, and values that are broken in one place."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from differential.schemas import FORMATS, NAMES, STRINGS, Schema

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-4, 14),
    st.sampled_from((0.5, -1.5, 1.0, 2**31, 2**31 - 1, 2**63, -(2**63))),
    st.sampled_from(STRINGS),
)
_ANYTHING = st.one_of(
    _SCALARS,
    st.lists(_SCALARS, max_size=2),
    st.dictionaries(st.sampled_from(NAMES), _SCALARS, max_size=2),
)


@st.composite
def values(draw: DrawFn, schema: Any, shared: Schema, depth: int = 4) -> Any:
    """A value that usually matches the schema."""
    if not isinstance(schema, dict) or depth < 0:
        return draw(_SCALARS)
    if "$ref" in schema:
        target = shared[schema["$ref"].rpartition("/")[2]]
        return draw(values(target, shared, depth - 1))
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return draw(values(draw(st.sampled_from(schema[key])), shared, depth))
    if "allOf" in schema and "type" not in schema:
        parts = [draw(values(each, shared, depth)) for each in schema["allOf"]]
        if all(isinstance(part, dict) for part in parts):
            return {name: value for part in parts for name, value in part.items()}
        return parts[0]
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    if "const" in schema:
        return schema["const"]
    if "if" in schema:
        return draw(values(schema[draw(st.sampled_from(("if", "then", "else")))], shared, depth))
    kind = schema.get("type", "any")
    if isinstance(kind, list):
        kind = draw(st.sampled_from(kind))
    elif schema.get("nullable") and draw(st.integers(0, 3)) == 0:
        return None
    return draw(_value_of(kind, schema, shared, depth))


@st.composite
def _value_of(draw: DrawFn, kind: str, schema: Schema, shared: Schema, depth: int) -> Any:
    if kind == "object":
        members = {}
        for name, each in schema.get("properties", {}).items():
            if name in schema.get("required", ()) or draw(st.booleans()):
                members[name] = draw(values(each, shared, depth - 1))
        for name in schema.get("required", ()):
            if name not in members:
                members[name] = draw(values(schema.get("additionalProperties"), shared, 0))
        return members
    if kind == "array":
        items = schema.get("prefixItems", [])[:1] + [schema.get("items", {})] * 2
        fewest = schema.get("minItems", 0)
        length = draw(st.integers(fewest, max(fewest, min(schema.get("maxItems", 2), 2))))
        return [draw(values(each, shared, depth - 1)) for each in items[:length]]
    if kind == "string":
        if "format" in schema and schema["format"] in FORMATS:
            return draw(st.sampled_from(FORMATS[schema["format"]]))
        return draw(st.sampled_from(STRINGS))
    if kind == "integer":
        return draw(st.integers(-4, 14))
    if kind == "number":
        return draw(st.sampled_from((-4, -1.5, 0, 0.5, 1, 2, 2.5, 7, 10, 11.5, 14)))
    if kind == "boolean":
        return draw(st.booleans())
    if kind == "null":
        return None
    return draw(_ANYTHING)


@st.composite
def broken(draw: DrawFn, value: Any) -> Any:
    """The value, changed in one place."""
    if isinstance(value, dict) and value and draw(st.integers(0, 3)):
        name = draw(st.sampled_from(sorted(value)))
        rest = {other: each for other, each in value.items() if other != name}
        action = draw(st.sampled_from(("change", "change", "remove", "add")))
        if action == "remove":
            return rest
        if action == "add":
            return {**value, draw(st.sampled_from((*NAMES, "extra"))): draw(_SCALARS)}
        return {**rest, name: draw(broken(value[name]))}
    if isinstance(value, list) and value and draw(st.integers(0, 3)):
        at = draw(st.integers(0, len(value) - 1))
        if draw(st.integers(0, 3)) == 0:
            return [*value, value[at]]
        return [*value[:at], draw(broken(value[at])), *value[at + 1 :]]
    return draw(_ANYTHING)
