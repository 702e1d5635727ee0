"""Models: the JSON Schemas (draft 4) that request bodies are checked against.

AWS: api-gateway-method-request-validation, models-mappings-models. `format` is not asserted:
whether the gateway does is unsettled.
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
"""Told of each problem: a pointer below the schema, and what is wrong there."""


class Model:
    """One compiled schema; what it finds is what `$context.error.validationErrorString` says."""

    __slots__ = ("_validator",)

    def __init__(self, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> None:
        # `schemas` are the document's lowered components: they sit where the references point.
        root = {"allOf": [schema], "components": {"schemas": schemas}}
        # An empty registry, or jsonschema would fetch unknown references from the network.
        self._validator = jsonschema.Draft4Validator(root, registry=Registry())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self._validator.schema == other._validator.schema

    def violations(self, body: bytes) -> str | None:
        """The gateway's description of what is wrong with a body; None if nothing is."""
        try:
            errors = list(self._validator.iter_errors(_parse(body)))
            return describe(errors) if errors else None
        except (ValueError, RecursionError):
            # Not JSON, not UTF-8, or nested deeper than can be walked.
            return UNPARSABLE


def _parse(body: bytes) -> object:
    text = body.decode("utf-8")
    value = json.loads(text, parse_constant=_refuse, parse_int=_integer)
    if "\\ud" in text.lower():
        # A lone surrogate is no character; encoding the value back finds it.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _integer(digits: str) -> int | float:
    # Python refuses to read integers of more than 4,300 digits; as a number they are still valid.
    return int(digits) if len(digits) <= 4300 else float(digits)


def lower(schema: Any, report: Report, known: frozenset[str], pointer: str = "") -> Any:
    """A schema ready for Python: patterns translated, references checked; problems reported."""
    if isinstance(schema, list):
        return [lower(item, report, known, f"{pointer}/{i}") for i, item in enumerate(schema)]
    if not isinstance(schema, dict):
        return schema
    lowered: dict[str, Any] = {}
    for key, value in schema.items():
        here = f"{pointer}/{key}"
        if key in _DATA:
            lowered[key] = value
        elif key == "pattern" and isinstance(value, str):
            lowered[PATTERN_AS_WRITTEN] = value
            lowered[key] = _translated(value, report, here)
        elif key == "$ref" and isinstance(value, str):
            if not (value.startswith(_SCHEMAS) and value.removeprefix(_SCHEMAS) in known):
                report(here, f"the reference {value!r} does not resolve to a schema of components")
            lowered[key] = value
        elif key in _BY_NAME and isinstance(value, dict):
            lowered[key] = {
                (_translated(name, report, here) if key == "patternProperties" else name): lower(
                    sub, report, known, f"{here}/{name}"
                )
                for name, sub in value.items()
            }
        else:
            lowered[key] = lower(value, report, known, here)
    return lowered


def _translated(pattern: str, report: Report, pointer: str) -> str:
    try:
        return to_python(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        report(pointer, f"the pattern {pattern!r} cannot be compiled: {error}")
        return ""  # one problem is enough


def check(schema: Any) -> Iterator[tuple[str, str]]:
    """Where a lowered schema is not draft 4, and why."""
    for error in _DRAFT_4.iter_errors(schema):
        yield "".join(f"/{step}" for step in error.absolute_path), error.message
