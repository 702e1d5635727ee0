"""Pairs of contracts whose relation is known by construction.

A pair consists of one to four changes, each at a separate place. If one of them breaks clients,
the pair does.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from relations import contracts, equal_schemas, messages, schemas, wider_schemas
from relations.contracts import Document

EQUAL, WIDER, NARROWER = "equal", "wider", "narrower"


@dataclass(frozen=True)
class Pair:
    """`relation` is EQUAL or WIDER, for pairs that break no client, or NARROWER; `changes` names
    each change with its place."""

    seed: int
    old: Document
    new: Document
    relation: str
    changes: tuple[str, ...]


def pair(seed: int) -> Pair:
    """The pair of a seed."""
    rng = random.Random(seed)
    version = rng.choice(["3.0", "3.0", "3.1"])
    old = contracts.contract(rng, version)
    new = copy.deepcopy(old)
    relation, made = EQUAL, []
    slots = [
        (index, kind)
        for index in range(3)
        for kind in rng.choice([("message",), ("request", "response")])
    ]
    rng.shuffle(slots)
    for index, kind in slots[: rng.choice([1, 1, 2, 3, 4])]:
        wanted = rng.choice([EQUAL, EQUAL, WIDER, NARROWER])
        operations = [list(side["paths"].values())[index]["post"] for side in (old, new)]
        name = (
            _message(rng, (old, new), operations, wanted)
            if kind == "message"
            else _schema(rng, new, operations, kind, wanted, version)
        )
        if name is None:
            continue
        made.append(f"{wanted} {name}")
        if relation != NARROWER and wanted != EQUAL:
            relation = wanted
    if version == "3.0" and rng.random() < 0.15:
        new = as_3_1(new)
        made.append("equal: 3.0 is rewritten as 3.1")
    return Pair(seed, old, new, relation, tuple(made))


def pairs(count: int, seed: int) -> Iterator[Pair]:
    """`count` pairs with at least one change."""
    made = 0
    while made < count:
        found = pair(seed)
        seed += 1
        if found.changes:
            made += 1
            yield found


def _schema(
    rng: random.Random,
    document: Document,
    operations: list[Document],
    kind: str,
    wanted: str,
    version: str,
) -> str | None:
    """Changes a schema of an operation's request or response. Returns the name of the change."""
    request = kind == "request"
    found = list(_schemas(operations[1], request=request))
    chosen = rng.randrange(len(found))
    owner, key, is_text = found[chosen]
    before, before_key, _ = list(_schemas(operations[0], request=request))[chosen]
    places = schemas.places(owner, key)
    index = rng.randrange(len(places))
    at, name = places[index]
    at_old, name_old = schemas.places(before, before_key)[index]
    made = ""
    if wanted != EQUAL:
        # A wider request breaks nobody, and a wider response does.
        wider_is_new = (wanted == WIDER) == request
        target, target_name = (at, name) if wider_is_new else (at_old, name_old)
        made = _applied(rng, wider_schemas.WIDER, target, target_name, version, is_text)
        if not made:
            return None
    for _ in range(rng.choice([1, 1, 2, 3]) if wanted == EQUAL else rng.choice([0, 0, 1, 2])):
        at, name = rng.choice(schemas.places(owner, key))
        made += " " + _applied(rng, equal_schemas.EQUAL, at, name, version, is_text)
        if rng.random() < 0.1 and not is_text:
            _named(document, at, name)
            break
    return f"{made.strip()} in a {kind}" if made.strip() else None


def _applied(
    rng: random.Random,
    listed: tuple[equal_schemas.Change, ...],
    owner: Any,
    key: Any,
    version: str,
    is_text: bool,
) -> str:
    """Makes one of the changes that apply. Returns its name, or nothing if none does."""
    options = [each for each in listed if not (is_text and each in wider_schemas.NOT_OF_TEXTS)]
    rng.shuffle(options)
    for option in options:
        changed = option(rng, copy.deepcopy(owner[key]), version)
        if changed is not None and changed != owner[key]:
            owner[key] = changed
            return option.__name__
    return ""


def _message(
    rng: random.Random, sides: tuple[Document, Document], operations: list[Document], wanted: str
) -> str | None:
    edits: tuple[messages.Edit, ...] = messages.WIDER
    if wanted == EQUAL:
        edits = messages.EQUAL
    elif wanted == WIDER and rng.random() < 0.2:
        edits = messages.HARMLESS
    side = 0 if wanted == NARROWER else 1
    if edits is messages.HARMLESS and rng.random() < 0.5:
        side = 0
    options = list(edits)
    rng.shuffle(options)
    for option in options:
        document, operation = sides[side], operations[side]
        kept = copy.deepcopy((document, operation))
        if option(rng, document, operation):
            return option.__name__
        document["components"] = kept[0]["components"]
        operation.clear()
        operation.update(kept[1])
    return None


def _schemas(operation: Document, *, request: bool) -> Iterator[tuple[Any, Any, bool]]:
    """Owner and key of the schemas, and whether their values are sent as strings."""
    if request:
        for parameter in operation["parameters"]:
            if "schema" in parameter and parameter["name"] != "id":
                yield parameter, "schema", True
        for entry in operation["requestBody"].get("content", {}).values():
            yield entry, "schema", False
            yield entry, "schema", False
    else:
        ok = operation["responses"]["200"]
        for header in ok.get("headers", {}).values():
            yield header, "schema", True
        for entry in ok.get("content", {}).values():
            yield entry, "schema", False
            yield entry, "schema", False


def _named(document: Document, owner: Any, key: Any) -> None:
    """Moves a schema into a component."""
    components = document["components"]["schemas"]
    name = f"Part{len(components)}"
    components[name] = owner[key]
    owner[key] = {"$ref": f"#/components/schemas/{name}"}


def as_3_1(value: Any) -> Any:
    """A document of 3.0 in the words of 3.1."""
    if isinstance(value, list):
        return [as_3_1(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: as_3_1(each) for key, each in value.items()}
    if isinstance(found.get("openapi"), str):
        found["openapi"] = "3.1.0"
    if found.pop("nullable", None) is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    for key in ("minimum", "maximum"):
        exclusive = f"exclusive{key.capitalize()}"
        if found.get(exclusive) is True:
            found[exclusive] = found.pop(key)
    return found
