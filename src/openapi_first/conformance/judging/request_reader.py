"""Reads requests as the contract does: whether they match it, and what they show for coverage."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from openapi_first.compiler.compile import plan_contract
from openapi_first.conformance.judging.form_points import (
    BOUND_STATES,
    FormPoints,
    is_read_as_form,
    size,
)
from openapi_first.conformance.judging.form_reader import form_errors
from openapi_first.conformance.judging.keyword_trace import KeywordTracer
from openapi_first.conformance.model.coverage import Point
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.run import Expectation
from openapi_first.conformance.roles.resources import bound_parameters
from openapi_first.core.media_types import is_json, match_media_type, media_type_of
from openapi_first.openapi.model import Contract, MediaType, Operation, Parameter
from openapi_first.openapi.path_templates import path_variables
from openapi_first.runtime.parameters import read_parameter
from openapi_first.runtime.plan import MediaTypePlan, OperationPlan, ParameterPlan
from openapi_first.runtime.proxy_event import ProxyEvent
from openapi_first.runtime.styles import names_used
from openapi_first.runtime.wire.json_text import read_json
from openapi_first.samples.lowered_schemas import LoweredSchema, LoweredSchemas
from openapi_first.schemas.form_members import is_form

_NOTHING: Any = object()
"""Instead of a value: there is none to trace."""


@dataclass(frozen=True)
class Reading:
    """A request as an operation reads it. `errors` say how it violates the contract. `unread_body`:
    the media type of the body is not one that is checked. `takes_link_value`: a parameter's values
    come from links, so a made-up value may be refused although it matches the schema. `blank`: a
    required parameter is blank, which API Gateway refuses (its page
    api-gateway-method-request-validation)."""

    errors: tuple[str, ...]
    points: tuple[Point, ...]
    unread_body: bool
    takes_link_value: bool
    blank: bool

    @property
    def expectation(self) -> Expectation:
        if self.errors:
            return Expectation.FORBIDDEN
        if self.unread_body or self.takes_link_value or self.blank:
            return Expectation.OPEN
        return Expectation.ALLOWED


def operation_readers(
    contract: Contract, schemas: LoweredSchemas | None = None
) -> dict[str, OperationReader]:
    """A reader for each operation, by operationId. Raises ContractError for what the compiler
    refuses, in bodies and responses too, so that no schema is refused during a run."""
    schemas = schemas or LoweredSchemas(contract.openapi)
    bound = bound_parameters(contract)
    plans = plan_contract(contract, schemas.lowerings).operations
    return {
        operation.id: OperationReader(operation, plan, schemas, bound)
        for operation, plan in zip(contract.served, plans, strict=True)
    }


class OperationReader:
    """Reads requests to one operation. `bound` are the parameters whose values come from links."""

    def __init__(
        self,
        operation: Operation,
        plan: OperationPlan,
        schemas: LoweredSchemas,
        bound: frozenset[tuple[str, str]],
    ) -> None:
        self.operation = operation
        self.name = f"{operation.method} {operation.path}"
        self._bound = {key for name, key in bound if name == operation.id and key[:4] != "path"}
        self._schemas = schemas
        self._plans = tuple(zip(operation.parameters, plan.parameters, strict=True))
        self._contents: dict[str, MediaTypePlan] = {
            each.media_type: each for each in (plan.body.content if plan.body is not None else ())
        }
        self._tracers: dict[object, KeywordTracer] = {}
        self._forms: dict[str, FormPoints] = {}
        self._invalid_known: dict[str, frozenset[str]] = {}
        """Of the path that was asked for last."""

    def expectation(self, request: Request) -> Expectation:
        """That of `read`, without the work for its points."""
        return self.read(request, keywords=False).expectation

    def read(self, request: Request, *, keywords: bool = True) -> Reading:
        """Without `keywords`, the points of keywords are left out, which take most of the time."""
        errors: list[str] = []
        points: list[Point] = []
        event = self._event(request)
        for parameter, plan in self._plans:
            value = self._read_parameter(parameter, plan, event, errors, points)
            if keywords and value is not _NOTHING:
                points.extend(self._keywords(parameter, f"{_subject(parameter)}#", value))
        unread_body, found, value = self._read_body(request, errors)
        if found is not None:
            points.append(Point(self.name, "body", found.name))
        if keywords and found is not None:
            points.extend(self._body_keywords(found, value, request))
        takes_link_value = any(
            point.aspect == "parameter" and point.subject in self._bound and point.state != "absent"
            for point in points
        )
        blank = any(_is_blank(parameter, event) for parameter, _ in self._plans)
        found_points = tuple(dict.fromkeys(points))
        return Reading(tuple(errors), found_points, unread_body, takes_link_value, blank)

    def invalid_variables(self, path: str) -> frozenset[str]:
        """The variables whose values in this path violate their schemas."""
        if path not in self._invalid_known:
            event, found = self._event(Request(self.operation.method, path)), set()
            for parameter, plan in self._plans:
                errors: list[str] = []
                if parameter.location == "path":
                    self._read_parameter(parameter, plan, event, errors, [])
                if errors:
                    found.add(parameter.name)
            self._invalid_known = {path: frozenset(found)}
        return self._invalid_known[path]

    def schema(self, parameter: Parameter) -> LoweredSchema:
        return self._schemas.request(parameter.schema)

    def tracer(self, part: Parameter | MediaType) -> KeywordTracer:
        """The tracer for the schema of a parameter or a body."""
        assert part.schema is not None
        key = part.schema.identity
        if key not in self._tracers:
            self._tracers[key] = KeywordTracer(self._schemas.request(part.schema))
        return self._tracers[key]

    def _event(self, request: Request) -> ProxyEvent:
        path, _, query = request.target.partition("?")
        values: dict[str, list[str]] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            values.setdefault(name, []).append(value)
        headers: dict[str, list[str]] = {}
        for name, value in request.headers:
            headers.setdefault(name, []).append(value)
        return ProxyEvent(
            {
                "pathParameters": path_variables(self.operation.path, path),
                "multiValueQueryStringParameters": values,
                "multiValueHeaders": headers,
            }
        )

    def _read_parameter(
        self,
        parameter: Parameter,
        plan: ParameterPlan,
        event: ProxyEvent,
        errors: list[str],
        points: list[Point],
    ) -> Any:
        """The value to trace, or _NOTHING."""
        subject = _subject(parameter)
        path = event.path_parameters
        if parameter.location == "path" and path.get(parameter.name) in _unfilled(parameter):
            return _NOTHING
        try:
            values = read_parameter(plan, event)
        except ValueError as error:
            errors.append(f"{subject}: {error}")
            points.append(Point(self.name, "parameter", subject, "invalid"))
            return _NOTHING
        if values is None or (plan.has_default and not self._present(parameter, event)):
            points.append(Point(self.name, "parameter", subject, "absent"))
            if parameter.required:
                errors.append(f"{subject} is missing")
            return _NOTHING
        lowered = self.schema(parameter)
        value = next((each for each in values if lowered.allows(each)), None)
        valid = any(lowered.allows(each) for each in values)
        if not valid:
            errors.append(f"{subject} does not match its schema")
            value = values[0]
        points.append(Point(self.name, "parameter", subject, "valid" if valid else "invalid"))
        merged = lowered.merged(lowered.schema)
        for keyword, state in BOUND_STATES.items():
            if keyword in merged and size(keyword, value) == merged[keyword]:
                points.append(Point(self.name, "parameter", subject, state))
        return value

    def _present(self, parameter: Parameter, event: ProxyEvent) -> bool:
        if parameter.location == "query":
            names = names_used(parameter.style, parameter.name, event.query)
            return not event.query.keys().isdisjoint(names)
        return parameter.location != "header" or parameter.name.lower() in event.headers

    def _read_body(self, request: Request, errors: list[str]) -> tuple[bool, MediaType | None, Any]:
        """Whether the body is one that is not checked; its entry of `content`; and the value to
        trace, or _NOTHING."""
        body = self.operation.body
        if body is None:
            return request.body is not None, None, None
        if not request.body:
            if body.required:
                errors.append("the body is missing")
            return False, None, None
        media_type = media_type_of(request.header("Content-Type") or "")
        entry = match_media_type(tuple(map(_Entry, body.content)), media_type)
        if entry is None:
            errors.append(f"the body's media type, {media_type or 'none'}, is not declared")
            return False, None, None
        found = entry.content
        if found.schema is not None and is_form(found.name):
            plan, lowered = self._contents[found.name], self._schemas.request(found.schema)
            errors.extend(form_errors(request, plan, lowered))
            return False, found, _NOTHING
        if not is_json(media_type) or found.schema is None:
            return True, found, _NOTHING
        try:
            text = request.body.decode("utf-8")
            json.loads(text)
        except (ValueError, RecursionError):
            errors.append("the body is not JSON")
            return False, found, _NOTHING
        try:
            value = read_json(text)
        except ValueError:
            # A repeated name or very deep nesting: the contract does not rule it out.
            return True, found, _NOTHING
        if not self._schemas.request(found.schema).allows(value):
            errors.append("the body does not match its schema")
        # Whether a JSON Patch fits what it changes, its schema cannot say.
        return media_type == "application/json-patch+json", found, value

    def form(self, entry: MediaType) -> FormPoints | None:
        """What counts the points of a form; None if the body is not read as one."""
        if not is_read_as_form(entry):
            return None
        if entry.name not in self._forms:
            self._forms[entry.name] = FormPoints(
                self.name, entry, self._contents[entry.name], self._schemas, self.tracer(entry)
            )
        return self._forms[entry.name]

    def _body_keywords(self, entry: MediaType, value: Any, request: Request) -> Iterator[Point]:
        form = self.form(entry)
        if form is not None:
            yield from form.observed(request)
        elif value is not _NOTHING:
            yield from self._keywords(entry, f"body {entry.name}#", value)

    def _keywords(self, part: Parameter | MediaType, prefix: str, value: Any) -> Iterator[Point]:
        for pointer, satisfied in self.tracer(part).trace(value):
            state = "satisfied" if satisfied else "violated"
            yield Point(self.name, "keyword", prefix + pointer, state)


class _Entry:
    """An entry of `content`, for `match_media_type`."""

    def __init__(self, content: MediaType) -> None:
        self.content = content
        self.media_type = content.name


def _subject(parameter: Parameter) -> str:
    return f"{parameter.location} {parameter.name}"


def _is_blank(parameter: Parameter, event: ProxyEvent) -> bool:
    sent: Sequence[str] = ()
    if parameter.location == "query":
        sent = event.query.get(parameter.name, ())
    elif parameter.location == "header":
        sent = event.headers.get(parameter.name.lower(), ())
    return parameter.required and bool(sent) and not any(text.strip() for text in sent)


def _unfilled(parameter: Parameter) -> tuple[str, str]:
    """A path variable before it is replaced by the value of a created resource."""
    return f"{{{parameter.name}}}", f"{{{parameter.name}+}}"
