"""What the sample service should answer and store: a dictionary, and no table.

A state has the items by the key they are stored at. Each function takes the state before a request
and returns what the request should lead to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from support.faults.malformed_items import MALFORMED

UNKNOWN = {"S": "made by the service"}
"""An attribute whose value only the service can know."""
NEW = "the key of a new item"
_VERSION = re.compile(r"[0-9a-f]{32}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_HASH = re.compile(r"[0-9a-f]{64}")
_SHAPES = {
    "id": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "version": _VERSION,
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
    "request_hash": _HASH,
    "write_hash": _HASH,
}


@dataclass(frozen=True)
class Content:
    name: str
    description: str | None

    def as_json(self) -> dict[str, str]:
        given = {"name": self.name, "description": self.description}
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True)
class Keyed:
    """A write with an Idempotency-Key."""

    caller: str
    key: str
    content: Content


@dataclass(frozen=True)
class Stored:
    """An item: its attributes, the writes with a key that made it, and what is malformed in it."""

    attributes: Mapping[str, Any]
    created_by: Keyed | None = None
    written_by: Keyed | None = None
    bad: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, str]:
        names = ("id", "name", "description", "created_at", "updated_at")
        return {name: self.attributes[name]["S"] for name in names if name in self.attributes}

    @property
    def version(self) -> str | None:
        """None if it is malformed: no entity tag matches it."""
        return None if "version" in self.bad else str(self.attributes["version"]["S"])


State = Mapping[str, Stored]


@dataclass(frozen=True)
class Expected:
    """A status, the key of the item in the body, and the states of the table: before the request,
    between its writes, and after it."""

    status: int
    states: tuple[State, ...]
    key: str | None = None


@dataclass(frozen=True)
class Precondition:
    """A header of entity tags as it is sent, with its meaning."""

    text: str
    any: bool
    strong: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()

    def allows_write(self, item: Stored) -> bool:
        return self.any or item.version in self.strong

    def is_unchanged(self, item: Stored) -> bool:
        return self.any or item.version in self.strong | self.weak


def planted(kind: str | None, attributes: Mapping[str, Any], key: str) -> Stored:
    """An item that another program wrote."""
    bad = set(MALFORMED[kind]) if kind is not None else set()
    if key != key.lower() or _SHAPES["id"].fullmatch(key) is None:
        bad.add("id")
    return Stored(attributes, bad=frozenset(bad))


def create(state: State, content: Content, keyed: Keyed | None, key: str = NEW) -> Expected:
    """`key` is where earlier creates with this Idempotency-Key have put their item."""
    existing = state.get(key)
    if existing is None:
        attributes = {
            **_strings(content.as_json()),
            **dict.fromkeys(("id", "version", "created_at", "updated_at"), UNKNOWN),
            **({"request_hash": UNKNOWN} if keyed else {}),
        }
        if key != NEW:
            attributes["id"] = {"S": key}
        return Expected(201, (state, {**state, key: Stored(attributes, keyed)}), key)
    if existing.bad:
        return Expected(500, (state,))
    if existing.created_by == keyed:
        return Expected(201, (state,), key)
    return Expected(409, (state,))


def get(state: State, id: str, condition: Precondition | None) -> Expected:
    for key, item in _found(state, id):
        if item.bad:
            return Expected(500, (state,))
        unchanged = condition is not None and condition.is_unchanged(item)
        return Expected(304 if unchanged else 200, (state,), key)
    return Expected(404, (state,))


def put(
    state: State, id: str, content: Content, keyed: Keyed | None, condition: Precondition | None
) -> Expected:
    for key, item in _found(state, id):
        if condition is None or condition.allows_write(item):
            kept = {
                name: value
                for name, value in item.attributes.items()
                if name not in ("description", "write_hash")
            }
            attributes = {
                **kept,
                **_strings(content.as_json()),
                **dict.fromkeys(("version", "updated_at"), UNKNOWN),
                **({"write_hash": UNKNOWN} if keyed else {}),
            }
            bad = item.bad & {"created_at", "id"}
            written = Stored(attributes, item.created_by, keyed, bad)
            states: tuple[State, ...] = (state, {**state, key: written})
        elif keyed is not None and item.written_by == keyed:
            written, states = item, (state,)
        else:
            return Expected(412, (state,))
        if written.bad:
            return Expected(200, (*states, *_repaired(states[-1], key)), key.lower())
        return Expected(200, states, key)
    return Expected(404, (state,))


def _repaired(state: State, key: str) -> Iterator[State]:
    item = state[key]
    attributes = {**item.attributes, "id": {"S": key.lower()}}
    if "created_at" in item.bad:
        attributes["created_at"] = attributes["updated_at"]
    good = replace(item, attributes=attributes, bad=frozenset())
    yield {**state, key.lower(): good}
    if key != key.lower():
        yield {name: each for name, each in {**state, key.lower(): good}.items() if name != key}


def delete(state: State, id: str, condition: Precondition | None) -> Expected:
    """The condition is on the item that the client can read; what is behind it goes with it."""
    states = [state]
    for key, item in _found(state, id):
        if len(states) == 1 and condition is not None and not condition.allows_write(item):
            return Expected(412, (state,))
        states.append({name: each for name, each in states[-1].items() if name != key})
    return Expected(204, tuple(states))


def learned(state: State, table: Mapping[str, Mapping[str, Any]]) -> State | None:
    """The state with what only the service could know, from the table; None if they differ."""
    found = dict(state)
    if NEW in found:
        others = set(table) - set(found)
        if len(others) != 1:
            return None
        found[others.pop()] = found.pop(NEW)
    if found.keys() != table.keys():
        return None
    for key, item in found.items():
        attributes = table[key]
        if item.attributes == attributes:
            continue
        if item.attributes.keys() != attributes.keys() or not all(
            _can_be(name, value, attributes[name]) for name, value in item.attributes.items()
        ):
            return None
        found[key] = replace(item, attributes=attributes)
    return found


def _can_be(name: str, expected: Any, value: Any) -> bool:
    if expected != UNKNOWN:
        return bool(expected == value)
    return value.keys() == {"S"} and _SHAPES[name].fullmatch(value["S"]) is not None


def _found(state: State, id: str) -> Iterator[tuple[str, Stored]]:
    """What is stored for an id: at its canonical form, and as it was sent."""
    for key in dict.fromkeys((id.lower(), id)):
        if key in state:
            yield key, state[key]


def _strings(values: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"S": value} for name, value in values.items()}
