"""Finds the body that the engine gives a problem where the contract declares the status.

Each is validated, for sample problems, against the contract's own schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from openapi_first.compiler.error_shapes import PROBLEM_DETAILS, ShapeReader
from openapi_first.core.media_types import is_json, is_range, match_media_type, media_type_of
from openapi_first.core.problem_details import MEDIA_TYPE, Problem
from openapi_first.core.problem_samples import SAMPLE_REQUEST_ID, sample_problems
from openapi_first.core.problem_templates import EACH, ErrorBody, rendered
from openapi_first.runtime.plan import (
    MediaTypePlan,
    OperationPlan,
    ProblemPlan,
    ResponsePlan,
    SchemaPlan,
)
from openapi_first.runtime.problems.rendering import error_response
from openapi_first.runtime.validators import Validator, validator_for, violations
from openapi_first.schemas.referenced import referenced

_JSON = "application/json"
_TEXT = ("$message", "$detail", "$title")
_MARKUP = ("$title",)
"""What is wrong may name what the client has sent, which a browser must not run."""


_Key: TypeAlias = tuple[object, ...]


class ErrorBodies:
    """The bodies for the responses of one contract. `definitions` are its lowered schemas, which
    may grow."""

    def __init__(self, definitions: dict[str, Any], dialect: str) -> None:
        self._definitions = definitions
        self._dialect = dialect
        self._texts = _Texts()
        self._found: dict[_Key, ProblemPlan | None] = {}
        self._fitting: dict[tuple[object, ...], bool] = {}
        self._validators: dict[str, Validator] = {}
        self._reader = ShapeReader(definitions, self._allows)

    def plan(self, response: ResponsePlan) -> ProblemPlan | None:
        """Problem details where the contract allows them, else the one shape that fits a JSON body,
        else a string for a text. None for a success, and if nothing fits."""
        problems = sample_problems(response.status)
        if not problems or not response.content:
            return None
        key = self._texts.key(response)
        if key not in self._found:
            self._found[key] = self._plan(response.content, problems)
        return self._found[key]

    def fits(self, response: ResponsePlan, body: ErrorBody, problem: Problem) -> bool:
        """Whether a response that has content allows a body. Each question is asked once, though
        many operations have it."""
        template = json.dumps(body.template)
        asked = (self._texts.key(response), body.media_type, template, str(problem.as_dict(None)))
        if asked not in self._fitting:
            entry = match_media_type(response.content, body.media_type)
            self._fitting[asked] = entry is not None and self._fits(entry, body.template, [problem])
        return self._fitting[asked]

    def _plan(
        self, content: Sequence[MediaTypePlan], problems: Sequence[Problem]
    ) -> ProblemPlan | None:
        entry = match_media_type(content, MEDIA_TYPE)
        if entry is not None and self._fits(entry, PROBLEM_DETAILS, problems):
            return ProblemPlan(MEDIA_TYPE)
        for entry in content:
            media_type = _JSON if is_range(entry.media_type) else entry.media_type
            if is_json(media_type_of(media_type)):
                template = self._shape(entry, problems)
                if template is not None:
                    return ProblemPlan(media_type, template)
        for entry in content:
            bare = media_type_of(entry.media_type)
            if bare.startswith("text/") and not is_range(bare):
                for template in _TEXT if bare == "text/plain" else _MARKUP:
                    if self._fits(entry, template, problems):
                        return ProblemPlan(entry.media_type, template)
        return None

    def _shape(self, entry: MediaTypePlan, problems: Sequence[Problem]) -> Any:
        """The template for a JSON body, None if none fits or more than one."""
        if entry.schema is None:
            return PROBLEM_DETAILS
        shapes = self._reader.templates(entry.schema.schema, problems)
        fitting = [each for each in shapes if self._fits(entry, each, problems)]
        if len(fitting) > 1:
            return None
        if fitting and _says_what_is_wrong(fitting[0]):
            return fitting[0]
        if self._fits(entry, PROBLEM_DETAILS, problems):
            return PROBLEM_DETAILS
        if fitting:
            return fitting[0]
        return next((each for each in _TEXT if self._fits(entry, each, problems)), None)

    def _fits(self, entry: MediaTypePlan, template: Any, problems: Sequence[Problem]) -> bool:
        return entry.schema is None or self._allows(entry.schema, template, problems)

    def _allows(
        self, schema: Any, template: Any, problems: Sequence[Problem], *, item: bool = False
    ) -> bool:
        """Whether a schema, or the plan of one, allows the template, of an `item` in a list. A
        member without a value for one of the problems is left out, which its object judges."""
        validator = self._validator(schema.schema if isinstance(schema, SchemaPlan) else schema)
        whole = {EACH: template} if item else template
        values = [rendered(whole, each, SAMPLE_REQUEST_ID) for each in problems]
        if item:
            values = [each for items in values for each in items]
        return not any(
            violations(validator, value) for value in values if value is not None or not template
        )

    def _validator(self, schema: Any) -> Validator:
        key = self._texts.of(schema)
        found = self._validators.get(key)
        if found is None:
            names = referenced(schema, self._definitions)
            known = {name: partial(self._definitions.__getitem__, name) for name in names}
            found = validator_for(SchemaPlan(schema, names), known, self._dialect)
            self._validators[key] = found
        return found


class _Texts:
    """Schemas as JSON, each written once."""

    def __init__(self) -> None:
        self._written: dict[int, tuple[Any, str]] = {}
        """By the `id` of a schema: the schema, to keep the id in use, and its JSON."""

    def of(self, schema: Any) -> str:
        found = self._written.get(id(schema))
        if found is None:
            text = json.dumps(schema, default=str)
            found = self._written[id(schema)] = schema, text
        return found[1]

    def key(self, response: ResponsePlan) -> _Key:
        """Equal for responses with equal bodies."""
        content = (
            (each.media_type, each.schema and self.of(each.schema.schema))
            for each in response.content
        )
        return response.status, *content


def _says_what_is_wrong(template: Any) -> bool:
    written = json.dumps(template)
    return any(name in written for name in ("$message", "$detail", "$error"))


def rendered_responses(
    plans: Iterable[OperationPlan],
) -> tuple[tuple[str, str, str, SchemaPlan | None], ...]:
    """What a service's renderer is tried with: operationId, status, media type and schema of each
    distinct error response that does not declare problem details."""
    found: dict[_Key, tuple[str, str, str, SchemaPlan | None]] = {}
    texts = _Texts()
    for plan in plans:
        for response in plan.responses:
            problems = sample_problems(response.status)
            details = response.problem is not None and response.problem.template is None
            if not problems or not response.content or details:
                continue
            media_type = error_response(problems[0], response, None, None).media_type
            entry = match_media_type(response.content, media_type)
            schema = entry.schema if entry is not None else None
            row = (plan.operation_id, response.status, media_type, schema)
            found.setdefault(texts.key(response), row)
    return tuple(found.values())


def agreed_bodies(
    plans: Sequence[OperationPlan], statuses: Iterable[int], bodies: ErrorBodies
) -> dict[int, ErrorBody]:
    """The body for each of the gateway's statuses on which all operations agree that declare it,
    where it is not problem details."""
    found: dict[int, ErrorBody] = {}
    texts = _Texts()
    by_status = [{response.status: response for response in plan.responses} for plan in plans]
    for status in statuses:
        responses = (_declared(each, status) for each in by_status)
        # The gateway sends a body even where the contract has none.
        declared = {
            texts.key(each): each for each in responses if each is not None and each.content
        }
        distinct = {repr(each.problem): each.problem for each in declared.values()}
        if len(distinct) != 1:
            continue
        (problem,) = distinct.values()
        if problem is None or problem.template is None:
            continue
        if not is_json(media_type_of(problem.media_type)):
            continue
        body = ErrorBody(problem.media_type, problem.template)
        sample = Problem(status, "A detail.")
        if all(bodies.fits(each, body, sample) for each in declared.values()):
            found[status] = body
    return found


def declared_for(plan: OperationPlan, status: int) -> ResponsePlan | None:
    """The declared response for a status: the exact one, else its range, else `default`."""
    return _declared({response.status: response for response in plan.responses}, status)


def _declared(by_status: Mapping[str, ResponsePlan], status: int) -> ResponsePlan | None:
    for key in (str(status), f"{status // 100}XX", "default"):
        if key in by_status:
            return by_status[key]
    return None
