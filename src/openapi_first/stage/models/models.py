"""Models: the JSON Schemas (draft 4) that request bodies are validated against.

AWS: api-gateway-method-request-validation, models-mappings-models. Numbers are decimals, as in the
gateway's validator. `format` is not validated: whether the gateway does it is not settled.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any, NoReturn

import jsonschema
from jsonschema.exceptions import ValidationError
from referencing import Registry

from openapi_first.core.bounded_search import Allowance, SearchLimitError
from openapi_first.core.json_values import may_have_lone_surrogates
from openapi_first.decimals.keywords import exact_validator
from openapi_first.decimals.numbers import read_fraction, read_integer
from openapi_first.patterns.search import search_for
from openapi_first.patterns.syntax_tree import PatternError
from openapi_first.stage.models.validation_messages import describe, describe_limit

UNPARSABLE = "[Unknown error parsing request body]"

_SCHEMAS = "#/components/schemas/"
_SECONDS_OF_BACKTRACKING = 1.0
"""For all patterns of one body."""
_SMALL = 4096
"""Bytes of a body that is validated in some milliseconds, unless a pattern backtracks."""

_allowance: ContextVar[Allowance] = ContextVar("allowance")


def _pattern(validator: Any, pattern: str, instance: Any, _: Any) -> Iterator[ValidationError]:
    is_string = validator.is_type(instance, "string")
    if is_string and not search_for(pattern).finds(instance, _allowance.get()):
        yield ValidationError(f"does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: Any, _: Any
) -> Iterator[ValidationError]:
    for pattern, schema in patterns.items() if validator.is_type(instance, "object") else ():
        search = search_for(pattern)
        for name, value in instance.items():
            if search.finds(name, _allowance.get()):
                yield from validator.descend(value, schema, path=name, schema_path=pattern)


def _additional_properties(
    validator: Any, others: Any, instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "object"):
        return
    known = schema.get("properties", {})
    searches = [search_for(pattern) for pattern in schema.get("patternProperties", ())]
    more = {
        name: value
        for name, value in instance.items()
        if name not in known and not any(each.finds(name, _allowance.get()) for each in searches)
    }
    if validator.is_type(others, "object"):
        for name, value in more.items():
            yield from validator.descend(value, others, path=name)
    elif not others and more:
        # `instance`: the message lists all its names that are not in `properties`.
        yield ValidationError(f"{len(more)} are not allowed", instance=more)


_DRAFT_4 = jsonschema.Draft4Validator(jsonschema.Draft4Validator.META_SCHEMA)
_VALIDATOR: Any = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
    exact_validator(jsonschema.Draft4Validator, draft_4=True),
    {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    },
)

Report = Callable[[str, str], None]
"""Called for each problem, with a JSON Pointer into the schema and what is wrong there."""


class Model:
    """A compiled schema that describes violations as the gateway's validator does."""

    __slots__ = ("_root", "_validator")

    def __init__(self, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> None:
        # A reference is resolved for each body; that of a whole body, mostly the only one, is here.
        followed: set[str] = set()
        while (name := _referenced(schema)) is not None and name in schemas.keys() - followed:
            followed.add(name)
            schema = schemas[name]
        # `schemas` are the document's components: they are where the references point.
        self._root = {"allOf": [schema], "components": {"schemas": schemas}}
        # An empty registry, or jsonschema would fetch unknown references from the network.
        self._validator = _VALIDATOR(self._root, registry=Registry()).evolve(schema=schema)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self._root == other._root

    async def violations(self, body: bytes) -> str | None:
        """`$context.error.validationErrorString` for a body; None if the body is valid.

        What may take long runs in a thread, beside other requests. A body whose patterns take too
        many steps is not valid, wherever the patterns are.
        """
        if len(body) <= _SMALL:
            with contextlib.suppress(SearchLimitError):
                return self._violations(body, Allowance(0))
        try:
            allowance = Allowance(_SECONDS_OF_BACKTRACKING)
            return await asyncio.to_thread(self._violations, body, allowance)
        except SearchLimitError as error:
            return describe_limit(error.pattern)

    def _violations(self, body: bytes, allowance: Allowance) -> str | None:
        _allowance.set(allowance)
        try:
            errors = list(self._validator.iter_errors(_parse(body)))
            return describe(errors) if errors else None
        except (ValueError, RecursionError):
            # Not JSON, not UTF-8, or nested too deeply.
            return UNPARSABLE


def _referenced(schema: object) -> str | None:
    """The name of the component that a schema is a reference to; what stands beside a reference
    does not count in draft 4."""
    reference = schema.get("$ref") if isinstance(schema, dict) else None
    is_component = isinstance(reference, str) and reference.startswith(_SCHEMAS)
    return str(reference).removeprefix(_SCHEMAS) if is_component else None


def _parse(body: bytes) -> object:
    text = body.decode("utf-8")
    value = _decode(text)
    if may_have_lone_surrogates(text):
        # A lone surrogate is not a character; encoding the value back finds it.
        json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_decode = json.JSONDecoder(
    parse_constant=_refuse, parse_int=read_integer, parse_float=read_fraction
).decode


def check_schema(schema: Any, report: Report, known: frozenset[str], pointer: str = "") -> None:
    """Report patterns that cannot be compiled, and references that do not resolve.

    `known` has the names of the document's schemas.
    """
    for key, value, here in _members(schema, pointer):
        if key == "pattern":
            _check_pattern(value, report, here)
        elif key == "$ref" and isinstance(value, str):
            if not (value.startswith(_SCHEMAS) and value.removeprefix(_SCHEMAS) in known):
                report(here, f"the reference {value!r} does not resolve to a schema of components")
        elif key in ("properties", "patternProperties", "definitions"):
            for name, each, below in _members(value, here):
                if key == "patternProperties":
                    _check_pattern(str(name), report, below)
                check_schema(each, report, known, below)
        elif key != "enum":
            check_schema(value, report, known, here)


def _check_pattern(pattern: str, report: Report, pointer: str) -> None:
    try:
        search_for(pattern)
    except PatternError as error:
        report(pointer, f"the pattern {pattern!r} cannot be compiled: {error}")


def _members(value: Any, pointer: str) -> Iterator[tuple[object, Any, str]]:
    """The members of an object or array, each with its JSON Pointer."""
    is_array = isinstance(value, list)
    members = enumerate(value) if is_array else value.items() if isinstance(value, dict) else ()
    for key, each in members:
        yield key, each, f"{pointer}/{key}"


def draft_4_errors(schema: Any) -> Iterator[tuple[str, str]]:
    """Where a schema is not draft 4, as a JSON Pointer, and why."""
    for error in _DRAFT_4.iter_errors(schema):
        yield "".join(f"/{step}" for step in error.absolute_path), error.message
