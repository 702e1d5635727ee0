"""Schemas that leave room for changes, and changes of one schema whose effect is known.

Every change is a function of a random generator, a schema and the OpenAPI version, which returns
the changed schema, or None if it does not apply. An EQUAL change keeps the set of valid values, a
WIDER one makes it larger; a narrower one is a wider one backwards.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

Schema = dict[str, Any]
Change = Callable[[random.Random, Schema, str], Schema | None]


def scalar(rng: random.Random, version: str) -> Schema:
    """A schema of numbers, strings or booleans."""
    kind = rng.choice(["integer", "number", "string", "string", "enum", "boolean", "range"])
    if kind == "integer":
        found: Schema = {"type": "integer"}
        if rng.random() < 0.3:
            found["format"] = rng.choice(["int32", "int64"])
        if rng.random() < 0.5:
            found["minimum"] = rng.randint(-5, 5)
        if rng.random() < 0.5:
            found["maximum"] = rng.randint(10, 90)
        if rng.random() < 0.3:
            found["multipleOf"] = rng.choice([2, 3, 4])
        return found
    if kind == "number":
        found = {"type": "number"}
        if rng.random() < 0.5:
            found["minimum"] = rng.choice([0, 0.5, -1.5])
        if rng.random() < 0.5:
            found["multipleOf"] = rng.choice([0.01, 0.5, 0.1, 0.25])
        return found
    if kind == "string":
        found = {"type": "string"}
        if rng.random() < 0.5:
            found["minLength"] = rng.randint(1, 3)
        if rng.random() < 0.5:
            found["maxLength"] = rng.randint(5, 40)
        if rng.random() < 0.2:
            found["pattern"] = rng.choice(["^[a-z]+$", "^x", "[0-9]$"])
        elif rng.random() < 0.2:
            return {"type": "string", "format": rng.choice(["date", "uuid", "date-time", "email"])}
        if version == "3.0" and rng.random() < 0.2:
            found["nullable"] = True
        return found
    if kind == "enum":
        return {"type": "string", "enum": rng.sample(["a", "b", "c", "d", "e"], rng.randint(2, 4))}
    if kind == "range":
        return {"type": "integer", "minimum": 1, "maximum": rng.randint(2, 5)}
    return {"type": "boolean"}


def schema(rng: random.Random, version: str, depth: int = 2) -> Schema:
    """A schema of any kind. Alternatives differ in their types, so that a change in one of them is
    a change of the whole."""
    kind = rng.choice(["scalar", "object", "object", "array", "choice"]) if depth else "scalar"
    if kind == "object":
        return obj(rng, version, depth)
    if kind == "array":
        found: Schema = {"type": "array", "items": schema(rng, version, depth - 1)}
        if rng.random() < 0.4:
            found["maxItems"] = rng.randint(3, 9)
        if rng.random() < 0.3:
            found["minItems"] = rng.randint(1, 2)
        if rng.random() < 0.2 and "maxItems" not in found:
            found["uniqueItems"] = True
        return found
    if kind == "choice":
        branches: list[Schema] = [
            {"type": "string", "maxLength": rng.randint(3, 9)},
            obj(rng, version, depth - 1),
            {"type": "array", "items": scalar(rng, version)},
        ]
        key = rng.choice(["anyOf", "oneOf"])
        return {key: rng.sample(branches, rng.randint(2, 3))}
    return scalar(rng, version)


def obj(rng: random.Random, version: str, depth: int = 1) -> Schema:
    names = rng.sample(["id", "name", "size", "tags", "owner"], rng.randint(1, 3))
    found: Schema = {
        "type": "object",
        "properties": {name: schema(rng, version, max(depth - 1, 0)) for name in names},
    }
    if rng.random() < 0.5:
        found["required"] = rng.sample(names, rng.randint(1, len(names)))
    if rng.random() < 0.3:
        found["additionalProperties"] = False
    return found


def places(owner: Any, key: Any) -> list[tuple[Any, Any]]:
    """Where a change of a part is the same change of the whole."""
    found = [(owner, key)]
    value = owner[key]
    if not isinstance(value, dict):
        return []
    for name in value.get("properties", {}):
        found += places(value["properties"], name)
    if "items" in value:
        found += places(value, "items")
    for name in ("anyOf", "oneOf"):
        for index in range(len(value.get(name, ()))):
            found += places(value[name], index)
    return found


def _is(value: Schema, *names: str) -> bool:
    return value.get("type") in names


def _with(value: Schema, **members: Any) -> Schema:
    return {**value, **members}


def _without(value: Schema, *names: str) -> Schema:
    return {key: each for key, each in value.items() if key not in names}


# Equal.


def wrap(rng: random.Random, value: Schema, _: str) -> Schema | None:
    return {rng.choice(["allOf", "anyOf", "oneOf"]): [value]}


def split(rng: random.Random, value: Schema, _: str) -> Schema | None:
    keys = sorted(value.keys() & {"minimum", "maximum", "minLength", "maxLength", "multipleOf"})
    if not keys or value.get("exclusiveMinimum") is True:
        return None  # in 3.0 it belongs to the minimum beside it
    moved = rng.choice(keys)
    return {"allOf": [_without(value, moved), {moved: value[moved]}]}


def split_object(_rng: random.Random, value: Schema, _: str) -> Schema | None:
    if not _is(value, "object") or "required" not in value or "additionalProperties" in value:
        return None
    rest = _without(value, "required")
    return {"allOf": [rest, {"type": "object", "required": value["required"]}]}


def doubled_not(_rng: random.Random, value: Schema, _: str) -> Schema | None:
    return {"not": {"not": value}} if not _is(value, "object") and len(value) > 1 else None


def spell_out(rng: random.Random, value: Schema, version: str) -> Schema | None:
    """Keywords that change nothing."""
    idle: dict[str, list[Schema]] = {
        "object": [{"additionalProperties": True}, {"minProperties": 0}],
        "array": [{"minItems": 0}, {"uniqueItems": False}],
        "string": [{"minLength": 0}],
    }
    some = [each for each in idle.get(str(value.get("type")), []) if not each.keys() & value.keys()]
    if version == "3.0" and "nullable" not in value:
        some.append({"nullable": False})
    if version == "3.0" and "type" not in value:
        some.append({"nullable": True})
    return {**value, **rng.choice(some)} if some else None


def redundant(rng: random.Random, value: Schema, _: str) -> Schema | None:
    """A limit that others imply."""
    some: list[Schema] = []
    if "enum" in value and all(isinstance(each, str) for each in value["enum"]):
        some += [{"minLength": 1}, {"maxLength": 9}]
    if "maxLength" in value:
        some.append({"allOf": [{"maxLength": value["maxLength"] + 5}]})
    if _is(value, "integer") and "multipleOf" not in value:
        some.append({"multipleOf": 1})
    if value.get("multipleOf") in (0.5, 0.1, 0.25):
        some.append({"allOf": [{"multipleOf": 0.05 if value["multipleOf"] != 0.25 else 0.01}]})
    if "required" in value and "minProperties" not in value:
        some.append({"minProperties": len(value["required"])})
    return {**value, **rng.choice(some)} if some else None


def other_limit(_rng: random.Random, value: Schema, version: str) -> Schema | None:
    """`minimum: 1` of integers is `exclusiveMinimum: 0`."""
    if not _is(value, "integer") or "minimum" not in value:
        return None
    if {"format", "exclusiveMinimum"} & value.keys():
        return None
    below = value["minimum"] - 1
    if version == "3.0":
        return {**value, "minimum": below, "exclusiveMinimum": True}
    return {**_without(value, "minimum"), "exclusiveMinimum": below}


def bounds_of_format(_rng: random.Random, value: Schema, _: str) -> Schema | None:
    if value.get("format") != "int32":
        return None
    least = max(value.get("minimum", -(2**31)), -(2**31))
    most = min(value.get("maximum", 2**31 - 1), 2**31 - 1)
    return {**_without(value, "format"), "minimum": least, "maximum": most}


def finite(rng: random.Random, value: Schema, version: str) -> Schema | None:
    """The same finite set in another way."""
    if _is(value, "boolean") and len(value) == 1:
        return rng.choice([{"enum": [False, True]}, {"type": "boolean", "enum": [True, False]}])
    low, high = value.get("minimum"), value.get("maximum")
    whole = _is(value, "integer") and isinstance(low, int) and isinstance(high, int)
    if whole and len(value) == 3 and high - low < 9:
        return {"type": "integer", "enum": list(range(low, high + 1))}
    if set(value) == {"type", "enum"}:
        key = rng.choice(["oneOf", "anyOf"])
        one = "const" if version == "3.1" and rng.random() < 0.5 else "enum"
        each = [{one: item if one == "const" else [item]} for item in value["enum"]]
        return rng.choice(
            [
                {key: each},
                {"type": value["type"], key: each},
                {"type": value["type"], "enum": list(reversed(value["enum"]))},
                {"enum": value["enum"]},
            ]
        )
    return None


def type_list(rng: random.Random, value: Schema, version: str) -> Schema | None:
    if version == "3.0":
        if value.get("nullable") is not True or "enum" in value or "type" not in value:
            return None
        null = {"type": "string", "nullable": True, "enum": [None]}
        return {"anyOf": [_without(value, "nullable"), null]}
    listed = value.get("type")
    if not isinstance(listed, list):
        return {**value, "type": [listed]} if isinstance(listed, str) else None
    branches = [{**value, "type": each} for each in listed]
    return {rng.choice(["anyOf", "oneOf"]): branches}


def idle_discriminator(_rng: random.Random, value: Schema, _: str) -> Schema | None:
    return {**value, "discriminator": {"propertyName": "id"}} if _is(value, "object") else None


def annotated(rng: random.Random, value: Schema, _: str) -> Schema | None:
    return {**value, rng.choice(["title", "description", "x-note"]): "New words."}


def other_order(rng: random.Random, value: Schema, _: str) -> Schema | None:
    found = copy.deepcopy(value)
    for key in ("enum", "required", "anyOf", "oneOf"):
        if key in found:
            rng.shuffle(found[key])
    if "properties" in found:
        names = list(found["properties"])
        rng.shuffle(names)
        found["properties"] = {name: found["properties"][name] for name in names}
    return found


def other_choice(_rng: random.Random, value: Schema, _: str) -> Schema | None:
    """`anyOf` and `oneOf` are the same if the alternatives exclude each other."""
    turned = {"anyOf": "oneOf", "oneOf": "anyOf"}
    key = next((key for key in turned if key in value), None)
    if key is None or len(value) > 1:
        return None
    types = [each.get("type") for each in value[key] if isinstance(each.get("type"), str)]
    if len(set(types)) < len(value[key]) or {"integer", "number"} <= set(types):
        return None
    return {turned[key]: value[key]}


def factored(_rng: random.Random, value: Schema, _: str) -> Schema | None:
    """`anyOf` with an alternative that another one contains."""
    if _is(value, "string") and "maxLength" in value and "enum" not in value:
        return {"anyOf": [value, {**value, "maxLength": value["maxLength"] - 1}]}
    return None


def closed_otherwise(_rng: random.Random, value: Schema, version: str) -> Schema | None:
    if version == "3.0" or value.get("additionalProperties") is not False:
        return None
    return {**_without(value, "additionalProperties"), "unevaluatedProperties": False}


EQUAL: tuple[Change, ...] = (
    *(wrap, split, split_object, doubled_not, spell_out, redundant, other_limit, bounds_of_format),
    *(finite, type_list, idle_discriminator, annotated, other_order, other_choice, factored),
    closed_otherwise,
)


# Wider.

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
    return _without(value, rng.choice(keys)) if keys else None


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
    if not _is(value, "integer") or {"multipleOf", "format", "enum"} & value.keys():
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
    if isinstance(value.get("type"), str) and not _is(value, "boolean"):
        return {rng.choice(["anyOf", "oneOf"]): [value, {"type": "boolean"}]}
    return None


def fewer_required(_rng: random.Random, value: Schema, _: str) -> Schema | None:
    required = value.get("required", [])
    return {**value, "required": required[1:]} if len(required) > 1 else None


def any_items(_rng: random.Random, value: Schema, version: str) -> Schema | None:
    if not _is(value, "array") or value.get("items") in ({}, None):
        return None
    return {**value, "items": {}} if version == "3.0" else _without(value, "items")


NOT_OF_TEXTS = (doubled_not, also_null, one_more)
"""What has another effect on a string that is sent: types that `not` hides are not looked for, and
a string beside another type already accepts its spelling."""
WIDER: tuple[Change, ...] = (
    *(dropped, loosened, more_values, any_number, finer, also_null, one_more, fewer_required),
    any_items,
)
