"""The points of coverage that an exchange shows."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.conformance.judging.request_reader import OperationReader
from openapi_first.conformance.model.coverage import Point
from openapi_first.conformance.model.declarations import declared_response
from openapi_first.conformance.model.messages import Request, Response

_ERROR_TYPES = {
    "AccessDeniedException": "ACCESS_DENIED",
    "ForbiddenException": "INVALID_API_KEY",
    "LimitExceededException": "QUOTA_EXCEEDED",
    "MissingAuthenticationTokenException": "MISSING_AUTHENTICATION_TOKEN",
    "TooManyRequestsException": "THROTTLED",
    "UnauthorizedException": "UNAUTHORIZED",
    "UnsupportedMediaTypeException": "UNSUPPORTED_MEDIA_TYPE",
}
"""Gateway response types by the value of the header x-amzn-ErrorType."""


def observed_points(
    reader: OperationReader, request: Request, response: Response
) -> Iterator[Point]:
    name = reader.name
    declared = declared_response(reader.operation, response.status)
    # A status that a class such as 4XX declares counts for the class; `default` has no points.
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
    """The type of a gateway response, if the headers show it."""
    error = (response.header("x-amzn-ErrorType") or "").partition(":")[0]
    name = _ERROR_TYPES.get(error)
    if error == "BadRequestException":
        missing = b"Missing required request parameters" in response.body
        name = "BAD_REQUEST_PARAMETERS" if missing else "BAD_REQUEST_BODY"
    if name is not None:
        yield Point("*", "gateway response", name)
