"""The points of coverage that a contract promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openapi_first.aws import gateway_responses as types
from openapi_first.aws.names import API_KEY_HEADER
from openapi_first.conformance.judging.form_points import BOUND_STATES
from openapi_first.conformance.judging.promises import promises
from openapi_first.conformance.judging.request_reader import OperationReader
from openapi_first.conformance.model.coverage import Point
from openapi_first.conformance.requests.credentials import Credentials
from openapi_first.core.media_types import is_json
from openapi_first.import_document.gateway_responses import gateway_responses
from openapi_first.openapi.links import Link, links_of
from openapi_first.openapi.model import Contract, Operation, Parameter

# AWS: supported-gateway-response-types. Others need an authorizer, a WAF, or a broken deployment.
_ON_FAILURE = (types.INTEGRATION_TIMEOUT.name, types.QUOTA_EXCEEDED.name, types.THROTTLED.name)


def promised_points(
    contract: Contract, readers: Mapping[str, OperationReader]
) -> tuple[Point, ...]:
    """All points that the contract promises, operation by operation."""
    return tuple(dict.fromkeys(_promised(contract, readers)))


_LIMITS = frozenset(str(each.status) for each in (types.THROTTLED, *types.FIXED_RESPONSES))
"""The statuses of limits that a run does not exceed at will."""


def unprovoked_points(promised: tuple[Point, ...]) -> frozenset[Point]:
    """The promised points that no request can cause at will: those that need a failure, a limit or
    a conflict with another client; media types of errors, which depend on whether the gateway or
    the function refuses; and `default` beside a success, as far as requests cause only statuses
    that the contract declares by themselves."""
    statuses: dict[str, set[str]] = {}
    refusable = set()
    for point in promised:
        if point.aspect == "status":
            statuses.setdefault(point.operation, set()).add(point.subject)
        elif point.aspect in ("body", "field") or point.state in ("invalid", "violated"):
            refusable.add(point.operation)
    found = set()
    for point in promised:
        status = point.subject.partition(" ")[0]
        if point.aspect in ("status", "media type", "header", "link"):
            declared = statuses[point.operation]
            succeeds = any(each[0] in "23" for each in declared)
            if status == "default":
                refused = point.operation in refusable and declared.isdisjoint({"400", "4XX"})
                if succeeds and (point.aspect == "media type" or not refused):
                    found.add(point)
                continue
            error_type = point.aspect == "media type" and status[0] in "45"
            if status[0] == "5" or status in _LIMITS or error_type:
                found.add(point)
        elif point.aspect == "gateway response" and point.subject in _ON_FAILURE:
            found.add(point)
    return frozenset(found)


def _promised(contract: Contract, readers: Mapping[str, OperationReader]) -> Iterator[Point]:
    links = links_of(contract)
    checks: dict[str, list[str]] = {}
    for promise in promises(contract):
        checks.setdefault(promise.operation, []).append(promise.check)
    for operation in contract.operations:
        yield from _response_points(operation, links)
        yield from _request_points(readers[operation.id])
        for check in checks.get(operation.id, ()):
            yield Point(operation.label, "promise", check)
    for check in checks.get("", ()):
        yield Point("*", "promise", check)
    provoked = _provoked_gateway_responses(contract)
    for name in gateway_responses("*", ""):
        if name in provoked:
            yield Point("*", "gateway response", name)


def _response_points(operation: Operation, links: tuple[Link, ...]) -> Iterator[Point]:
    name = f"{operation.method} {operation.path}"
    for response in operation.responses:
        yield Point(name, "status", response.status)
        for entry in response.content:
            yield Point(name, "media type", f"{response.status} {entry.name}")
        for header in response.headers:
            yield Point(name, "header", f"{response.status} {header.name}")
        for link in links:
            if link.source is operation and link.status == response.status:
                yield Point(name, "link", f"{response.status} {link.name}")


def _request_points(reader: OperationReader) -> Iterator[Point]:
    for parameter in reader.operation.parameters:
        subject = f"{parameter.location} {parameter.name}"
        lowered = reader.schema(parameter)
        merged = lowered.merged(lowered.schema)
        keywords = reader.tracer(parameter).keywords
        violable = [each for each in keywords if _violable(each, parameter, merged)]
        states = ["valid"] if parameter.location == "path" else ["absent", "valid"]
        states += [state for keyword, state in BOUND_STATES.items() if keyword in merged]
        states += ["invalid"] if violable else []
        for state in states:
            yield Point(reader.name, "parameter", subject, state)
        for keyword in keywords:
            yield Point(reader.name, "keyword", f"{subject}#{keyword}", "satisfied")
            if keyword in violable:
                yield Point(reader.name, "keyword", f"{subject}#{keyword}", "violated")
    body = reader.operation.body
    for entry in body.content if body is not None else ():
        yield Point(reader.name, "body", entry.name)
        form = reader.form(entry)
        if form is not None:
            yield from form.promised()
        elif entry.schema is not None and is_json(entry.name):
            for keyword in reader.tracer(entry).keywords:
                for state in ("satisfied", "violated"):
                    yield Point(reader.name, "keyword", f"body {entry.name}#{keyword}", state)


def _violable(keyword: str, parameter: Parameter, schema: dict[str, Any]) -> bool:
    """Whether a parameter can violate the keyword. Any text is a string and a list of one string;
    path segments, headers and styled lists are never empty."""
    named = schema.get("type")
    types = {named} if isinstance(named, str) else set(named or ())
    if keyword.endswith("/type"):
        return keyword == "/type" and not types & {"string", "array"}
    if keyword == "/minLength":
        return not (schema["minLength"] == 1 and parameter.location in ("path", "header"))
    return not (keyword == "/minItems" and schema["minItems"] == 1)


def _provoked_gateway_responses(contract: Contract) -> set[str]:
    """The gateway responses that requests or limits can cause."""
    found = {types.MISSING_AUTHENTICATION_TOKEN.name, *_ON_FAILURE}
    credentials = Credentials(contract)
    operations = contract.operations
    if any(
        credentials.required(each) and API_KEY_HEADER in map(str.lower, credentials.headers(each))
        for each in operations
    ):
        found.add(types.INVALID_API_KEY.name)
    if any(is_json(entry.name) for each in operations if each.body for entry in each.body.content):
        found.add(types.BAD_REQUEST_BODY.name)
    if any(
        parameter.required and parameter.location in ("query", "header")
        for each in operations
        for parameter in each.parameters
    ):
        found.add(types.BAD_REQUEST_PARAMETERS.name)
    return found
