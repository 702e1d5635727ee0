"""Compares the schemas of parameters and headers, whose values are sent as strings.

What counts is which strings are valid: a parameter that took integers and takes any string still
takes what it took, and so does one that took one value and takes several under the same name. No
string stands for null, so it makes no difference whether the schema allows null.
"""

from __future__ import annotations

import json

from openapi_first.diff.findings.changes import Changes
from openapi_first.diff.findings.rules import Effect
from openapi_first.diff.schemas.comparison import SchemaComparison, Sent
from openapi_first.diff.schemas.keywords import takes_any_string
from openapi_first.diff.schemas.views import Parts, View, parts_of
from openapi_first.diff.spelling import style_of
from openapi_first.openapi.model import Header, Parameter

_NUMBERS = frozenset({"integer", "fraction"})
_EXACT = frozenset({"integer", "boolean"})
"""The types whose values are written in one way each."""


def compare_texts(
    old: Parameter | Header,
    new: Parameter | Header,
    part: str,
    schemas: SchemaComparison,
    changes: Changes,
) -> None:
    """Reports what changed in the values; `part` is the parameter or header."""
    before, after = parts_of(old.schema), parts_of(new.schema)
    if old.media_type is not None or new.media_type is not None:
        schemas.compare(before, after, part, Sent())
        return
    one, other = schemas.views(before, after)
    if isinstance(new, Parameter):
        items = _items_for_one(one, other, style_of(new), new.explode)
        if items is not None:
            changes.add("parameter-made-list", part, old.node, new.node)
            after, other = items, schemas.views((), items)[1]
    else:
        items = _items_for_one(other, one, style_of(old), old.explode)
        if items is not None:
            changes.add("response-header-made-single", part, old.node, new.node)
            before, one = items, schemas.views(items, ())[0]
    schemas.compare(before, after, part, Sent(_possible(one, other), written=True))


def _items_for_one(scalar: View, array: View, style: str, explode: bool) -> Parts | None:
    """The schema of the items, if a value of the scalar schema is written as an array of one value
    is, and the array may have one."""
    if array.types != {"array"} or not scalar.types or scalar.types & {"array", "object", "null"}:
        return None
    split = not explode or style == "simple"
    if split and scalar.types & {"string"} and not _without_delimiters(scalar):
        return None
    least, most = array.limits.get("minItems", 0), array.limits.get("maxItems", 1)
    plain = not (array.values or array.any_of or array.one_of or array.negated or array.other)
    return array.item(0) if plain and least <= 1 <= most else None


def _without_delimiters(scalar: View) -> bool:
    """Whether none of the values is split at a comma, space or bar."""
    return scalar.values is not None and not any(
        character in json.loads(value)
        for value in scalar.values
        if value.startswith('"')
        for character in ", |"
    )


def _possible(old: View, new: View) -> Effect:
    """The effects that are possible where one side has strings and the other has none."""
    if ("string" in old.types) == ("string" in new.types):
        return Effect.BOTH
    before, after = _texts(old), _texts(new)
    if before is not None and after is not None:
        narrower = Effect.NARROWER if before - after else Effect.NONE
        return narrower | (Effect.WIDER if after - before else Effect.NONE)
    scalars = _NUMBERS | {"boolean"}
    if old.types <= scalars and takes_any_string(new):
        return Effect.WIDER
    if new.types <= scalars and takes_any_string(old):
        return Effect.NARROWER
    return Effect.BOTH


def _texts(view: View) -> frozenset[str] | None:
    """How the values are written; None if they are not listed, or if one can be written in several
    ways."""
    if view.values is None and view.types == {"boolean"}:
        return frozenset({"true", "false"})
    if view.values is None or not view.types <= _EXACT | {"string"}:
        return None
    return frozenset(json.loads(value) if value.startswith('"') else value for value in view.values)
