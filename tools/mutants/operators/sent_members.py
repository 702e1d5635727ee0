"""Operators on what becomes of the members that a client has sent."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from mutants.operators.changes import (
    Answer,
    Change,
    Event,
    Operator,
    answering,
    asking,
    created_path,
    has_json,
    is_of,
    json_of,
    operation_at,
    set_json,
    success_schema,
)
from mutants.operators.schema_parts import Part, edited, parts
from mutants.services import Handler, State
from openapi_first.openapi.model import Contract, Operation

_OTHER_ID = "5f0c6a0e-6d6f-4d9c-9d54-3f1f4ce9c1a7"


def _request_parts(operation: Operation) -> list[Part]:
    """The members of a JSON body, also of one of its objects."""
    for entry in operation.body.content if operation.body is not None else ():
        if entry.schema is not None and "json" in entry.name:
            return [each for each in parts(entry.schema) if each.path and "*" not in each.path]
    return []


def _shown(contract: Contract, operation: Operation) -> dict[tuple[str, ...], Part]:
    """The members that a read shows of what the operation writes."""
    path = created_path(contract, operation) if operation.method == "POST" else operation.path
    read = operation_at(contract, path, "GET") if path is not None else None
    schema = success_schema(read) if read is not None else None
    return {each.path: each for each in parts(schema)} if schema is not None else {}


def _forgotten(contract: Contract) -> Iterator[Change]:
    for operation in contract.operations:
        shown = _shown(contract, operation)
        for part in _request_parts(operation):
            if part.required or part.path not in shown:
                continue

            def edit(event: Event, part: Part = part) -> None:
                body = json_of(event)
                remove = lambda container, key: container.pop(key, 0) is not None  # noqa: E731
                if edited(body, part.path, remove):
                    set_json(event, body)

            yield Change(f"{operation.id} {part}", asking(operation, edit))


def _altered(contract: Contract) -> Iterator[Change]:
    """What the client has sent comes back as another value that the schema allows."""
    for operation in contract.operations:
        sent = {each.path: each for each in _request_parts(operation)}
        schema = success_schema(operation)
        for part in parts(schema) if schema is not None and sent else ():
            named = part.schema.value.keys() & {"pattern", "format", "enum", "const"}
            if part.path in sent and part.types - {"null", "object"} and not named:

                def edit(answer: Answer, _: Event, part: Part = part) -> bool:
                    value = json_of(answer) if has_json(answer) else None
                    other = partial(_other_value, part)
                    return edited(value, part.path, other) and set_json(answer, value)

                yield Change(f"{operation.id} {part}", answering(operation, edit))


def _other_value(part: Part, container: Any, key: Any) -> bool:
    """Whether there is another value that the schema allows."""
    old = container[key]
    if isinstance(old, bool):
        container[key] = not old
    elif isinstance(old, int | float):
        step = part.get("multipleOf") or 1
        container[key] = old + (step if old + step < part.get("maximum") else -step)
    elif isinstance(old, str) and old:
        container[key] = old[:-1] + ("a" if old[-1] != "a" else "b")
    elif isinstance(old, list) and old:
        container[key] = old[:-1]
    else:
        return False
    return True


def _renamed(contract: Contract) -> Iterator[Change]:
    """The id of what is read or changed is another one in the answer."""
    for operation in contract.operations:
        if operation.method not in ("GET", "PUT", "PATCH") or not operation.path.endswith("}"):
            continue
        schema = success_schema(operation)
        for part in parts(schema) if schema is not None else ():
            if part.path and part.required and part.get("format") == "uuid":

                def edit(answer: Answer, _: Event, part: Part = part) -> bool:
                    def other(container: Any, key: Any) -> bool:
                        container[key] = _OTHER_ID
                        return True

                    value = json_of(answer) if has_json(answer) else None
                    return edited(value, part.path, other) and set_json(answer, value)

                yield Change(f"{operation.id} {part}", answering(operation, edit))


def _merge(contract: Contract) -> Iterator[tuple[Operation, Part]]:
    """The members that a merge patch can remove."""
    for operation in contract.operations:
        shown = _shown(contract, operation)
        for part in _request_parts(operation) if operation.method == "PATCH" else ():
            known = shown.get(part.path)
            if known is not None and part.nullable and not known.required and not known.nullable:
                yield operation, part


def _replaced(contract: Contract) -> Iterator[Change]:
    for operation, part in _merge(contract):

        def edit(event: Event, part: Part = part) -> None:
            body = json_of(event)
            if isinstance(body, dict) and len(part.path) == 1:
                set_json(event, {part.path[0]: None, **body})

        if len(part.path) == 1:
            yield Change(f"{operation.id} {part}", asking(operation, edit))


def _null_kept(contract: Contract) -> Iterator[Change]:
    for operation, part in _merge(contract):

        def wrap(
            handler: Handler, state: State, operation: Operation = operation, part: Part = part
        ) -> Handler:
            nulled: set[str] = set()

            def handle(event: Event) -> Answer:
                answer, body = handler(event), json_of(event)
                if event["resource"] != operation.path or answer["statusCode"] != 200:
                    return answer
                if is_of(event, operation) and isinstance(body, dict) and len(part.path) == 1:
                    value = body.get(part.path[0], ...)
                    (nulled.add if value is None else nulled.discard)(event["path"])
                if event["path"] in nulled:
                    state.changed += 1
                    set_json(answer, {**json_of(answer), part.path[0]: None})
                return answer

            return handle

        if len(part.path) == 1:
            yield Change(f"{operation.id} {part}", wrap)


OPERATORS = tuple(
    Operator(name, fault, changes)
    for name, fault, changes in (
        ("member-not-stored", "a member that was sent is not stored", _forgotten),
        ("member-altered", "a member comes back with another value", _altered),
        ("id-altered", "an answer has the id of something else", _renamed),
        ("patch-replaces", "a merge patch removes a member that it does not name", _replaced),
        ("null-stored", "null in a merge patch is stored", _null_kept),
    )
)
