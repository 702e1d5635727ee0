"""Operators: kinds of errors, each with the changes that make it in a service.

Where an operator applies follows only from the contract, never from the service.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mutants.services import Answer, Event, Handler, State, Wrap
from openapi_first.core.media_types import is_json, media_type_of
from openapi_first.documents.node import Node
from openapi_first.openapi.model import Contract, Operation, Response

Document = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One change. `wrap` changes the handler, `contract` the document that function and gateway are
    made from, `gateway` the import document; each of the latter two changes its argument."""

    where: str
    wrap: Wrap | None = None
    contract: Callable[[Document], None] | None = None
    gateway: Callable[[Document], None] | None = None


Changes = Callable[[Contract], Iterator[Change]]


@dataclass(frozen=True)
class Operator:
    """`fault` is what is wrong with a service that is changed so."""

    name: str
    fault: str
    changes: Changes


def is_of(event: Event, operation: Operation) -> bool:
    return (event["httpMethod"], event["resource"]) == (operation.method, operation.path)


def answering(
    operation: Operation, edit: Callable[[Answer, Event], bool], *, success: bool = True
) -> Wrap:
    """Changes the successful answers of an operation, or the others. `edit` changes the answer in
    place, and says whether it has."""

    def wrap(handler: Handler, state: State) -> Handler:
        def handle(event: Event) -> Answer:
            answer = handler(event)
            if is_of(event, operation) and (answer["statusCode"] < 400) is success:
                changed = copy.deepcopy(answer)
                if edit(changed, event):
                    state.changed += 1
                    return changed
            return answer

        return handle

    return wrap


def asking(operation: Operation, edit: Callable[[Event], object]) -> Wrap:
    """Changes the events of an operation before its function sees them, unless they are invalid as
    they are."""

    def wrap(handler: Handler, state: State) -> Handler:
        def handle(event: Event) -> Answer:
            changed = copy.deepcopy(event)
            if is_of(event, operation):
                edit(changed)
            if changed == event:
                return handler(event)
            kept = state.copy()
            answer = handler(event)
            if answer["statusCode"] == 400:
                return answer
            state.restore(kept)
            state.changed += 1
            return handler(changed)

        return handle

    return wrap


def header(answer: Answer, name: str) -> str | None:
    for key, values in (answer.get("multiValueHeaders") or {}).items():
        if key.lower() == name.lower() and values:
            return str(values[-1])
    return None


def set_header(answer: Answer, name: str, value: str | None) -> bool:
    """Whether the answer had it."""
    headers = answer.get("multiValueHeaders") or {}
    known = next((key for key in headers if key.lower() == name.lower()), None)
    if known is not None:
        del headers[known]
    if value is not None:
        headers[name] = [value]
    answer["multiValueHeaders"] = headers
    return known is not None


def has_json(answer: Answer) -> bool:
    return bool(answer.get("body")) and is_json(media_type_of(header(answer, "Content-Type") or ""))


def json_of(message: Answer | Event) -> Any:
    """The JSON body of an event or an answer, None without one."""
    try:
        return json.loads(message.get("body") or "null")
    except ValueError:
        return None


def set_json(message: Answer | Event, value: Any) -> bool:
    message["body"] = json.dumps(value)
    return True


def drop_header(event: Event, name: str) -> None:
    for key in ("headers", "multiValueHeaders"):
        event[key] = {k: v for k, v in (event[key] or {}).items() if k.lower() != name.lower()}


def drop_query(event: Event, name: str) -> None:
    """Also of an object that is spread over `name[…]`."""
    for key in ("queryStringParameters", "multiValueQueryStringParameters"):
        event[key] = {
            k: v for k, v in (event[key] or {}).items() if k != name and k.split("[")[0] != name
        } or None


def successes(operation: Operation) -> list[Response]:
    """The responses that a success may have: those declared as 2xx, else `default`."""
    found = [each for each in operation.responses if each.status[0] == "2"]
    return found or [each for each in operation.responses if each.status == "default"]


def failures(operation: Operation) -> list[Response]:
    return [each for each in operation.responses if each.status[0] in "45d"]


def json_schema(response: Response) -> Node | None:
    """The schema of the JSON body, if the response declares one; of several, the first."""
    for entry in response.content:
        if is_json(media_type_of(entry.name)) and entry.schema is not None:
            return entry.schema
    return None


def success_schema(operation: Operation) -> Node | None:
    schemas = (json_schema(each) for each in successes(operation))
    return next((each for each in schemas if each is not None), None)


def operation_at(contract: Contract, path: str, method: str) -> Operation | None:
    found = (each for each in contract.operations if (each.path, each.method) == (path, method))
    return next(found, None)


def created_path(contract: Contract, create: Operation) -> str | None:
    """The path below that of a POST with one more variable, which is what it creates."""
    for operation in contract.operations:
        rest = operation.path.removeprefix(create.path)
        if rest.startswith("/{") and rest.count("/") == 1 and operation.method == "GET":
            return operation.path
    return None


def is_readable(contract: Contract, operation: Operation) -> bool:
    """Whether a read shows what the operation has written."""
    if operation.method == "POST":
        return created_path(contract, operation) is not None
    return operation_at(contract, operation.path, "GET") is not None
