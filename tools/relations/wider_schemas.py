"""Changes of one schema that make the set of valid values larger; a narrower one is a wider one
backwards. They have the form of those in `equal_schemas`."""

from __future__ import annotations

import random

from relations.equal_schemas import Change, doubled_not
from relations.schemas import Schema, is_of, without

_DROPPED = (
    *("minimum", "maximum", "multipleOf", "minLength", "maxLength", "pattern", "format"),
    *("maxItems", "minItems", "uniqueItems", "additionalProperties", "required"),
)


def dropped(rng: random.Random, value: Schema, _: str) -> Schema | None:
    keys = [key for key in _DROPPED if key in value]
    if "format" in keys and {"minimum", "maximum"} <= value.keys():
        keys.remove("format")  # the limits imply those of int32
    if "minLength" in keys and "pattern" in keys:
        keys.remove("minLength")  # the patterns may imply it
    return without(value, rng.choice(keys)) if keys else None


def loosened(rng: random.Random, value: Schema, _: str) -> Schema | None:
    lower = [key for key in ("minimum", "minLength", "minItems") if value.get(key, 0) > 0]
    higher = [key for key in ("maximum", "maxLength", "maxItems") if key in value]
    if not lower + higher or {"multipleOf", "pattern"} & value.keys():
        return None
    key = rng.choice(lower + higher)
    return {**value, key: value[key] + (-1 if key in lower else 1)}


def more_values(_rng: random.Random, value: Schema, _: str) -> Schema | None:
    if "enum" in value and all(isinstance(each, str) for each in value["enum"]):
        return {**value, "enum": [*value["enum"], "zz"]}
    return None


def any_number(_rng: random.Random, value: Schema, _: str) -> Schema | None:
    if not is_of(value, "integer") or {"multipleOf", "format", "enum"} & value.keys():
        return None
    return {**value, "type": "number"}


def finer(_rng: random.Random, value: Schema, _: str) -> Schema | None:
    finer_than = {2: 1, 4: 2, 3: 1, 0.5: 0.1, 0.1: 0.01, 0.25: 0.05, 0.01: 0.001}
    multiple = value.get("multipleOf")
    return {**value, "multipleOf": finer_than[multiple]} if multiple in finer_than else None


def also_null(_rng: random.Random, value: Schema, version: str) -> Schema | None:
    if not isinstance(value.get("type"), str) or "enum" in value or value.get("nullable"):
        return None
    if version == "3.0":
        return {**value, "nullable": True}
    return {**value, "type": [value["type"], "null"]}


def one_more(rng: random.Random, value: Schema, _: str) -> Schema | None:
    """One more alternative, of another type."""
    for key in ("anyOf", "oneOf"):
        if key in value and len(value) == 1 and all("type" in each for each in value[key]):
            return {key: [*value[key], {"type": "boolean"}]}
    if isinstance(value.get("type"), str) and not is_of(value, "boolean"):
        return {rng.choice(["anyOf", "oneOf"]): [value, {"type": "boolean"}]}
    return None


def fewer_required(_rng: random.Random, value: Schema, _: str) -> Schema | None:
    required = value.get("required", [])
    return {**value, "required": required[1:]} if len(required) > 1 else None


def any_items(_rng: random.Random, value: Schema, version: str) -> Schema | None:
    if not is_of(value, "array") or value.get("items") in ({}, None):
        return None
    return {**value, "items": {}} if version == "3.0" else without(value, "items")


NOT_OF_TEXTS = (doubled_not, also_null, one_more)
"""What has another effect on a string that is sent: types that `not` hides are not looked for, and
a string beside another type already accepts its spelling."""
WIDER: tuple[Change, ...] = (
    *(dropped, loosened, more_values, any_number, finer, also_null, one_more, fewer_required),
    any_items,
)
