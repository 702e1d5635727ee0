"""Makes what a mock remembers fit the schema of the response that shows it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

from openapi_first.conformance.roles.members import comparable, members
from openapi_first.core.json_pointer import escaped, unescaped
from openapi_first.documents.node import Node
from openapi_first.samples.lowered_schemas import LoweredSchema, LoweredSchemas

_CHANGES = re.compile("(last)?(updated|modified|changed)(at|on|date|time|timestamp)?")


class Shapes:
    """Fits values into the schemas of responses."""

    def __init__(self, schemas: LoweredSchemas) -> None:
        self._schemas = schemas

    def lowered(self, schema: Node) -> LoweredSchema:
        return self._schemas.response(schema)

    def fitted(self, schema: Node, value: Any, made: Any) -> Any:
        """The value without the members that the schema refuses, and with those of the made-up
        `made` that it requires."""
        lowered = self.lowered(schema)
        for candidate in self._candidates(schema, lowered, value, made):
            if lowered.allows(candidate):
                return candidate
        found = made
        if isinstance(value, dict) and isinstance(made, dict):
            for name, part in value.items():
                if lowered.allows({**found, name: part}):
                    found = {**found, name: part}
        return found

    def _candidates(
        self, schema: Node, lowered: LoweredSchema, value: Any, made: Any
    ) -> Iterator[Any]:
        if not isinstance(value, dict):
            yield value
            return
        known = members(schema)
        shown = _shown(schema, value)
        yield shown
        if isinstance(made, dict):
            needed = set(lowered.merged(lowered.schema).get("required", ())) - shown.keys()
            shown |= {name: made[name] for name in needed if name in made}
            yield shown
        yield {name: part for name, part in shown.items() if name in known}


def _shown(schema: Node, value: Any) -> Any:
    """The value without the members, at any depth, that only requests have."""
    if isinstance(value, list):
        found = schema.followed()
        items = found.get("items") if isinstance(found.value, dict) else None
        return value if items is None else [_shown(items, each) for each in value]
    if not isinstance(value, dict):
        return value
    known = members(schema)
    return {
        name: _shown(known[name], part) if name in known else part
        for name, part in value.items()
        if name not in known or not is_marked(known[name], "writeOnly")
    }


def is_marked(schema: Node, keyword: str) -> bool:
    """Whether a schema is `readOnly` or `writeOnly`, itself or where it refers to."""
    found = schema.followed().value
    return any(
        isinstance(each, dict) and each.get(keyword) is True for each in (schema.value, found)
    )


def is_time_of_change(name: str) -> bool:
    return _CHANGES.fullmatch(comparable(name)) is not None


def now(schema: Node) -> Any:
    """The time, as the format of a schema writes it; None if it has no such format."""
    found = schema.followed().value
    form = found.get("format") if isinstance(found, dict) else None
    time = datetime.datetime.now(datetime.UTC)
    if form == "date-time":
        return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return time.date().isoformat() if form == "date" else None


def at(value: Any, pointer: str) -> Any:
    """The value at a JSON Pointer; None if there is none."""
    for step in map(unescaped, pointer.split("/")[1:]):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def placed(value: Any, pointer: str, part: Any) -> Any:
    """A copy with another value at a JSON Pointer; objects on the way are added."""
    if not pointer:
        return part
    step, slash, rest = pointer[1:].partition("/")
    below = dict(value) if isinstance(value, dict) else {}
    below[unescaped(step)] = placed(below.get(unescaped(step)), slash + rest, part)
    return below


def without(value: Any, pointer: str) -> Any:
    """A copy without the member at a JSON Pointer."""
    step, slash, rest = pointer[1:].partition("/")
    name = unescaped(step)
    if not isinstance(value, dict) or name not in value:
        return value
    if slash:
        return {**value, name: without(value[name], slash + rest)}
    return {key: part for key, part in value.items() if key != name}


def pointers(schema: Node, depth: int = 2, prefix: str = "") -> Iterator[tuple[str, str, Node]]:
    """The members of a schema and of objects in it: JSON Pointer, name and schema."""
    for name, part in members(schema).items():
        pointer = f"{prefix}/{escaped(name)}"
        yield pointer, name, part
        if depth > 1:
            yield from pointers(part, depth - 1, pointer)
