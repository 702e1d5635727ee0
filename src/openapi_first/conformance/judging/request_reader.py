"""A request as the contract reads it: does it keep the contract, and what does it show of it?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from openapi_first.compiler.operation_planner import OperationPlanner
from openapi_first.conformance.judging.keyword_trace import KeywordTracer
from openapi_first.conformance.model.coverage import Point
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.resources import bound_parameters
from openapi_first.conformance.model.run import Expectation
from openapi_first.conformance.requests.request_schemas import SchemaReader
from openapi_first.core.media_types import is_json, match_media_type, media_type_of
from openapi_first.openapi.model import Contract, MediaType, Operation, Parameter
from openapi_first.openapi.path_templates import match_path
from openapi_first.runtime.json_reader import read_json
from openapi_first.runtime.parameters import Absent, read_parameter
from openapi_first.runtime.plan import ParameterPlan

_BOUNDS = {
    "minimum": "at minimum",
    "maximum": "at maximum",
    "minLength": "at minLength",
    "maxLength": "at maxLength",
    "minItems": "at minItems",
    "maxItems": "at maxItems",
}


@dataclass(frozen=True)
class Reading:
    """What a request is to an operation. `faults` say how it breaks the contract; `unread` is set
    where its body is of a kind that is not looked into, `handed_out` where it has a parameter whose
    values links hand out: one made up may be refused though it keeps its schema."""

    faults: tuple[str, ...]
    points: tuple[Point, ...]
    unread: bool = False

    handed_out: bool = False

    @property
    def expectation(self) -> Expectation:
        """Whether the contract allows the request."""
        if self.faults:
            return Expectation.FORBIDDEN
        return Expectation.OPEN if self.unread or self.handed_out else Expectation.ALLOWED


def operation_readers(
    contract: Contract, schemas: SchemaReader | None = None
) -> dict[str, OperationReader]:
    """A reader for each operation, by operationId."""
    schemas = schemas or SchemaReader(contract.openapi)
    bound = bound_parameters(contract)
    return {
        operation.id: OperationReader(operation, schemas, contract.openapi, bound)
        for operation in contract.operations
    }


class OperationReader:
    """Reads requests to one operation."""

    def __init__(
        self,
        operation: Operation,
        schemas: SchemaReader,
        openapi: str,
        bound: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        self.operation = operation
        self._bound = {key for name, key in bound if name == operation.id and key[:4] != "path"}
        self.name = f"{operation.method} {operation.path}"
        self._schemas = schemas
        plans = OperationPlanner(openapi).plan(operation).parameters
        self._plans = tuple(zip(operation.parameters, plans, strict=True))
        self._tracers: dict[object, KeywordTracer] = {}

    @cached_property
    def promised(self) -> tuple[Point, ...]:
        """The points of parameters and keywords that requests can show."""
        return tuple(self._promised())

    def read(self, request: Request) -> Reading:
        """What the request is to this operation."""
        faults: list[str] = []
        points: list[Point] = []
        event = self._event(request)
        for parameter, plan in self._plans:
            self._read_parameter(parameter, plan, event, faults, points)
        unread = self._read_body(request, faults, points)
        handed_out = any(
            point.aspect == "parameter" and point.subject in self._bound and point.state != "absent"
            for point in points
        )
        return Reading(tuple(faults), tuple(dict.fromkeys(points)), unread, handed_out)

    def tracer(self, part: Parameter | MediaType) -> KeywordTracer:
        """The tracer of a parameter's or a body's schema."""
        assert part.schema is not None
        key = part.schema.identity
        if key not in self._tracers:
            self._tracers[key] = KeywordTracer(self._schemas.request(part.schema))
        return self._tracers[key]

    def _event(self, request: Request) -> dict[str, Any]:
        path, _, query = request.target.partition("?")
        values: dict[str, list[str]] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            values.setdefault(name, []).append(value)
        headers: dict[str, list[str]] = {}
        for name, value in request.headers:
            headers.setdefault(name, []).append(value)
        return {
            "pathParameters": match_path(self.operation.path, path),
            "multiValueQueryStringParameters": values,
            "multiValueHeaders": headers,
        }

    def _read_parameter(
        self,
        parameter: Parameter,
        plan: ParameterPlan,
        event: dict[str, Any],
        faults: list[str],
        points: list[Point],
    ) -> None:
        subject = f"{parameter.location} {parameter.name}"
        written = event["pathParameters"] or {}
        if parameter.location == "path" and written.get(parameter.name) in _open(parameter):
            return
        try:
            values = read_parameter(plan, event)
            absent = plan.has_default and not self._present(parameter, event)
        except Absent:
            values, absent = [], True
        except ValueError as error:
            faults.append(f"{subject}: {error}")
            points.append(Point(self.name, "parameter", subject, "invalid"))
            return
        if absent:
            points.append(Point(self.name, "parameter", subject, "absent"))
            if parameter.required:
                faults.append(f"{subject} is missing")
            return
        lowered = self._schemas.request(parameter.schema)
        value = next((each for each in values if lowered.allows(each)), None)
        kept = any(lowered.allows(each) for each in values)
        if not kept:
            faults.append(f"{subject} does not keep its schema")
            value = values[0]
        points.append(Point(self.name, "parameter", subject, "valid" if kept else "invalid"))
        merged = lowered.merged(lowered.schema)
        for keyword, state in _BOUNDS.items():
            if keyword in merged and _size(keyword, value) == merged[keyword]:
                points.append(Point(self.name, "parameter", subject, state))
        points.extend(self._keywords(parameter, f"{subject}#", value))

    def _present(self, parameter: Parameter, event: dict[str, Any]) -> bool:
        if parameter.location == "query":
            return parameter.name in event["multiValueQueryStringParameters"]
        names = {name.lower() for name in event["multiValueHeaders"]}
        return parameter.location != "header" or parameter.name.lower() in names

    def _read_body(self, request: Request, faults: list[str], points: list[Point]) -> bool:
        """Reads the body; whether it is of a kind that is not looked into."""
        body = self.operation.body
        if body is None:
            return request.body is not None
        if not request.body:
            if body.required:
                faults.append("the body is missing")
            return False
        media_type = media_type_of(request.header("Content-Type") or "")
        entry = match_media_type(tuple(map(_Named, body.content)), media_type)
        if entry is None:
            faults.append(f"a body in {media_type or 'no media type'} is not declared")
            return False
        found = entry.content
        if not is_json(media_type) or found.schema is None:
            return True
        try:
            text = request.body.decode("utf-8")
            json.loads(text)
        except (ValueError, RecursionError):
            faults.append("the body is no JSON")
            return False
        try:
            value = read_json(text)
        except ValueError:
            return True  # a name twice, or very deep: the contract is silent
        if not self._schemas.request(found.schema).allows(value):
            faults.append("the body does not keep its schema")
        points.extend(self._keywords(found, f"body {found.name}#", value))
        return False

    def _keywords(self, part: Parameter | MediaType, prefix: str, value: Any) -> Iterator[Point]:
        for pointer, kept in self.tracer(part).trace(value):
            state = "satisfied" if kept else "violated"
            yield Point(self.name, "keyword", prefix + pointer, state)

    def _promised(self) -> Iterator[Point]:
        for parameter in self.operation.parameters:
            subject = f"{parameter.location} {parameter.name}"
            lowered = self._schemas.request(parameter.schema)
            merged = lowered.merged(lowered.schema)
            states = ["valid"] if parameter.location == "path" else ["absent", "valid"]
            states += [state for keyword, state in _BOUNDS.items() if keyword in merged]
            violable = [
                keyword
                for keyword in self.tracer(parameter).keywords
                if not _unviolable(keyword, parameter, merged)
            ]
            states += ["invalid"] if violable else []
            for state in states:
                yield Point(self.name, "parameter", subject, state)
            for keyword in self.tracer(parameter).keywords:
                yield Point(self.name, "keyword", f"{subject}#{keyword}", "satisfied")
                if keyword in violable:
                    yield Point(self.name, "keyword", f"{subject}#{keyword}", "violated")
        for entry in self.operation.body.content if self.operation.body is not None else ():
            if entry.schema is None or not is_json(entry.name):
                continue
            for keyword in self.tracer(entry).keywords:
                for state in ("satisfied", "violated"):
                    yield Point(self.name, "keyword", f"body {entry.name}#{keyword}", state)


def _open(parameter: Parameter) -> tuple[str, str]:
    """How a variable looks that whoever sends the request will put in."""
    return f"{{{parameter.name}}}", f"{{{parameter.name}+}}"


class _Named:
    """An entry of `content` as `match_media_type` takes it."""

    def __init__(self, content: MediaType) -> None:
        self.content = content
        self.media_type = content.name


def _unviolable(keyword: str, parameter: Parameter, schema: dict[str, Any]) -> bool:
    """Whether no text can break the keyword: any text is a string and a list of one, and no path
    segment and no list in a style is empty."""
    named = schema.get("type")
    types = {named} if isinstance(named, str) else set(named or ())
    if keyword.endswith("/type"):
        return keyword != "/type" or bool(types & {"string", "array"})
    if keyword == "/minLength":
        return bool(schema["minLength"] == 1 and parameter.location in ("path", "header"))
    return keyword == "/minItems" and bool(schema["minItems"] == 1)


def _size(keyword: str, value: Any) -> Any:
    if keyword.endswith(("Length", "Items")):
        wanted = str if keyword.endswith("Length") else list
        return len(value) if isinstance(value, wanted) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
