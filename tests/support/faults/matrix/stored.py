"""What the calls answer when another program has left a malformed item in the table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any
from uuid import UUID

from items.failures import MalformedItem
from items.records import Content, Item
from support.faults.items_events import event
from support.faults.malformed_items import MALFORMED, malformed
from support.faults.matrix.calls import NAME, Table
from support.faults.matrix.function import Function, Served
from support.faults.matrix.outcomes import STORED, Cell, Outcome

_SECONDS = 6.0
_Contents = Mapping[str, Mapping[str, Any]]


def cells() -> list[Cell]:
    return [Cell(kind, call, STORED) for kind in MALFORMED for call in _CALLS]


def run(function: Function, endpoint_url: str, table: Table, seed: int, cell: Cell) -> Outcome:
    """Serves one call of a table that has a malformed item and a good one."""
    random = Random(f"{seed} {cell}")
    bad, good = (str(UUID(int=random.getrandbits(128), version=4)) for _ in range(2))
    before = malformed(cell.fault, bad)
    other = Item.new(good, Content("other"), None)
    table.put(before, other.as_attributes())
    method, body = _CALLS[cell.call]
    sent = event(method, None if cell.call == "list" else bad, body=body)
    with function.connected(endpoint_url, table.name):
        served = function.call(sent, _SECONDS)
    after = table.contents()
    table.clear(after)
    found = [*_of_each(served)]
    if after.get(good) != other.as_attributes():
        found.append("the other item is lost or changed")
    found += _JUDGES[cell.call](served, bad, before, after)
    if cell.call == "list" and served.json != {"items": [other.as_json()]}:
        found.append("the list is not that of the good item")
    return Outcome(cell, served.status, served.seconds, tuple(found))


_CALLS: Mapping[str, tuple[str, Any]] = {
    "list": ("GET", None),
    "get": ("GET", None),
    "update": ("PUT", {"name": NAME}),
    "delete": ("DELETE", None),
}


def _of_each(served: Served) -> Iterator[str]:
    if served.error is not None:
        yield served.error
    yield from served.invalid
    lines = [each for each in served.lines if each.get("message") == "request served"]
    if [each["status"] for each in lines] != [served.status]:
        yield f"{len(lines)} lines of the request"
    if served.seconds > _SECONDS:
        yield f"{served.seconds:.1f} s"
    if NAME in f"{served.lines}":
        yield "the log has a value of the request"


def _listed(served: Served, id: str, before: Any, after: _Contents) -> Iterator[str]:
    if served.status != 200:
        yield f"{served.status} in place of 200"
    if [each.get("key") for each in served.lines if each["level"] == "ERROR"] != [id]:
        yield "the log does not name the item"
    yield from _counted(served, id, before, after)


def _read(served: Served, id: str, before: Any, after: _Contents) -> Iterator[str]:
    if served.status != 500 or id in served.json.get("detail", ""):
        yield f"{served.status} in place of 500 without details"
    if not any(repr(id) in each.get("exception", "") for each in served.lines):
        yield "the log does not name the item"
    yield from _counted(served, id, before, after)


def _counted(served: Served, id: str, before: Any, after: _Contents) -> Iterator[str]:
    """A read counts the item and leaves it."""
    if after.get(id) != before:
        yield "the item is changed"
    counts = [json.loads(line).get("MalformedItems") for line in served.output.splitlines()]
    if counts != [[1]] and counts != [[1.0]]:
        yield "the metric does not count the item"


def _replaced(served: Served, id: str, before: Any, after: _Contents) -> Iterator[str]:
    if served.status != 200:
        yield f"{served.status} in place of 200"
        return
    try:
        item = Item.from_attributes(after[id])
    except MalformedItem as error:
        yield f"the item is not repaired: {error}"
        return
    if item.content != Content(NAME) or item.as_json() != served.json:
        yield "the answer is not the item"
    if served.headers["ETag"] != f'"{item.version}"':
        yield "the ETag is not the item's"


def _deleted(served: Served, id: str, before: Any, after: _Contents) -> Iterator[str]:
    if served.status != 204 or id in after:
        yield f"{served.status}, and the item is {'there' if id in after else 'gone'}"


_JUDGES: Mapping[str, Callable[[Served, str, Any, _Contents], Iterator[str]]] = {
    "list": _listed,
    "get": _read,
    "update": _replaced,
    "delete": _deleted,
}
