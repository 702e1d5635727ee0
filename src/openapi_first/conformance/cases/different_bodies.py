"""Different bodies of one operation that match its schema."""

from __future__ import annotations

import contextlib
import itertools
import json
import random
from collections.abc import Iterator
from typing import Any

from openapi_first.samples.boundary_values import boundary_values
from openapi_first.samples.lowered_schemas import LoweredSchema
from openapi_first.samples.sampling import NoSample, sample

_MOST_MEMBERS = 12
_MARK = 9
"""The characters that make a string another one: a hyphen and eight digits."""


def different_bodies(lowered: LoweredSchema, plain: list[Any], rng: random.Random) -> list[Any]:
    """The plain bodies first; then those with another value for each member that can have one,
    those with one member, as patches often are, one with all members, and those at the bounds of
    the schema."""
    single = [each for each in _single_members(lowered, rng) if lowered.allows(each)]
    base = next((each for each in [*plain, *single] if each), None)
    full = dict[str, Any]()
    for each in (*_single_members(lowered, rng), *plain):
        full |= each if isinstance(each, dict) else {}
    found = [
        *plain,
        *(each for each in _variants(lowered, base, rng) if lowered.allows(each)),
        *single,
        *([full] if lowered.allows(full) else []),
        *(
            each.value
            for each in boundary_values(lowered, rng)
            if isinstance(each.value, dict) and lowered.allows(each.value)
        ),
    ]
    return list({json.dumps(each, sort_keys=True): each for each in found}.values())


def _single_members(lowered: LoweredSchema, rng: random.Random) -> Iterator[dict[str, Any]]:
    properties = lowered.merged(lowered.schema).get("properties", {})
    for name, part in itertools.islice(properties.items(), _MOST_MEMBERS):
        with contextlib.suppress(NoSample):
            yield {name: sample(lowered, rng, part)}


def _variants(lowered: LoweredSchema, body: Any, rng: random.Random) -> Iterator[dict[str, Any]]:
    """The body with another value for all members that can have one, and for each of them."""
    if not isinstance(body, dict):
        return
    properties = lowered.merged(lowered.schema).get("properties", {})
    other = {
        name: value
        for name in itertools.islice(body, _MOST_MEMBERS)
        for value in _others(lowered.merged(properties.get(name, {})), body[name], rng)
        if lowered.allows({**body, name: value})
    }
    yield {**body, **other}
    for name, value in other.items():
        yield {**body, name: value}


def _others(schema: dict[str, Any], value: Any, rng: random.Random) -> list[Any]:
    """Other values for a member, the best one last."""
    if "enum" in schema:
        return [each for each in schema["enum"] if each != value]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, str):
        mark = f"{rng.getrandbits(32):08x}"
        most = schema.get("maxLength", len(value) + _MARK)
        return [mark[:most], f"{value[: max(0, most - _MARK)]}-{mark}"[:most]]
    if isinstance(value, int | float):
        return [value - 1, value + 1]
    return []
