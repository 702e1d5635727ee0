"""Operators on lists and their pages."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from mutants.operators.changes import (
    Answer,
    Change,
    Event,
    Operator,
    answering,
    asking,
    drop_query,
    has_json,
    is_of,
    json_of,
    set_header,
    set_json,
    success_schema,
)
from mutants.services import Handler, State
from openapi_first.openapi.links import links_of
from openapi_first.openapi.model import Contract, Operation, Parameter

_SIZES = ("limit", "page_size", "per_page", "max_items", "size")
_POSITIONS = ("offset", "page", "cursor", "after", "token")


def _creating(contract: Contract) -> set[str]:
    """The paths of lists of what can be created: by POST, or by PUT below."""
    found = {each.path for each in contract.operations if each.method == "POST"}
    for operation in contract.operations:
        if operation.method == "PUT" and any(e.status == "201" for e in operation.responses):
            found.add(operation.path.rpartition("/")[0])
    return found


def _lists(contract: Contract) -> Iterator[tuple[Operation, str | None]]:
    """Lists of what can be created, or of what a link leads to; the member that has the array, None
    for the body itself."""
    linked = {each.source.id for each in links_of(contract)}
    creating = _creating(contract)
    for operation in contract.operations:
        schema = success_schema(operation)
        if operation.method != "GET" or schema is None:
            continue
        if operation.path not in creating and operation.id not in linked:
            continue
        node = schema.followed()
        alternatives = node.get("oneOf")
        if alternatives is not None:
            node = next(iter(alternatives.elements()))
        if node.value.get("type") == "array":
            yield operation, None
        for name, part in (node.value.get("properties") or {}).items():
            if isinstance(part, dict) and part.get("type") == "array":
                yield operation, name


def _parameter(operation: Operation, names: tuple[str, ...]) -> Parameter | None:
    found = (each for each in operation.parameters if each.location == "query")
    return next((each for each in found if each.name in names), None)


def _leads_on(contract: Contract, operation: Operation) -> bool:
    """Whether the contract says how to get from a page to the next one: by a link, or a position
    that counts. The values of a cursor are in the responses, and only a link says where."""
    linked = any(each.source is each.target is operation for each in links_of(contract))
    return linked or _parameter(operation, ("offset", "page")) is not None


def _asked(operation: Operation, event: Event) -> int | None:
    """How many items a page of the answer has at most; None without pages."""
    size = _parameter(operation, _SIZES)
    if size is None:
        return None
    text = (event["queryStringParameters"] or {}).get(size.name)
    return int(text) if text and text.isdecimal() else size.schema.followed().value.get("default")


def _items(
    edit: Callable[[list[Any], int | None], bool], *, paged: bool = False, created: bool = False
) -> Callable[[Contract], Iterator[Change]]:
    """A change of the items; `edit` gets the size of the page, too. `paged`: only of lists whose
    pages have a size and lead on. `created`: only of what can be created, since other lists may be
    empty."""

    def changes(contract: Contract) -> Iterator[Change]:
        creating = _creating(contract)
        for operation, member in _lists(contract):
            if created and operation.path not in creating:
                continue
            has_pages = _parameter(operation, _SIZES) is not None
            if paged and not (has_pages and _leads_on(contract, operation)):
                continue

            def change(
                answer: Answer,
                event: Event,
                operation: Operation = operation,
                member: str | None = member,
            ) -> bool:
                value = json_of(answer) if has_json(answer) else None
                items = value.get(member) if member is not None and value else value
                if not isinstance(items, list):
                    return False
                return edit(items, _asked(operation, event)) and set_json(answer, value)

            yield Change(operation.id, answering(operation, change))

    return changes


def _last_lost(items: list[Any], size: int | None) -> bool:
    """Of each page that may have a successor."""
    if not items or (size is not None and len(items) < size):
        return False
    items.pop()
    return True


def _last_of_all_lost(items: list[Any], size: int | None) -> bool:
    """Of each page that is the last one."""
    if not items or size is None or len(items) >= size:
        return False
    items.pop()
    return True


def _first_lost(items: list[Any], _: int | None) -> bool:
    return bool(items) and items.pop(0) is not None


def _repeated(items: list[Any], size: int | None) -> bool:
    """The last item becomes the first."""
    if len(items) < 2:
        return False
    items[-1] = copy.deepcopy(items[0])
    return True


def _emptied(items: list[Any], _: int | None) -> bool:
    found = bool(items)
    items.clear()
    return found


def _ignored(names: tuple[str, ...]) -> Callable[[Contract], Iterator[Change]]:
    def changes(contract: Contract) -> Iterator[Change]:
        for operation, _ in _lists(contract):
            parameter = _parameter(operation, names)
            if parameter is not None and _leads_on(contract, operation):

                def edit(event: Event, name: str = parameter.name) -> None:
                    drop_query(event, name)

                yield Change(f"{operation.id} {parameter.name}", asking(operation, edit))

    return changes


def _ended_early(contract: Contract) -> Iterator[Change]:
    """No page leads to a next one."""
    for link in links_of(contract):
        for expression in map(str, link.parameters.values() if link.target is link.source else ()):
            body = expression.removeprefix("$response.body#/")
            name = expression.removeprefix("$response.header.")
            if expression == body == name:
                continue

            def edit(answer: Answer, _: Event, body: str = body, name: str = name) -> bool:
                if "$" not in name:
                    return set_header(answer, name, None)
                value = json_of(answer)
                return value.pop(body, None) is not None and set_json(answer, value)

            yield Change(f"{link.source.id} {expression}", answering(link.source, edit))


def _still_listed(contract: Contract) -> Iterator[Change]:
    """What was removed stays in the list."""
    removable = [each.path for each in contract.operations if each.method == "DELETE"]
    for operation, member in _lists(contract):
        if not any(each.startswith(operation.path + "/{") for each in removable):
            continue

        def wrap(
            handler: Handler,
            state: State,
            operation: Operation = operation,
            member: str | None = member,
        ) -> Handler:
            known: dict[str, Any] = {}

            def handle(event: Event) -> Answer:
                answer = handler(event)
                if not is_of(event, operation) or answer["statusCode"] != 200:
                    return answer
                value = json_of(answer)
                items = value if member is None else value[member]
                size = _asked(operation, event)
                present = {str(each) for each in items}
                known.update({str(each): each for each in copy.deepcopy(items)})
                more = [each for text, each in known.items() if text not in present]
                if size is not None:
                    more = more[-max(0, size - len(items)) :] if len(items) < size else []
                items.extend(more)
                state.changed += bool(more)
                return {**answer, "body": ""} if not set_json(answer, value) else answer

            return handle

        yield Change(operation.id, wrap)


_LAST_LOST = _items(_last_lost, paged=True)
_EMPTIED = _items(_emptied, created=True)
_END_LOST = _items(_last_of_all_lost, paged=True)
OPERATORS = (
    Operator("last-item-lost", "a page with a successor lacks its last item", _LAST_LOST),
    Operator("end-lost", "the last page lacks its last item", _END_LOST),
    Operator("first-item-lost", "each page lacks its first item", _items(_first_lost)),
    Operator("item-repeated", "the first item of a page is its last, too", _items(_repeated)),
    Operator("list-empty", "lists are empty", _EMPTIED),
    Operator("page-size-ignored", "the size of a page is ignored", _ignored(_SIZES)),
    Operator("position-ignored", "every page is the first one", _ignored(_POSITIONS)),
    Operator("next-lost", "no page leads to the next one", _ended_early),
    Operator("removed-listed", "what was removed is still listed", _still_listed),
)  # fmt: skip
