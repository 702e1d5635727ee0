"""Parameters other than bodies, and response headers: a type beside the name becomes a schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openapi_first.dialects.part import Part
from openapi_first.dialects.swagger.converted import Converted, Losses, copied
from openapi_first.dialects.swagger.schemas import BINARY, with_null

_SCHEMA = (
    *("type", "format", "default", "enum", "multipleOf", "pattern", "uniqueItems"),
    *("maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"),
    *("maxLength", "minLength", "maxItems", "minItems"),
)
_WIDE = {
    "csv": ("form", False),
    "multi": ("form", True),
    "ssv": ("spaceDelimited", False),
    "pipes": ("pipeDelimited", False),
}
_NARROW = {"csv": ("simple", False)}
# Swagger 2.0, Parameter Object: collectionFormat. OpenAPI 3.0.3 §4.7.12.2: style.
_STYLES = {"query": _WIDE, "formData": _WIDE, "path": _NARROW, "header": _NARROW}
# OpenAPI 3.0.3 §4.7.12.1 ignores header parameters with these names.
_IGNORED = frozenset({"accept", "authorization", "content-type"})


@dataclass(frozen=True, slots=True)
class Described:
    """The schema of a value that a parameter or header has, and how an array is written."""

    schema: Converted
    style: str | None = None
    explode: bool = False


def converted_parameter(part: Part, losses: Losses) -> Converted:
    """A parameter in the path, the query string or a header."""
    location = str(part.value["in"])
    name = str(part.value["name"])
    if location == "header" and name.lower() in _IGNORED:
        detail = f"OpenAPI 3.0 does not read {name} as a header parameter"
        losses.unenforced(part, detail)
    kept = ["name", "in", "description", "required"]
    if location == "query":
        kept.append("allowEmptyValue")
    described = described_value(part, location, losses)
    return Converted(part, {**_without_nullable(part, *kept), **_written(described)})


def converted_header(part: Part, losses: Losses) -> Converted:
    described = described_value(part, "header", losses)
    members = {**_without_nullable(part, "description"), **_written(described)}
    if described.style is not None:
        del members["style"]  # a header has no other
    return Converted(part, members)


def described_value(part: Part, location: str, losses: Losses) -> Described:
    """`location` is `path`, `query`, `header` or `formData`."""
    if part.value.get("type") == "file":
        return Described(Converted(part, dict(BINARY)))
    if part.value.get("type") != "array":
        return Described(_schema(part))
    written = str(part.value.get("collectionFormat", "csv"))
    style, explode = _STYLES[location].get(written, (None, False))
    nested = part.child("items")
    if style is None or (nested is not None and nested.value.get("type") == "array"):
        what = "an array in an array" if style is not None else f"collectionFormat {written}"
        return Described(as_string(part, what, losses))
    return Described(_schema(part), style, explode)


def as_string(part: Part, what: str, losses: Losses) -> Converted:
    """The schema for an array that no style can write: the function gets the string as it is."""
    name = part.value.get("name", part.pointer.rpartition("/")[2])
    losses.unenforced(
        part, f"OpenAPI 3.0 has no counterpart for {what}: {name} is read as one string"
    )
    return Converted(part, {"type": "string"})


def _schema(part: Part) -> Converted:
    schema = {key: value for key, value in part.value.items() if key in _SCHEMA}
    items = part.child("items")
    if items is not None:
        schema["items"] = _schema(items)
    return Converted(part, with_null(schema, part.value.get("x-nullable")))


def _written(described: Described) -> dict[str, Any]:
    members: dict[str, Any] = {"schema": described.schema}
    if described.style is not None:
        members |= {"style": described.style, "explode": described.explode}
    return members


def _without_nullable(part: Part, *keys: str) -> dict[str, Any]:
    """`x-nullable` is a member of the schema."""
    members = copied(part, *keys)
    members.pop("x-nullable", None)
    return members
