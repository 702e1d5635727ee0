"""Our own validator's reasons for a body that API Gateway's validator refused.

API Gateway says of `oneOf` only that no schema matched. The reasons here are about the contract's
own schema, each with a JSON Pointer (RFC 6901) into the body.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from openapi_first.core.media_types import is_json, media_type_of
from openapi_first.documents.errors import ContractError
from openapi_first.openapi.model import Contract, MediaType, Operation
from openapi_first.runtime.bounded_patterns import UndecidedError, shared_time
from openapi_first.runtime.validators import pointer
from openapi_first.runtime.wire.json_text import JSONTextError, read_json
from openapi_first.samples.lowered_schemas import LoweredSchemas
from openapi_first.stage.gateway.own_reasons import Reasons
from openapi_first.stage.messages.request import StageRequest

_MOST_REASONS = 5
_MOST_BYTES = 65_536
"""Of a body that is validated again: errors are found in some milliseconds."""
_SMALL = 4096
"""Bytes of a body whose errors are found within a millisecond, unless a pattern backtracks."""


class _Undecided(Exception):
    """A pattern backtracks."""


def contract_reasons(contract: Contract) -> Reasons:
    """By method and path of an operation; schemas are lowered when they are first needed."""
    operations = {each.label: each for each in contract.operations}
    schemas = LoweredSchemas(contract.openapi)
    lowered: set[object] = set()
    """The identities of schemas that are lowered."""

    def slow(name: str, request: StageRequest) -> tuple[str, ...]:
        operation = operations.get(name)
        if operation is None or len(request.body) > _MOST_BYTES:
            return ()
        entry = _entry(operation, request.header("content-type"))
        if entry is not None and entry.schema is not None:
            with suppress(ContractError):
                schemas.request(entry.schema)
                lowered.add(entry.schema.identity)
        with shared_time():
            return _first(_reasons(operation, request, schemas))

    def quick(name: str, request: StageRequest) -> tuple[str, ...] | None:
        operation = operations.get(name)
        if operation is None or len(request.body) > _SMALL:
            return None
        entry = _entry(operation, request.header("content-type"))
        if entry is None or entry.schema is None or entry.schema.identity not in lowered:
            return None
        try:
            with shared_time(0):
                return _first(_reasons(operation, request, schemas, backtrack=False))
        except _Undecided:
            return None

    return Reasons(slow, quick)


def _first(reasons: Iterator[str]) -> tuple[str, ...]:
    found = list(islice(reasons, _MOST_REASONS + 1))
    more = ("…",) if len(found) > _MOST_REASONS else ()
    return (*dict.fromkeys(found[:_MOST_REASONS]), *more)


def _reasons(
    operation: Operation, request: StageRequest, schemas: LoweredSchemas, *, backtrack: bool = True
) -> Iterator[str]:
    """Raises _Undecided for a pattern that may not backtrack."""
    entry = _entry(operation, request.header("content-type"))
    if entry is None or entry.schema is None:
        return
    if not request.body:
        yield "the body is empty"
        return
    try:
        value = read_json(request.body.decode("utf-8"))
    except UnicodeDecodeError as error:
        yield f"the body is not UTF-8 at byte {error.start}"
    except JSONTextError as error:
        place = error.pointer.removeprefix("#")
        yield f"{place or 'the body'} is {error}"
    else:
        try:
            validator = schemas.request(entry.schema).validator
        except ContractError:
            return
        for violation in validator.iter_errors(value):
            if not backtrack and isinstance(violation, UndecidedError):
                raise _Undecided
            yield from _described(violation)


def _entry(operation: Operation, content_type: str | None) -> MediaType | None:
    """The body's entry for JSON; a body without a Content-Type is JSON for API Gateway."""
    wanted = media_type_of(content_type or "application/json")
    content = operation.body.content if operation.body is not None else ()
    same = (each for each in content if media_type_of(each.name) == wanted)
    return next(same, None) if is_json(wanted) else None


def _described(error: Any) -> Iterator[str]:
    """The reasons in an error of jsonschema_rs; for alternatives, those of the closest one."""
    kind, path = error.kind, tuple(error.instance_path)
    place = pointer(path) or "the body"
    if kind.name == "required":
        yield f"{pointer((*path, kind.property))} is missing"
    elif kind.name in ("additionalProperties", "unevaluatedProperties"):
        for name in kind.unexpected:
            yield f"{pointer((*path, name))} is not allowed"
    elif kind.name == "falseSchema" or (kind.name == "not" and kind.as_dict() == {"schema": {}}):
        yield f"{place} is not allowed"
    elif alternatives := getattr(kind, "context", None):
        at = min(range(len(alternatives)), key=lambda each: _distance(alternatives[each], path))
        for inner in alternatives[at]:
            for reason in _described(inner):
                yield f"{reason} (by alternative {at + 1} of {kind.name}, the closest one)"
    else:
        yield f"{place}: {error.message.removeprefix('the value ')}"


def _distance(errors: Iterable[Any], path: tuple[str | int, ...]) -> tuple[bool, int]:
    """How far a value is from an alternative. Another type, or another value of a member that
    distinguishes alternatives, is farther than any number of other errors."""
    found = list(errors)

    def is_another(error: Any) -> bool:
        keyword, below = error.schema_path[-1], len(error.instance_path) - len(path)
        return (keyword == "type" and not below) or (keyword in ("const", "enum") and below == 1)

    return any(map(is_another, found)), len(found)
