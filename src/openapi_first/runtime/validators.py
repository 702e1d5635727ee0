"""Validators (jsonschema_rs) for the schemas of a compiled module."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import jsonschema_rs

from openapi_first.core.json_pointer import escaped
from openapi_first.core.problem_details import ProblemEntry, fragment_step
from openapi_first.runtime.formats import FORMATS_2020_12, checkers_draft_4
from openapi_first.runtime.plan import DRAFT_4, SchemaPlan

Definitions = Mapping[str, Callable[[], Any]]
"""The shared schemas of a compiled module, each built by a call."""

_LONGEST_DETAIL = 300


class _Error(Protocol):
    message: str
    instance_path: list[str | int]
    schema_path: list[str | int]
    kind: Any


class Validator(Protocol):
    """The part of a jsonschema_rs validator that is used here."""

    def is_valid(self, instance: Any) -> bool: ...

    def iter_errors(self, instance: Any) -> Iterator[_Error]: ...


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where a value does not match its schema; `path` starts at the root.

    `keyword` is the path of the keyword in the lowered schema, which has no part of the value.
    `undecided` is the pattern of a string that could not be checked in time, so that nobody knows
    whether it is a violation.
    """

    path: tuple[str | int, ...]
    detail: str
    keyword: tuple[str | int, ...] = ()
    undecided: str | None = None

    def as_entry(self) -> ProblemEntry:
        """The violation as an entry about the request body."""
        return ProblemEntry(self.detail, pointer="#" + "".join(map(fragment_step, self.path)))


def pointer(path: tuple[str | int, ...]) -> str:
    """The path as a JSON Pointer (RFC 6901)."""
    return "".join("/" + escaped(step) for step in path)


def validator_for(plan: SchemaPlan, definitions: Definitions, dialect: str) -> Validator:
    """A validator for the schema, in a dialect of `openapi_first.runtime.plan`.

    Its messages do not contain values, which may be private or large.
    """
    schema = plan.schema
    draft_4 = dialect == DRAFT_4
    if plan.definitions:
        shared = {name: definitions[name]() for name in plan.definitions}
        schema = {"allOf": [schema], "definitions" if draft_4 else "$defs": shared}
    kind = jsonschema_rs.Draft4Validator if draft_4 else jsonschema_rs.Draft202012Validator
    formats = checkers_draft_4(schema) if draft_4 else FORMATS_2020_12
    return _built(kind, schema, formats)


def _built(kind: Any, schema: Any, formats: Mapping[str, Callable[[str], bool]]) -> Validator:
    """Uses the linear-time regex engine when it supports every pattern.

    The other engine, which has look-around and back-references, wrongly accepts some strings that
    are too short: `1` for `.+a?.+` (jsonschema_rs 0.60, fancy-regex).
    """
    options = {"formats": formats, "validate_formats": True, "mask": "the value"}
    try:
        validator: Validator = kind(schema, pattern_options=jsonschema_rs.RegexOptions(), **options)
    except jsonschema_rs.ValidationError:
        # Imported here, since few contracts have such a pattern.
        from openapi_first.runtime.bounded_patterns import BoundedValidator

        validator = BoundedValidator(kind, schema, options)
    return validator


def violations(validator: Validator, value: Any) -> tuple[Violation, ...]:
    """Every violation in `value`.

    A value that JSON does not have, such as a date or a key that is not a string, is a violation.
    Where bytes are allowed, `value` is one of `without_bytes`.
    """
    try:
        if validator.is_valid(value):
            return ()
        return tuple(
            Violation(
                tuple(error.instance_path),
                _shortened(_detail(error)),
                tuple(error.schema_path),
                getattr(error, "undecided", None),
            )
            for error in validator.iter_errors(value)
        )
    except (ValueError, TypeError, UnicodeError) as error:
        return (Violation((), f"not a JSON value: {_shortened(str(error))}"),)


def first_valid(
    validator: Validator, values: list[Any], *, binary: bool = False
) -> tuple[Any, tuple[Violation, ...]]:
    """The first valid value, or the first value with its violations. `binary`: with bytes."""
    found: tuple[Violation, ...] = ()
    for value in values:
        violated = violations(validator, without_bytes(value) if binary else value)
        if not violated:
            return value, ()
        if violated[0].undecided is not None:
            return value, violated  # a wider value is the right one only if this one is not valid
        found = found or violated
    return values[0], found


_OWN_DETAILS = {
    "{} is not allowed for the value": "no value is allowed here",
    "False schema does not allow the value": "no value is allowed here",
}
_OF_CONTAINS = {
    "contains": "the value has no item that matches `contains`",
    "minContains": "the value has too few items that match `contains`",
    "maxContains": "the value has too many items that match `contains`",
}


def _detail(error: _Error) -> str:
    """The library's message, or a clearer one: `{"not": {}}` stands for a property that is readOnly
    or writeOnly, and the three keywords about `contains` share one message."""
    message = error.message
    if message.startswith("None of "):
        return _OF_CONTAINS.get(str(error.schema_path[-1]), message)
    alternatives = getattr(error.kind, "context", None)
    if alternatives and error.schema_path[-1] in ("anyOf", "oneOf"):
        return f"{message}; {_closest(error, alternatives)}"
    return _OWN_DETAILS.get(message, message)


def _closest(error: _Error, alternatives: Sequence[Sequence[_Error]]) -> str:
    """What is wrong with the alternative that has the fewest errors, the first one among equals."""
    at = min(range(len(alternatives)), key=lambda index: len(alternatives[index]))
    own = len(error.instance_path)
    reasons = (
        f"{pointer(tuple(each.instance_path[own:])) or 'the value'}: {_detail(each)}"
        for each in alternatives[at]
    )
    return f"the closest is alternative {at + 1}, where {', '.join(reasons)}"


def without_bytes(value: Any) -> Any:
    """The value with each bytes as a string of as many characters, also as members of an object."""
    if isinstance(value, bytes | bytearray):
        return value.decode("latin-1")
    if isinstance(value, dict) and any(
        isinstance(member, bytes | list) for member in value.values()
    ):
        return {name: without_bytes(member) for name, member in value.items()}
    if isinstance(value, list) and any(isinstance(item, bytes) for item in value):
        return [without_bytes(item) for item in value]
    return value


def _shortened(detail: str) -> str:
    return detail if len(detail) <= _LONGEST_DETAIL else detail[: _LONGEST_DETAIL - 1] + "…"
