"""How a parameter or header is written: by its style and `explode`, for the types of its schema.

`explode` changes only arrays and objects, and in the style `simple` only objects (OpenAPI 3.0.3
§4.7.12.1 to §4.7.12.4).
"""

from __future__ import annotations

from openapi_first.diff.schemas.comparison import SchemaComparison
from openapi_first.diff.schemas.views import parts_of
from openapi_first.openapi.model import Header, Parameter
from openapi_first.openapi.styles import STYLES

_SCALARS = frozenset({"null", "boolean", "integer", "fraction", "string"})


def spelled_otherwise(
    old: Parameter | Header, new: Parameter | Header, schemas: SchemaComparison
) -> bool:
    """Whether a value of a type that both schemas allow is written differently."""
    before, after = style_of(old), style_of(new)
    if (before, old.explode) == (after, new.explode):
        return False
    shared = schemas.types(parts_of(old.schema), parts_of(new.schema))
    return any(
        spelling(before, old.explode, kind) != spelling(after, new.explode, kind) for kind in shared
    )


def style_of(part: Parameter | Header) -> str:
    """Headers of responses have one style."""
    return part.style if isinstance(part, Parameter) else "simple"


def spelling(style: str, explode: bool, kind: str) -> tuple[str, bool]:
    """The same for settings that write a value of the type in the same way."""
    if kind in _SCALARS or STYLES[style].prefixes_names:
        return style, False
    if kind == "array" and style == "simple":
        return style, False
    if kind == "array" and explode and style in ("spaceDelimited", "pipeDelimited"):
        return "form", True  # each item under the parameter's name
    return style, explode
