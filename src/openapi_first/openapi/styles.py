"""The styles of parameters: what OpenAPI defines for each (3.0.3 §4.7.12.2 to §4.7.12.4).

`runtime.styles` reads them and `conformance.requests.parameter_writer` writes them. OpenAPI's own
schema checks in which locations each may be used.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

DEFAULT_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
"""The style of a parameter that names none, by location."""


@dataclass(frozen=True, slots=True)
class Style:
    """The schema must have one of the types in `any_of`; an empty set allows every type. `purpose`
    names these types.

    `prefixes_names`: the members of an object are sent as `parameter[member]`.
    """

    purpose: str = ""
    any_of: frozenset[str] = frozenset()
    explodes_objects: bool = True
    prefixes_names: bool = False


_DELIMITED = Style(
    "arrays and objects", any_of=frozenset({"array", "object"}), explodes_objects=False
)
STYLES = {
    "simple": Style(),
    "label": Style(),
    "matrix": Style(),
    "form": Style(),
    "spaceDelimited": _DELIMITED,
    "pipeDelimited": _DELIMITED,
    "deepObject": Style(prefixes_names=True),
}


def style_misuse(style: str, explode: bool, types: Collection[str]) -> tuple[str, str] | None:
    """Why a style is undefined for a schema of these types, and the remedy; None if it is not."""
    facts = STYLES[style]
    if facts.any_of and facts.any_of.isdisjoint(types):
        return f"the style {style} is for {facts.purpose} only", "Use the style `form`."
    if explode and "object" in types and not facts.explodes_objects:
        remedy = "Use `explode: false`, or the style `deepObject`."
        return f"the style {style} cannot explode objects", remedy
    return None


def has_own_name(style: str, explode: bool, types: Collection[str]) -> bool:
    """Whether a query parameter is sent under its own name, rather than the names of its members
    (OpenAPI 3.0.3 §4.7.12.4)."""
    return not STYLES[style].prefixes_names and not (explode and "object" in types)
