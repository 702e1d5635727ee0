"""The matrix of faults: what each call must do behind each fault, and what is wrong."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from items.records import Item
from items.versions import is_version
from support.faults.catalogue import CANARY, DAMAGED, FAULTS, REFUSED, SLOW, UNAVAILABLE
from support.faults.items_events import event
from support.faults.matrix import stored
from support.faults.matrix.calls import (
    CALLS,
    KEY,
    NAME,
    REFUSED_CALLS,
    ApiCall,
    Situation,
    Table,
)
from support.faults.matrix.endpoints import ENDPOINTS
from support.faults.matrix.function import Function, Served
from support.faults.matrix.heartbeat import Pulse
from support.faults.matrix.outcomes import ALWAYS, ONCE, STORED, Cell, Outcome
from support.faults.proxy import FaultProxy

ALL_CALLS: Mapping[str, ApiCall] = {**CALLS, **REFUSED_CALLS}
BUDGET_S = 6.0
"""After so long Lambda would end a call of the matrix."""

_DISTURBED_S = 0.5
_TRIES = 3

_DAMAGED, _REFUSED, _SLOW = ({each.name for each in kind} for kind in (DAMAGED, REFUSED, SLOW))
_RETRIED = {each.name for each in (*DAMAGED, *UNAVAILABLE)}

# botocore sends the call again after the latter if it is a write, and never after the former.
_NEVER_SENT_AGAIN = "TransactionConflictException"
_READS_NOT_SENT_AGAIN = "ReplicatedWriteConflictException"

_UNCERTAIN = "an attempt that may have succeeded"
_CAUSES = (
    (_DAMAGED, re.compile(f"answer cannot be believed|sent no whole answer|{_UNCERTAIN}")),
    (_REFUSED, re.compile(CANARY)),
    (_SLOW, re.compile(f"time of the request is over|sent no whole answer|{_UNCERTAIN}")),
    (set(ENDPOINTS), re.compile("could not be reached|sent no whole answer|time of the request")),
    (
        {each.name for each in UNAVAILABLE},
        # An answer that is not JSON, also with a 5xx, is not DynamoDB's.
        re.compile(
            f"{CANARY}|DynamoDB (answered|sent no whole)|answer cannot be believed|{_UNCERTAIN}"
        ),
    ),
)
"""What the log has for a fault that the caller sees, by class."""

_INTERNAL = re.compile(rf"{CANARY}|dynamodb|botocore|traceback|127\.0\.0\.1|\.py\b", re.IGNORECASE)
"""What no answer may have."""


def cells(faults: Collection[str], calls: Collection[str]) -> list[Cell]:
    """Every cell of these faults and calls; where there is no DynamoDB, the fault stays."""
    return [
        Cell(fault, call, mode)
        for fault in faults
        for call in calls
        for mode in ((ALWAYS,) if fault in ENDPOINTS else (ONCE, ALWAYS))
    ]


ALL_FAULTS = (*FAULTS, *ENDPOINTS)


class Bench:
    """Runs cells one after the other, each with a client and items of its own."""

    def __init__(
        self, function: Function, table: Table, proxy: FaultProxy, seed: int, pulse: Pulse
    ) -> None:
        self._function = function
        self._table = table
        self._proxy = proxy
        self._seed = seed
        self._pulse = pulse

    def run(self, cell: Cell, budget_s: float = BUDGET_S) -> Outcome:
        """Serves the call behind the fault, and then another one without it.

        If that is wrong and the machine or DynamoDB made it wait meanwhile, it is done again.
        """
        for _ in range(_TRIES):
            self._pulse.lost_s = self._waited_s = 0.0
            outcome = self._tried(cell, budget_s)
            if not outcome.complaints or max(self._pulse.lost_s, self._waited_s) < _DISTURBED_S:
                break
        return outcome

    def _tried(self, cell: Cell, budget_s: float) -> Outcome:
        if cell.mode == STORED:
            return stored.run(self._function, self._proxy.url, self._table, self._seed, cell)
        # botocore's pauses are random, too.
        random.seed(f"{self._seed} {cell}")
        self._proxy.random.seed(f"{self._seed} {cell}")
        call = ALL_CALLS[cell.call]
        situation = self._table.prepare(self._proxy.random, call)
        served, later = self._served(cell, call, situation, budget_s)
        after = self._table.contents()
        self._table.clear(after)
        found = [*_complaints(cell, call, served, budget_s)]
        found += _of_table(cell, call, situation, served, after)
        found += _of_content(call, situation, served, after)
        if later.status != 200 or later.json != situation.other.as_json():
            found.append(f"the next call is a {later.status}")
        return Outcome(cell, served.status, served.seconds, tuple(found))

    def _served(
        self, cell: Cell, call: ApiCall, situation: Situation, budget_s: float
    ) -> tuple[Served, Served]:
        """The call behind the fault, and the next one without it, of the same client if it can."""
        url, name = self._proxy.url, self._table.name
        first, second = call.event(situation), event("GET", situation.other.id)
        if cell.fault in ENDPOINTS:
            with ENDPOINTS[cell.fault](url) as other, self._function.connected(other, name):
                served = self._function.call(first, budget_s)
            with self._function.connected(url, name):
                return served, self._function.call(second, BUDGET_S)
        at = (call.fails_at,) if call.fails_at else ()
        self._proxy.inject(FAULTS[cell.fault], *at, times=None if cell.mode == ALWAYS else 1)
        with self._function.connected(url, name):
            served = self._function.call(first, budget_s)
            met = [fault for _, fault in self._proxy.seen].count(cell.fault)
            self._waited_s = self._proxy.slowest_s
            self._proxy.heal()
            if not met:
                served = replace(served, error="the call did not meet the fault")
            return served, self._function.call(second, BUDGET_S)


def expected(cell: Cell, call: ApiCall) -> set[int]:
    """The statuses that a cell may have.

    A fault that passes is met by botocore's retry, except a slow one, after which there may be no
    time; a fault that stays is a 503, or a 500 where trying again does not help.
    """
    if cell.fault in _REFUSED:
        return {500}
    if cell.fault in ENDPOINTS:
        return {503}
    if cell.fault in _SLOW:
        return {503} if cell.mode == ALWAYS else {call.status, 503}
    if cell.fault not in _RETRIED:
        return {call.status}
    if call.status == 412 and call.fails_at is None and cell.mode == ONCE:
        # RFC 9110 §13.1.1: 412 says that the change was not made, which the store may not know.
        return {412, 503}
    reads = call.fails_at == "GetItem" or call.reads
    sent_again = cell.fault != _NEVER_SENT_AGAIN and not (
        reads and cell.fault == _READS_NOT_SENT_AGAIN
    )
    return {call.status} if sent_again and cell.mode == ONCE else {503}


def _complaints(cell: Cell, call: ApiCall, served: Served, budget_s: float) -> Iterator[str]:
    """What is wrong with the answer, its time and its lines in the log."""
    if served.error is not None:
        yield served.error
    statuses = expected(cell, call)
    if served.status not in statuses:
        yield f"{served.status} in place of {' or '.join(map(str, sorted(statuses)))}"
    if served.seconds > budget_s:
        yield f"{served.seconds:.1f} s"
    yield from served.invalid
    answer = f"{served.headers} {served.text}"
    if served.status >= 400 and _INTERNAL.search(answer):
        yield "the answer shows the cause"
    if served.status == 503 and not served.headers.get("Retry-After", "").isdigit():
        yield "no Retry-After"
    lines = [each for each in served.lines if each.get("message") == "request served"]
    if [each["status"] for each in lines] != [served.status]:
        yield f"{len(lines)} lines of the request"
    others = [each for each in served.lines if each not in lines]
    if len(others) != (served.status >= 500):
        yield f"{len(others)} other lines"
    if any(each.get("function_request_id") is None for each in served.lines):
        yield "a line without the request's id"
    if served.status >= 500:
        cause = next((pattern for kind, pattern in _CAUSES if cell.fault in kind), None)
        logged = "\n".join(each.get("exception", "") for each in others)
        if cause is not None and not cause.search(logged):
            raised = re.findall(r"^[\w.]+: .*", logged, re.MULTILINE)
            yield f"the log has another cause: {raised[-2:-1]}"
    written = f"{served.lines} {served.output}"
    if KEY in written or NAME in written:
        yield "the log has a value of the request"


def _of_table(
    cell: Cell,
    call: ApiCall,
    before: Situation,
    served: Served,
    after: Mapping[str, Mapping[str, Any]],
) -> Iterator[str]:
    """What is wrong in the table: a write is there once and whole, or not at all."""
    reached = cell.fault in FAULTS and FAULTS[cell.fault].writes
    changes = call.changes if served.status == call.status or reached else "nothing"
    untouched = {each.id: each.as_attributes() for each in (before.item, before.other)}
    if changes in ("replaces", "deletes"):
        del untouched[before.item.id]
    for id, attributes in untouched.items():
        if after.get(id) != attributes:
            yield "an item is lost or changed"
    if changes == "deletes" and before.item.id in after:
        yield "the item is not deleted"
        return
    written = [each for id, each in after.items() if id not in untouched]
    if len(written) != (changes in ("creates", "replaces")):
        yield f"{len(written)} items written"
    for found in written:
        item = Item.from_attributes(found)
        if item.content != call.sent or not is_version(item.version):
            yield "the item is not the one that was sent"
        if changes == "replaces" and (
            (item.id, item.created_at) != (before.item.id, before.item.created_at)
            or item.version == before.item.version
            or ("write_hash" in found) != call.keyed
        ):
            yield "the item is not replaced"


def _of_content(
    call: ApiCall, before: Situation, served: Served, after: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """What is wrong in the content of a success: it is what is in the table."""
    if served.status != call.status or served.status not in (200, 201):
        return
    if call.operation == "listItems":
        ids = before.order[1:] if call.cursor else before.order
        items = [Item.from_attributes(after[id]).as_json() for id in ids]
        if served.json != {"items": items}:
            yield "the list is not the table"
        return
    attributes = after.get(served.json["id"])
    item = None if attributes is None else Item.from_attributes(attributes)
    if item is None or item.as_json() != served.json:
        yield "the answer is not the item"
    elif served.headers["ETag"] != f'"{item.version}"':
        yield "the ETag is not the item's"
