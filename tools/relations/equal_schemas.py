"""Changes of one schema that keep the set of valid values.

Every change is a function of a random generator, a schema and the OpenAPI version, which returns
the changed schema, or None if it does not apply.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable

from relations.schemas import Schema, is_of, without

Change = Callable[[random.Random, Schema, str], Schema | None]


def wrap(rng: random.Random, value: Schema, _: str) -> Schema | None:
    return {rng.choice(["allOf", "anyOf", "oneOf"]): [value]}


def split(rng: random.Random, value: Schema, _: str) -> Schema | None:
    keys = sorted(value.keys() & {"minimum", "maximum", "minLength", "maxLength", "multipleOf"})
    if not keys or value.get("exclusiveMinimum") is True:
        return None  # in 3.0 it belongs to the minimum beside it
    moved = rng.choice(keys)
    return {"allOf": [without(value, moved), {moved: value[moved]}]}


def split_object(_rng: random.Random, value: Schema, _: str) -> Schema | None:
    if not is_of(value, "object") or "required" not in value or "additionalProperties" in value:
        return None
    rest = without(value, "required")
    return {"allOf": [rest, {"type": "object", "required": value["required"]}]}


def doubled_not(_rng: random.Random, value: Schema, _: str) -> Schema | None:
    return {"not": {"not": value}} if not is_of(value, "object") and len(value) > 1 else None


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
    if is_of(value, "integer") and "multipleOf" not in value:
        some.append({"multipleOf": 1})
    if value.get("multipleOf") in (0.5, 0.1, 0.25):
        some.append({"allOf": [{"multipleOf": 0.05 if value["multipleOf"] != 0.25 else 0.01}]})
    if "required" in value and "minProperties" not in value:
        some.append({"minProperties": len(value["required"])})
    return {**value, **rng.choice(some)} if some else None


def other_limit(_rng: random.Random, value: Schema, version: str) -> Schema | None:
    """`minimum: 1` of integers is `exclusiveMinimum: 0`."""
    if not is_of(value, "integer") or "minimum" not in value:
        return None
    if {"format", "exclusiveMinimum"} & value.keys():
        return None
    below = value["minimum"] - 1
    if version == "3.0":
        return {**value, "minimum": below, "exclusiveMinimum": True}
    return {**without(value, "minimum"), "exclusiveMinimum": below}


def bounds_of_format(_rng: random.Random, value: Schema, _: str) -> Schema | None:
    if value.get("format") != "int32":
        return None
    least = max(value.get("minimum", -(2**31)), -(2**31))
    most = min(value.get("maximum", 2**31 - 1), 2**31 - 1)
    return {**without(value, "format"), "minimum": least, "maximum": most}


def finite(rng: random.Random, value: Schema, version: str) -> Schema | None:
    """The same finite set in another way."""
    if is_of(value, "boolean") and len(value) == 1:
        return rng.choice([{"enum": [False, True]}, {"type": "boolean", "enum": [True, False]}])
    low, high = value.get("minimum"), value.get("maximum")
    whole = is_of(value, "integer") and isinstance(low, int) and isinstance(high, int)
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
        return {"anyOf": [without(value, "nullable"), null]}
    listed = value.get("type")
    if not isinstance(listed, list):
        return {**value, "type": [listed]} if isinstance(listed, str) else None
    branches = [{**value, "type": each} for each in listed]
    return {rng.choice(["anyOf", "oneOf"]): branches}


def idle_discriminator(_rng: random.Random, value: Schema, _: str) -> Schema | None:
    return {**value, "discriminator": {"propertyName": "id"}} if is_of(value, "object") else None


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
    if is_of(value, "string") and "maxLength" in value and "enum" not in value:
        return {"anyOf": [value, {**value, "maxLength": value["maxLength"] - 1}]}
    return None


def closed_otherwise(_rng: random.Random, value: Schema, version: str) -> Schema | None:
    if version == "3.0" or value.get("additionalProperties") is not False:
        return None
    return {**without(value, "additionalProperties"), "unevaluatedProperties": False}


EQUAL: tuple[Change, ...] = (
    *(wrap, split, split_object, doubled_not, spell_out, redundant, other_limit, bounds_of_format),
    *(finite, type_list, idle_discriminator, annotated, other_order, other_choice, factored),
    closed_otherwise,
)
