"""Operators on what a service does: writes, conditions, ids, lists."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from mutants.operators.changes import (
    Answer,
    Change,
    Changes,
    Event,
    Operator,
    answering,
    created_path,
    header,
    is_of,
    is_readable,
    operation_at,
    set_header,
)
from mutants.services import Handler, State, Wrap
from openapi_first.openapi.model import Contract, Operation


def _of_writes(make: Callable[[Operation], Wrap], *methods: str) -> Changes:
    def changes(contract: Contract) -> Iterator[Change]:
        for operation in contract.operations:
            if operation.method in methods and is_readable(contract, operation):
                yield Change(operation.id, make(operation))

    return changes


def _not_stored(operation: Operation) -> Wrap:
    def wrap(handler: Handler, state: State) -> Handler:
        def handle(event: Event) -> Answer:
            kept = state.copy() if is_of(event, operation) else None
            answer = handler(event)
            if kept is not None and answer["statusCode"] < 400:
                state.restore(kept)
                state.changed += 1
            return answer

        return handle

    return wrap


def _remembered(operation: Operation) -> Wrap:
    """Answers what does not exist like the last thing that did."""

    def wrap(handler: Handler, state: State) -> Handler:
        last: list[Answer] = []

        def handle(event: Event) -> Answer:
            answer = handler(event)
            if not is_of(event, operation):
                return answer
            if answer["statusCode"] == 200:
                last[:] = [copy.deepcopy(answer)]
            elif answer["statusCode"] == 404 and last:
                state.changed += 1
                return copy.deepcopy(last[0])
            return answer

        return handle

    return wrap


def _missing(contract: Contract) -> Iterator[Change]:
    """Where a path can be known to have nothing: it had, or its variable is a UUID."""
    created = {
        created_path(contract, each) for each in contract.operations if each.method == "POST"
    }
    for operation in contract.operations:
        if operation.method in ("GET", "PUT", "PATCH") and operation.path in created:
            uuids = [
                each.schema.followed().value.get("format") == "uuid"
                for each in operation.parameters
                if each.location == "path"
            ]
            if all(uuids) or operation_at(contract, operation.path, "DELETE") is not None:
                yield Change(operation.id, _remembered(operation))


def _created_once(operation: Operation) -> Wrap:
    """Every creation answers with what the first one has created."""

    def wrap(handler: Handler, state: State) -> Handler:
        first: list[Answer] = []

        def handle(event: Event) -> Answer:
            if is_of(event, operation) and first:
                state.changed += 1
                return copy.deepcopy(first[0])
            answer = handler(event)
            if is_of(event, operation) and answer["statusCode"] < 300:
                first.append(copy.deepcopy(answer))
            return answer

        return handle

    return wrap


def _replaced(contract: Contract) -> Iterator[Change]:
    """What PUT creates is answered like what it replaces."""
    for operation in contract.operations:
        statuses = {each.status for each in operation.responses}
        if operation.method == "PUT" and {"200", "201"} <= statuses:
            yield Change(operation.id, answering(operation, _without_201))


def _without_201(answer: Answer, _: Event) -> bool:
    created = answer["statusCode"] == 201
    answer["statusCode"] = 200
    return created


def _one_behind(operation: Operation, read: Operation) -> Wrap:
    """Reads show the state before the last write."""

    def wrap(handler: Handler, state: State) -> Handler:
        before: list[dict[str, Any]] = []

        def handle(event: Event) -> Answer:
            kept = state.copy()
            if not (is_of(event, read) and before):
                answer = handler(event)
                if is_of(event, operation) and answer["statusCode"] < 400:
                    before[:] = [kept]
                return answer
            state.restore(before[0])
            answer = handler(event)
            state.restore(kept)
            state.changed += 1
            return answer

        return handle

    return wrap


def _read_late(contract: Contract) -> Iterator[Change]:
    for operation in contract.operations:
        read = operation_at(contract, operation.path, "GET")
        if operation.method in ("PUT", "PATCH") and read is not None:
            yield Change(operation.id, _one_behind(operation, read))


def _location(contract: Contract) -> Iterator[Change]:
    for operation in contract.operations:
        path = created_path(contract, operation)
        names = {header.name for response in operation.responses for header in response.headers}
        if operation.method == "POST" and path is not None and "Location" in names:
            yield Change(operation.id, answering(operation, _led_elsewhere))


def _led_elsewhere(answer: Answer, _: Event) -> bool:
    location = header(answer, "Location") or ""
    return set_header(answer, "Location", f"{location.rpartition('/')[0]}/{uuid.uuid4()}")


_CREATED_ONCE = _of_writes(_created_once, "POST")
_CHANGED = _of_writes(_not_stored, "PUT", "PATCH")
OPERATORS = tuple(
    Operator(name, fault, changes)
    for name, fault, changes in (
        ("post-not-stored", "POST creates nothing", _of_writes(_not_stored, "POST")),
        ("change-not-stored", "PUT or PATCH stores nothing", _CHANGED),
        ("delete-not-done", "DELETE removes nothing", _of_writes(_not_stored, "DELETE")),
        ("created-once", "every POST answers with what the first has created", _CREATED_ONCE),
        ("missing-remembered", "what does not exist is answered like the last that did", _missing),
        ("put-without-201", "a PUT that creates answers 200", _replaced),
        ("read-late", "a read shows what was there before the last PUT or PATCH", _read_late),
        ("location-elsewhere", "Location leads to nothing", _location),
    )
)
