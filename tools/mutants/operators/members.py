"""Operators on the members of answers: their presence, types and values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mutants.operators.changes import (
    Answer,
    Change,
    Event,
    Operator,
    answering,
    has_json,
    json_of,
    set_json,
    success_schema,
)
from mutants.operators.schema_parts import Part, edited, objects, parts
from openapi_first.openapi.model import Contract

_OTHER_TYPE = {
    "string": 12345,
    "integer": "1",
    "number": "1",
    "boolean": "true",
    "array": {},
    "object": [],
}
_WRONG_FORMAT = {
    "date-time": "2026-11-24T09:30:00",
    "date": "24.11.2026",
    "uuid": "not-a-uuid",
    "email": "nobody",
    "uri": "not a uri",
    "ipv4": "999.1.1.1",
}


def _members(
    applies: Callable[[Part], bool], replaced: Callable[[Part, Any], Any]
) -> Callable[[Contract], Iterator[Change]]:
    """Replaces each member that `applies`; `replaced` returns the new value, `...` to remove it."""

    def changes(contract: Contract) -> Iterator[Change]:
        for operation in contract.operations:
            schema = success_schema(operation)
            if schema is None or operation.method == "HEAD":
                continue
            for part in parts(schema):
                if part.path and applies(part):
                    yield Change(
                        f"{operation.id} {part}", answering(operation, _replacing(part, replaced))
                    )

    return changes


def _replacing(part: Part, replaced: Callable[[Part, Any], Any]) -> Callable[[Answer, Event], bool]:
    def edit(answer: Answer, _: Event) -> bool:
        if not has_json(answer):
            return False
        value = json_of(answer)

        def change(container: Any, key: Any) -> bool:
            new = replaced(part, container[key])
            if new is ...:
                del container[key]
            else:
                changed = new != container[key] or type(new) is not type(container[key])
                container[key] = new
                return changed
            return True

        return edited(value, part.path, change) and set_json(answer, value)

    return edit


def _outside(part: Part, value: Any) -> Any:
    """A value that violates the bounds of the part, or the same."""
    get = part.get
    if isinstance(value, str) and "maxLength" in part.schema.value:
        return value + "x" * (get("maxLength") + 1 - len(value))
    if isinstance(value, str) and get("pattern") is not None:
        return "~ no ~"
    if isinstance(value, int | float) and not isinstance(value, bool):
        if get("multipleOf") is not None and get("multipleOf") != 1:
            return value + get("multipleOf") / 2
        if get("maximum") is not None:
            return get("maximum") + 1
        if get("minimum") is not None:
            return get("minimum") - 1
    if isinstance(value, list) and value and get("maxItems") is not None:
        return (value * (get("maxItems") + 1))[: get("maxItems") + 1]
    return value


def _is_bounded(part: Part) -> bool:
    keywords = {"maxLength", "pattern", "multipleOf", "maximum", "minimum", "maxItems"}
    return bool(keywords & part.schema.value.keys())


def _extra(contract: Contract) -> Iterator[Change]:
    for operation in contract.operations:
        schema = success_schema(operation)
        for part in parts(schema) if schema is not None and operation.method != "HEAD" else ():
            if not part.closed:
                continue

            def edit(answer: Answer, _: Event, part: Part = part) -> bool:
                value = json_of(answer) if has_json(answer) else None
                found = list(objects(value, part.path))
                for each in found:
                    each["internal_version"] = 3
                return bool(found) and set_json(answer, value)

            yield Change(f"{operation.id} {part}", answering(operation, edit))


def _is_required(part: Part) -> bool:
    return part.required and part.path[-1] != "*"


def _has_one_type(part: Part) -> bool:
    return len(part.types - {"null"}) == 1


def _of_other_type(part: Part, _: Any) -> Any:
    return _OTHER_TYPE[min(part.types - {"null"})]


def _in_wrong_format(part: Part, _: Any) -> Any:
    return _WRONG_FORMAT[part.get("format")]


def _has_format(part: Part) -> bool:
    return part.get("format") in _WRONG_FORMAT


def _is_not_nullable(part: Part) -> bool:
    return bool(part.types) and not part.nullable


def _has_enum(part: Part) -> bool:
    return part.get("enum") is not None


_NULL = _members(_is_not_nullable, lambda *_: None)
_NO_FORMAT = _members(_has_format, _in_wrong_format)
OPERATORS = tuple(
    Operator(name, fault, changes)
    for name, fault, changes in (
        ("member-lost", "a required member is missing", _members(_is_required, lambda *_: ...)),
        ("member-added", "an object has a member that its schema forbids", _extra),
        ("type-changed", "a member has another type", _members(_has_one_type, _of_other_type)),
        ("null-answered", "a member is null without being nullable", _NULL),
        ("enum-left", "a member is not in its enum", _members(_has_enum, lambda *_: "unheard-of")),
        ("format-broken", "a member does not have its format", _NO_FORMAT),
        ("bound-broken", "a member is out of its bounds", _members(_is_bounded, _outside)),
    )
)  # fmt: skip
