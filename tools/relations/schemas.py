"""Schemas that leave room for changes, and their places."""

from __future__ import annotations

import random
from typing import Any

Schema = dict[str, Any]


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


def is_of(value: Schema, *names: str) -> bool:
    return value.get("type") in names


def without(value: Schema, *names: str) -> Schema:
    return {key: each for key, each in value.items() if key not in names}
