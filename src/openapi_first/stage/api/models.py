"""Models: the JSON Schemas (draft 4) that request bodies are validated against.

AWS: api-gateway-method-request-validation, models-mappings-models. `format` is not validated:
whether the gateway does it is not settled.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema
from referencing import Registry

from openapi_first.patterns.to_python import to_python
from openapi_first.stage.api.validation_messages import PATTERN_AS_WRITTEN, describe

UNPARSABLE = "[Unknown error parsing request body]"

_SCHEMAS = "#/components/schemas/"
_DATA = frozenset({"enum", "default", "example", "examples"})
_BY_NAME = frozenset({"properties", "patternProperties", "definitions", "dependencies"})

_DRAFT_4 = jsonschema.Draft4Validator(jsonschema.Draft4Validator.META_SCHEMA)

Report = Callable[[str, str], None]
"""Called for each problem, with a JSON Pointer into the schema and what is wrong there."""


class Model:
    """A compiled schema that describes violations as the gateway's validator does."""

    __slots__ = ("_validator",)

    def __init__(self, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> None:
        # `schemas` are the document's prepared components: they are where the references point.
        root = {"allOf": [schema], "components": {"schemas": schemas}}
        # An empty registry, or jsonschema would fetch unknown references from the network.
        self._validator = jsonschema.Draft4Validator(root, registry=Registry())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self._validator.schema == other._validator.schema

    def violations(self, body: bytes) -> str | None:
        """`$context.error.validationErrorString` for a body; None if the body is valid."""
        try:
            errors = list(self._validator.iter_errors(_parse(body)))
            return describe(errors) if errors else None
        except (ValueError, RecursionError):
            # Not JSON, not UTF-8, or nested too deeply.
            return UNPARSABLE


def _parse(body: bytes) -> object:
    text = body.decode("utf-8")
    value = _decode(text)
    if "\\ud" in text.lower():
        # A lone surrogate is not a character; encoding the value back finds it.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _integer(digits: str) -> int | float:
    # Python refuses to read integers of more than 4,300 digits; as a number they are still valid.
    return int(digits) if len(digits) <= 4300 else float(digits)


_decode = json.JSONDecoder(parse_constant=_refuse, parse_int=_integer).decode


def prepare_schema(schema: Any, report: Report, known: frozenset[str], pointer: str = "") -> Any:
    """A schema for Python's validator: patterns are translated and references checked.

    `known` has the names of the document's schemas.
    """
    if isinstance(schema, list):
        return [
            prepare_schema(each, report, known, f"{pointer}/{i}") for i, each in enumerate(schema)
        ]
    if not isinstance(schema, dict):
        return schema
    prepared: dict[str, Any] = {}
    for key, value in schema.items():
        here = f"{pointer}/{key}"
        if key in _DATA:
            prepared[key] = value
        elif key == "pattern" and isinstance(value, str):
            prepared[PATTERN_AS_WRITTEN] = value
            prepared[key] = _translated(value, report, here)
        elif key == "$ref" and isinstance(value, str):
            if not (value.startswith(_SCHEMAS) and value.removeprefix(_SCHEMAS) in known):
                report(here, f"the reference {value!r} does not resolve to a schema of components")
            prepared[key] = value
        elif key in _BY_NAME and isinstance(value, dict):
            named = key == "patternProperties"
            prepared[key] = {
                (_translated(name, report, here) if named else name): prepare_schema(
                    each, report, known, f"{here}/{name}"
                )
                for name, each in value.items()
            }
        else:
            prepared[key] = prepare_schema(value, report, known, here)
    return prepared


def _translated(pattern: str, report: Report, pointer: str) -> str:
    try:
        return to_python(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        report(pointer, f"the pattern {pattern!r} cannot be compiled: {error}")
        return ""  # matches everything, so that the problem is reported once


def draft_4_errors(schema: Any) -> Iterator[tuple[str, str]]:
    """Where a prepared schema is not draft 4, as a JSON Pointer, and why."""
    for error in _DRAFT_4.iter_errors(schema):
        yield "".join(f"/{step}" for step in error.absolute_path), error.message
