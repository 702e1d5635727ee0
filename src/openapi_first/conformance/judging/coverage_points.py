"""What exchanges show of a contract, as points of coverage, and which points it promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from openapi_first.conformance.judging.checks import declared_response
from openapi_first.conformance.judging.request_reader import OperationReader
from openapi_first.conformance.model.coverage import Point
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.requests.credentials import Credentials
from openapi_first.core.media_types import is_json
from openapi_first.import_document.gateway_responses import gateway_responses
from openapi_first.openapi.links import links_of
from openapi_first.openapi.model import Contract, Operation

_WHOLE = "*"
_ERROR_TYPES = {
    "AccessDeniedException": "ACCESS_DENIED",
    "ForbiddenException": "INVALID_API_KEY",
    "LimitExceededException": "QUOTA_EXCEEDED",
    "MissingAuthenticationTokenException": "MISSING_AUTHENTICATION_TOKEN",
    "TooManyRequestsException": "THROTTLED",
    "UnauthorizedException": "UNAUTHORIZED",
    "UnsupportedMediaTypeException": "UNSUPPORTED_MEDIA_TYPE",
}
# AWS: supported-gateway-response-types. The others need an authorizer, a WAF, or a mistake in the
# deployment.
_ON_FAILURE = ("INTEGRATION_TIMEOUT", "QUOTA_EXCEEDED", "THROTTLED")


def promised_points(
    contract: Contract, readers: Mapping[str, OperationReader]
) -> tuple[Point, ...]:
    """Every point the contract promises, operation by operation."""
    return tuple(dict.fromkeys(_promised(contract, readers)))


def _promised(contract: Contract, readers: Mapping[str, OperationReader]) -> Iterator[Point]:
    links = links_of(contract)
    for operation in contract.operations:
        name = f"{operation.method} {operation.path}"
        for response in operation.responses:
            if response.status == "default":
                continue
            yield Point(name, "status", response.status)
            for entry in response.content:
                yield Point(name, "media type", f"{response.status} {entry.name}")
            for header in response.headers:
                yield Point(name, "header", f"{response.status} {header.name}")
            for link in links:
                if link.source is operation and link.status == response.status:
                    yield Point(name, "link", f"{response.status} {link.name}")
        yield from readers[operation.id].promised
    known = gateway_responses("*", "")
    provoked = {"MISSING_AUTHENTICATION_TOKEN", *_ON_FAILURE}
    credentials = Credentials(contract)
    if any(
        credentials.wanted(operation)
        and "x-api-key" in [name.lower() for name in credentials.names(operation)]
        for operation in contract.operations
    ):
        provoked.add("INVALID_API_KEY")
    if any(
        is_json(entry.name)
        for operation in contract.operations
        for entry in (operation.body.content if operation.body is not None else ())
    ):
        provoked.add("BAD_REQUEST_BODY")
    if any(
        parameter.required and parameter.location in ("query", "header")
        for operation in contract.operations
        for parameter in operation.parameters
    ):
        provoked.add("BAD_REQUEST_PARAMETERS")
    for name in known:
        if name in provoked:
            yield Point(_WHOLE, "gateway response", name)


def unprovoked_points(contract: Contract, promised: tuple[Point, ...]) -> frozenset[Point]:
    """Those of the promised points that no request brings about at will: what only a failure, a
    limit or a clash with another client shows; and media types of errors that depend on whether
    the gateway or the function was the one to refuse."""
    found = set()
    for point in promised:
        status = point.subject.partition(" ")[0]
        if point.aspect in ("status", "media type", "header", "link"):
            error_type = point.aspect == "media type" and status[0] in "45"
            if status[0] == "5" or status in ("413", "429") or error_type:
                found.add(point)
        elif point.aspect == "gateway response" and point.subject in _ON_FAILURE:
            found.add(point)
    return frozenset(found)


def observed(
    operation: Operation, request: Request, response: Response, reader: OperationReader
) -> Iterator[Point]:
    """What an exchange shows."""
    name = reader.name
    declared = declared_response(operation, response.status)
    # An answer that falls to `default` or to a class is seen under what declares it.
    status = str(response.status)
    if declared is not None and declared.status != status and declared.status != "default":
        status = declared.status
    if declared is None or declared.status != "default":
        yield Point(name, "status", status)
        if response.media_type and response.body:
            yield Point(name, "media type", f"{status} {response.media_type}")
        for header in declared.headers if declared is not None else ():
            if response.header(header.name) is not None:
                yield Point(name, "header", f"{status} {header.name}")
    yield from reader.read(request).points
    yield from gateway_points(response)


def gateway_points(response: Response) -> Iterator[Point]:
    """The gateway response that a response is, if its headers tell."""
    error = (response.header("x-amzn-ErrorType") or "").partition(":")[0]
    name = _ERROR_TYPES.get(error)
    if error == "BadRequestException":
        missing = b"Missing required request parameters" in response.body
        name = "BAD_REQUEST_PARAMETERS" if missing else "BAD_REQUEST_BODY"
    if name is not None:
        yield Point(_WHOLE, "gateway response", name)
