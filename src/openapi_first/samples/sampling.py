"""A plain value that matches a schema, for requests without an example."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from openapi_first.samples.lowered_schemas import LoweredSchema
from openapi_first.samples.pattern_samples import matching

_FORMATS = {
    "date": "2024-02-29",
    "date-time": "2024-02-29T12:00:00Z",
    "duration": "P1D",
    "email": "someone@example.com",
    "hostname": "example.com",
    "idn-email": "someone@example.com",
    "idn-hostname": "example.com",
    "int32": "1",
    "int64": "1",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "iri": "https://example.com/",
    "iri-reference": "/a",
    "json-pointer": "/a",
    "regex": "a",
    "relative-json-pointer": "0",
    "time": "12:00:00Z",
    "uri": "https://example.com/",
    "uri-reference": "/a",
    "uri-template": "/{a}",
    "byte": "YQ==",
    "base64url": "YQ",
}
_DEPTH = 8


class NoSample(Exception):
    """No value was found that matches the schema."""


def sample(
    lowered: LoweredSchema,
    rng: random.Random,
    schema: Any = None,
    *,
    usable: Callable[[Any], bool] = lambda _: True,
) -> Any:
    """A value that matches the schema, or its part `schema`: one of `enum`, otherwise a small one.
    `usable` may reject values. Raises NoSample."""
    part = lowered.schema if schema is None else schema
    validator = lowered.validator if schema is None else lowered.part_validator(part)
    for value in _candidates(lowered, part, rng, 0):
        try:
            if usable(value) and validator.is_valid(value):
                return value
        except (ValueError, TypeError):
            continue
    raise NoSample


def _candidates(
    lowered: LoweredSchema, schema: Any, rng: random.Random, depth: int
) -> Iterator[Any]:
    merged = lowered.merged(schema)
    yield from merged.get("enum", ())
    if "const" in merged:
        yield merged["const"]
    for key in ("oneOf", "anyOf"):
        for branch in merged.get(key, ()):
            beside = {
                name: value for name, value in merged.items() if name not in ("oneOf", "anyOf")
            }
            yield from _candidates(lowered, {"allOf": [branch, beside]}, rng, depth + 1)
    named = merged.get("type")
    types = [named] if isinstance(named, str) else list(named or ())
    if not types:
        types = ["object"] if "properties" in merged else ["string", "integer", "object", "null"]
    for name in types:
        yield from _of_type(lowered, merged, name, rng, depth)


def _of_type(
    lowered: LoweredSchema, schema: dict[str, Any], name: str, rng: random.Random, depth: int
) -> Iterator[Any]:
    if name == "string":
        yield from _strings(lowered, schema, rng)
    elif name in ("integer", "number"):
        yield from _numbers(schema, name)
    elif name == "boolean":
        yield from (True, False)
    elif name == "null":
        yield None
    elif name == "array" and depth < _DEPTH:
        count = schema.get("minItems", 0)
        items = schema.get("items", {})
        yield [_first(lowered, items, rng, depth) for _ in range(count)]
        if not count:
            yield [_first(lowered, items, rng, depth)]
    elif name == "object" and depth < _DEPTH:
        properties = schema.get("properties", {})
        yield {
            key: _first(lowered, properties.get(key, {}), rng, depth)
            for key in schema.get("required", ())
        }


def _first(lowered: LoweredSchema, schema: Any, rng: random.Random, depth: int) -> Any:
    validator = lowered.part_validator(schema)
    for value in _candidates(lowered, schema, rng, depth + 1):
        if validator.is_valid(value):
            return value
    return None


def _strings(lowered: LoweredSchema, schema: dict[str, Any], rng: random.Random) -> Iterator[str]:
    form = schema.get("format")
    if form == "uuid":
        yield str(uuid.UUID(int=rng.getrandbits(128), version=4))
    if form in _FORMATS:
        yield _FORMATS[form]
    least = schema.get("minLength", 0)
    most = schema.get("maxLength", max(least, 8))
    if "pattern" in schema:
        pattern = schema["pattern"]
        yield from matching(lowered.patterns.get(pattern, pattern), rng)
    yield "sample"[:most].ljust(least, "a")


def _numbers(schema: dict[str, Any], name: str) -> Iterator[float]:
    step = schema.get("multipleOf", 1 if name == "integer" else 0.5)
    low, high = schema.get("minimum"), schema.get("maximum")
    for bound in ("exclusiveMinimum", "exclusiveMaximum"):
        value = schema.get(bound)
        if isinstance(value, int | float) and not isinstance(value, bool):
            if bound == "exclusiveMinimum":
                low = value if low is None else max(low, value)
            else:
                high = value if high is None else min(high, value)
    starts = [each for each in (low, high, 0, 1) if each is not None]
    for start in starts:
        for count in (0, 1, -1):
            try:
                value = (start // step) * step + count * step
                yield int(value) if value == int(value) else value
            except (OverflowError, ValueError):  # an infinity, or not a number
                yield start
