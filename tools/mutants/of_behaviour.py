"""Operators on what a service does: writes, conditions, ids, lists."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from mutants.changes import (
    Answer,
    Change,
    Event,
    Operator,
    answering,
    asking,
    drop_header,
    has_json,
    header,
    is_of,
    json_of,
    set_header,
    set_json,
    success_schema,
)
from mutants.schema_parts import Part, edited, parts
from mutants.services import Handler, State, Wrap
from openapi_first.openapi.model import Contract, Operation

_Changes = Callable[[Contract], Iterator[Change]]


def _at(contract: Contract, path: str, method: str) -> Operation | None:
    found = (each for each in contract.operations if (each.path, each.method) == (path, method))
    return next(found, None)


def _created_path(contract: Contract, create: Operation) -> str | None:
    """The path below that of a POST with one more variable, which is what it creates."""
    for operation in contract.operations:
        rest = operation.path.removeprefix(create.path)
        if rest.startswith("/{") and rest.count("/") == 1 and operation.method == "GET":
            return operation.path
    return None


def _is_readable(contract: Contract, operation: Operation) -> bool:
    """Whether a read shows what the operation has written."""
    if operation.method == "POST":
        return _created_path(contract, operation) is not None
    return _at(contract, operation.path, "GET") is not None


def _of_writes(make: Callable[[Operation], Wrap], *methods: str) -> _Changes:
    def changes(contract: Contract) -> Iterator[Change]:
        for operation in contract.operations:
            if operation.method in methods and _is_readable(contract, operation):
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
    created = {_created_path(contract, each) for each in contract.operations if each.method == "POST"}
    for operation in contract.operations:
        if operation.method in ("GET", "PUT", "PATCH") and operation.path in created:
            uuids = [
                each.schema.followed().value.get("format") == "uuid"
                for each in operation.parameters
                if each.location == "path"
            ]
            if all(uuids) or _at(contract, operation.path, "DELETE") is not None:
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


def _location(contract: Contract) -> Iterator[Change]:
    for operation in contract.operations:
        path = _created_path(contract, operation)
        names = {header.name for response in operation.responses for header in response.headers}
        if operation.method == "POST" and path is not None and "Location" in names:

            def edit(answer: Answer, _: Event) -> bool:
                location = header(answer, "Location") or ""
                other = f"{location.rpartition('/')[0]}/{uuid.uuid4()}"
                return set_header(answer, "Location", other)

            yield Change(operation.id, answering(operation, edit))


def _ignored_header(name: str) -> _Changes:
    def changes(contract: Contract) -> Iterator[Change]:
        for operation in contract.operations:
            if any(each.name == name for each in operation.parameters):
                yield Change(operation.id, asking(operation, lambda event: drop_header(event, name)))

    return changes


def _refused_and_written(contract: Contract) -> Iterator[Change]:
    """A write that If-Match refuses is done all the same."""
    for operation in contract.operations:
        taken = any(each.name == "If-Match" for each in operation.parameters)
        if not taken or not _is_readable(contract, operation):
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


def _tags(make: Callable[[], str], *, needs_change: bool) -> _Changes:
    def changes(contract: Contract) -> Iterator[Change]:
        for operation in contract.operations:
            tagged = any(each.name == "ETag" for one in operation.responses for each in one.headers)
            asks = any(each.name == "If-None-Match" for each in operation.parameters)
            is_changed = any(
                _at(contract, operation.path, method) is not None for method in ("PUT", "PATCH")
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


def _request_parts(operation: Operation) -> list[Part]:
    """The members of a JSON body, also of one of its objects."""
    for entry in operation.body.content if operation.body is not None else ():
        if entry.schema is not None and "json" in entry.name:
            return [each for each in parts(entry.schema) if each.path and "*" not in each.path]
    return []


def _shown(contract: Contract, operation: Operation) -> dict[tuple[str, ...], Part]:
    """The members that a read shows of what the operation writes."""
    path = _created_path(contract, operation) if operation.method == "POST" else operation.path
    read = _at(contract, path, "GET") if path is not None else None
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
            if part.path in sent and not part.schema.value.keys() & {"pattern", "format", "enum"}:

                def edit(answer: Answer, _: Event, part: Part = part) -> bool:
                    value = json_of(answer) if has_json(answer) else None
                    return edited(value, part.path, _other_value) and set_json(answer, value)

                yield Change(f"{operation.id} {part}", answering(operation, edit))


def _other_value(container: Any, key: Any) -> bool:
    old = container[key]
    if isinstance(old, bool):
        container[key] = not old
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
                        container[key] = str(uuid.uuid4())
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


def _fresh_tag() -> str:
    return f'"{uuid.uuid4().hex}"'


OPERATORS = (
    Operator("post-not-stored", "POST creates nothing", _of_writes(_not_stored, "POST")),
    Operator("change-not-stored", "PUT or PATCH stores nothing", _of_writes(_not_stored, "PUT", "PATCH")),
    Operator("delete-not-done", "DELETE removes nothing", _of_writes(_not_stored, "DELETE")),
    Operator("created-once", "every POST answers with what the first has created", _of_writes(_created_once, "POST")),
    Operator("missing-remembered", "what does not exist is answered like the last that did", _missing),
    Operator("location-elsewhere", "Location leads to nothing", _location),
    Operator("if-match-ignored", "If-Match is ignored", _ignored_header("If-Match")),
    Operator("if-none-match-ignored", "If-None-Match is ignored", _ignored_header("If-None-Match")),
    Operator("idempotency-key-ignored", "the same Idempotency-Key creates twice", _ignored_header("Idempotency-Key")),
    Operator("refused-and-written", "a write that is answered 412 is done", _refused_and_written),
    Operator("etag-stale", "a change does not change the ETag", _tags(lambda: '"constant"', needs_change=True)),
    Operator("etag-unstable", "each read has another ETag", _tags(_fresh_tag, needs_change=False)),
    Operator("always-304", "any If-None-Match is answered 304", _always_unchanged),
    Operator("member-not-stored", "a member that was sent is not stored", _forgotten),
    Operator("member-altered", "a member comes back with another value", _altered),
    Operator("id-altered", "an answer has the id of something else", _renamed),
    Operator("patch-replaces", "a merge patch removes a member that it does not name", _replaced),
    Operator("null-stored", "null in a merge patch is stored", _null_kept),
)  # fmt: skip
