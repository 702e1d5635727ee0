"""Operators on conditional requests, entity tags and idempotency keys."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable, Iterator

from mutants.operators.changes import (
    Answer,
    Change,
    Changes,
    Event,
    Operator,
    answering,
    asking,
    drop_header,
    is_of,
    is_readable,
    operation_at,
    set_header,
)
from mutants.services import Handler, State
from openapi_first.openapi.model import Contract, Operation


def _ignored_header(name: str) -> Changes:
    def changes(contract: Contract) -> Iterator[Change]:
        for operation in contract.operations:
            if any(each.name == name for each in operation.parameters):
                yield Change(
                    operation.id, asking(operation, lambda event: drop_header(event, name))
                )

    return changes


def _refused_and_written(contract: Contract) -> Iterator[Change]:
    """A write that If-Match refuses is done all the same."""
    for operation in contract.operations:
        taken = any(each.name == "If-Match" for each in operation.parameters)
        if not taken or not is_readable(contract, operation):
            continue

        def wrap(handler: Handler, state: State, operation: Operation = operation) -> Handler:
            def handle(event: Event) -> Answer:
                answer = handler(event)
                if is_of(event, operation) and answer["statusCode"] == 412:
                    again = copy.deepcopy(event)
                    drop_header(again, "If-Match")
                    handler(again)
                    state.changed += 1
                return answer

            return handle

        yield Change(operation.id, wrap)


def _tags(make: Callable[[], str], *, needs_change: bool) -> Changes:
    def changes(contract: Contract) -> Iterator[Change]:
        for operation in contract.operations:
            tagged = any(each.name == "ETag" for one in operation.responses for each in one.headers)
            asks = any(each.name == "If-None-Match" for each in operation.parameters)
            is_changed = any(
                operation_at(contract, operation.path, method) is not None
                for method in ("PUT", "PATCH")
            )
            if operation.method == "GET" and tagged and (is_changed if needs_change else asks):

                def edit(answer: Answer, _: Event) -> bool:
                    return set_header(answer, "ETag", make())

                yield Change(operation.id, answering(operation, edit))

    return changes


def _always_unchanged(contract: Contract) -> Iterator[Change]:
    for operation in contract.operations:
        if any(each.name == "If-None-Match" for each in operation.parameters):

            def edit(event: Event) -> None:
                for key in ("headers", "multiValueHeaders"):
                    for name in event[key] or {}:
                        if name.lower() == "if-none-match":
                            event[key][name] = "*" if key == "headers" else ["*"]

            yield Change(operation.id, asking(operation, edit))


def _fresh_tag() -> str:
    return f'"{uuid.uuid4().hex}"'


_STALE = _tags(lambda: '"constant"', needs_change=True)
_FRESH = _tags(_fresh_tag, needs_change=False)
_KEY = "Idempotency-Key"
OPERATORS = tuple(
    Operator(name, fault, changes)
    for name, fault, changes in (
        ("if-match-ignored", "If-Match is ignored", _ignored_header("If-Match")),
        ("if-none-match-ignored", "If-None-Match is ignored", _ignored_header("If-None-Match")),
        ("idempotency-key-ignored", "the same key creates twice", _ignored_header(_KEY)),
        ("refused-and-written", "a write that is answered 412 is done", _refused_and_written),
        ("etag-stale", "a change does not change the ETag", _STALE),
        ("etag-unstable", "each read has another ETag", _FRESH),
        ("always-304", "any If-None-Match is answered 304", _always_unchanged),
    )
)
