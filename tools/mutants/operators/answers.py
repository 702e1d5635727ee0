"""Operators on answers: status, headers, media type, body."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mutants.operators.changes import (
    Answer,
    Change,
    Event,
    Operator,
    answering,
    failures,
    has_json,
    json_of,
    json_schema,
    set_header,
    set_json,
    success_schema,
    successes,
)
from openapi_first.documents.node import Node
from openapi_first.openapi.model import Contract, Operation

_TRACEBACK = 'Traceback (most recent call last):\n  File "/var/task/app.py", line 7, in handler'


def _status(contract: Contract) -> Iterator[Change]:
    """Not where `default` allows any status with the same body, or with none."""
    for operation in contract.operations:
        statuses = {each.status for each in operation.responses}
        schema = success_schema(operation)
        if "2XX" in statuses or ("default" in statuses and (schema is None or len(statuses) == 1)):
            continue
        if operation.method != "HEAD":
            yield Change(operation.id, answering(operation, _set_status))


def _set_status(answer: Answer, _: Event) -> bool:
    answer["statusCode"] = 203
    return True


def _not_found(contract: Contract) -> Iterator[Change]:
    for operation in contract.operations:
        schema = success_schema(operation)
        declared = {each.status for each in operation.responses}
        if "404" in declared and schema is not None and schema.followed().value.get("required"):

            def edit(answer: Answer, _: Event) -> bool:
                found = answer["statusCode"] == 404
                if found:
                    answer["statusCode"] = 200
                    set_header(answer, "Content-Type", "application/json")
                    set_json(answer, {})
                return found

            yield Change(operation.id, answering(operation, edit, success=False))


def _headers(value: str | None) -> Callable[[Contract], Iterator[Change]]:
    def changes(contract: Contract) -> Iterator[Change]:
        for operation in contract.operations:
            for name in sorted(
                {
                    header.name
                    for response in successes(operation)
                    for header in response.headers
                    if (header.required or value is not None) and _is_narrow(header.schema.value)
                }
            ):

                def edit(answer: Answer, _: Event, name: str = name) -> bool:
                    return answer["statusCode"] < 300 and set_header(answer, name, value)

                yield Change(f"{operation.id} {name}", answering(operation, edit))

    return changes


def _is_narrow(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "integer" or "pattern" in schema or "format" in schema


def _bodies(
    edit: Callable[[Answer, Event], bool],
) -> Callable[[Contract], Iterator[Change]]:
    """A change of each JSON body of a success."""

    def changes(contract: Contract) -> Iterator[Change]:
        for operation in contract.operations:
            if success_schema(operation) is not None and operation.method != "HEAD":
                yield Change(
                    operation.id,
                    answering(
                        operation, lambda answer, event: has_json(answer) and edit(answer, event)
                    ),
                )

    return changes


def _truncated(answer: Answer, _: Event) -> bool:
    answer["body"] = answer["body"][:-1]
    return True


def _as_html(answer: Answer, _: Event) -> bool:
    return set_header(answer, "Content-Type", "text/html")


def _as_text_of_json(answer: Answer, _: Event) -> bool:
    return set_json(answer, answer["body"])


def _no_body(answer: Answer, _: Event) -> bool:
    answer["body"] = ""
    return True


def _everywhere(edit: Callable[[Answer, Event], bool]) -> Callable[[Contract], Iterator[Change]]:
    def changes(contract: Contract) -> Iterator[Change]:
        for operation in contract.operations:
            yield Change(operation.id, answering(operation, edit))

    return changes


def _internal_header(answer: Answer, _: Event) -> bool:
    set_header(answer, "X-Internal-Host", "10.0.0.1")
    return True


def _without_cors(answer: Answer, _: Event) -> bool:
    return set_header(answer, "Access-Control-Allow-Origin", None)


def _errors(
    edit: Callable[[Answer], bool], member: str | None = None
) -> Callable[[Contract], Iterator[Change]]:
    """A change of each error that has a JSON body by the contract, with this member if one is
    named."""

    def changes(contract: Contract) -> Iterator[Change]:
        for operation in contract.operations:
            declared = [json_schema(each) for each in failures(operation)]
            needs = any(
                each is not None and _is_closed_to(each, {}) and _has(each, member)
                for each in declared
            )
            if needs and operation.method != "HEAD" and _can_fail(operation):
                yield Change(
                    operation.id,
                    answering(
                        operation,
                        lambda answer, _: has_json(answer) and edit(answer),
                        success=False,
                    ),
                )

    return changes


def _is_closed_to(schema: Node, value: dict[str, Any]) -> bool:
    node = schema.followed()
    alternatives = node.get("oneOf")
    if alternatives is not None:
        return all(_is_closed_to(each, value) for each in alternatives.elements())
    return node.value.get("type") == "array" or bool(node.value.get("required"))


def _has(schema: Node, member: str | None) -> bool:
    node = schema.followed()
    alternatives = node.get("oneOf")
    if alternatives is not None:
        return any(_has(each, member) for each in alternatives.elements())
    return member is None or member in node.value.get("properties", {})


def _can_fail(operation: Operation) -> bool:
    return bool(operation.parameters or operation.body)


def _other_shape(answer: Answer) -> bool:
    return set_json(answer, {"failed": True})


def _leaking(answer: Answer) -> bool:
    value = json_of(answer)
    name = next((each for each in ("detail", "message") if each in value), None)
    if name is not None:
        value[name] += "\n" + _TRACEBACK
    return name is not None and set_json(answer, value)


def _other_status_member(answer: Answer) -> bool:
    value = json_of(answer)
    return "status" in value and set_json(answer, {**value, "status": 499})


_OTHER_STATUS = _errors(_other_status_member, "status")
OPERATORS = tuple(
    Operator(name, fault, changes)
    for name, fault, changes in (
        ("wrong-status", "a success has a status that is not declared", _status),
        ("404-as-200", "what does not exist is a 200 with an empty object", _not_found),
        ("header-lost", "a required header is missing", _headers(None)),
        ("header-malformed", "a header does not match its schema", _headers("~ no ~")),
        ("json-truncated", "the JSON ends before its end", _bodies(_truncated)),
        ("json-in-json", "the body is a string with JSON in it", _bodies(_as_text_of_json)),
        ("body-lost", "the body is empty", _bodies(_no_body)),
        ("media-type-changed", "JSON comes as text/html", _bodies(_as_html)),
        ("header-added", "answers have an undeclared header", _everywhere(_internal_header)),
        ("cors-lost", "answers lack Access-Control-Allow-Origin", _everywhere(_without_cors)),
        ("error-shape", "errors have another shape than declared", _errors(_other_shape)),
        ("error-leaks", "errors show a traceback", _errors(_leaking)),
        ("error-status-member", "errors name another status", _OTHER_STATUS),
    )
)  # fmt: skip
