"""Why no value was found for a schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from openapi_first.runtime.plan import DRAFT_4
from openapi_first.runtime.validators import Validator, pointer
from openapi_first.samples.lowered_schemas import LoweredSchema
from openapi_first.samples.values.streams import Step
from openapi_first.schemas.referenced import referenced

_MOST_ERRORS = 20


@dataclass
class Attempt:
    """What was wrong with the value that came closest. `errors` are the keywords that it violates,
    as JSON Pointers into the schema."""

    errors: tuple[str, ...] = ()
    rejected: bool = False
    """Whether values were found, and were of no use to the caller."""

    def failed(self, validator: Validator, value: Any) -> set[Step]:
        """Records a value that does not match, and returns the places in it that are wrong."""
        places: set[Step] = set()
        found: list[str] = []
        try:
            for error in validator.iter_errors(value):
                places.add(tuple(error.instance_path))
                found.append(keyword_pointer(error.schema_path))
                if len(found) == _MOST_ERRORS:
                    break
        except (ValueError, TypeError):
            return {()}
        if not self.errors or len(found) < len(self.errors):
            self.errors = tuple(dict.fromkeys(found))
        return places


def keyword_pointer(path: list[str | int]) -> str:
    """The place of a keyword in the schema, or in the definition that it is part of."""
    return pointer(tuple(path[2:] if path[:2] == ["allOf", 0] else path))


def is_unsatisfiable(lowered: LoweredSchema, schema: Any) -> bool:
    """Whether it is proven that no value matches the schema."""
    names = referenced(schema, lowered.definitions)
    shared = {name: lowered.definitions[name] for name in names}
    draft_4 = lowered.dialect == DRAFT_4
    if shared:
        schema = {"allOf": [schema], "definitions" if draft_4 else "$defs": shared}
    draft = jsonschema_rs.Draft4 if draft_4 else jsonschema_rs.Draft202012
    try:
        found = jsonschema_rs.canonicalize(schema, draft=draft)
    except ValueError:
        return False
    return found.satisfiability() is jsonschema_rs.canonical.Satisfiability.NO


def why_none(lowered: LoweredSchema, schema: Any, attempt: Attempt) -> str:
    """The reason in one sentence, with the keywords."""
    if attempt.rejected:
        return "no value that matches the schema can be sent"
    part = lowered.schema if schema is None else schema
    if is_unsatisfiable(lowered, part):
        return f"no value matches the schema{_culprit(lowered, part)}"
    if not attempt.errors:
        return "no value was found for the schema: its keywords leave no value to try"
    return f"no value was found for the schema: each one violates {', '.join(attempt.errors[:3])}"


def _culprit(lowered: LoweredSchema, part: Any) -> str:
    """The smallest part that is required and that no value matches, as far as properties lead."""
    path: Step = ()
    while isinstance(part, dict):
        if "$ref" in part:
            name = part["$ref"].rpartition("/")[2]
            path, part = (*path[:0], "$defs", name), lowered.definitions.get(name)
            continue
        members = part.get("properties", {})
        for name in part.get("required", ()):
            if name in members and is_unsatisfiable(lowered, members[name]):
                path, part = (*path, "properties", name), members[name]
                break
        else:
            break
    keywords = ", ".join(part) if isinstance(part, dict) else "false"
    return f": see {pointer(path) or 'its root'} ({keywords})"
