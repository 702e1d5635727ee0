"""The points of coverage that an exchange shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from openapi_first.aws.gateway_responses import (
    BAD_REQUEST_BODY,
    BAD_REQUEST_PARAMETERS,
    GATEWAY_RESPONSES,
    UNSUPPORTED_MEDIA_TYPE,
    WAF_FILTERED,
    GatewayResponseType,
)
from openapi_first.conformance.judging.request_reader import OperationReader
from openapi_first.conformance.model.coverage import Point
from openapi_first.conformance.model.declarations import declared_response
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.core.media_types import match_media_type
from openapi_first.openapi.model import MediaType
from openapi_first.openapi.model import Response as Declared

# No contract test provokes a web application firewall.
_KINDS = [kind for kind in GATEWAY_RESPONSES.values() if kind is not WAF_FILTERED]
_COUNTS = Counter(kind.error_type for kind in _KINDS)
_BY_ERROR_TYPE = {
    kind.error_type: kind for kind in _KINDS if kind.error_type and _COUNTS[kind.error_type] == 1
}
"""The gateway response types that the header x-amzn-ErrorType shows by itself."""


def observed_points(
    reader: OperationReader, request: Request, response: Response
) -> Iterator[Point]:
    yield from response_points(reader, response)
    yield from reader.read(request).points
    yield from gateway_points(response)


def response_points(reader: OperationReader, response: Response) -> Iterator[Point]:
    """What a response shows of its operation; its body is not read."""
    name = reader.name
    declared = declared_response(reader.operation, response.status)
    # A status that a class such as 4XX, or `default`, declares counts for that.
    status = declared.status if declared is not None else str(response.status)
    yield Point(name, "status", status)
    if response.media_type and response.body:
        kind = _declared_media_type(declared, response.media_type)
        yield Point(name, "media type", f"{status} {kind}")
    for header in declared.headers if declared is not None else ():
        if response.header(header.name) is not None:
            yield Point(name, "header", f"{status} {header.name}")


def _declared_media_type(declared: Declared | None, media_type: str) -> str:
    """The name that the contract has for it: with parameters, or as a range."""
    entries = tuple(map(_Entry, declared.content if declared is not None else ()))
    found = match_media_type(entries, media_type)
    return media_type if found is None else found.media_type


class _Entry:
    """An entry of `content`, for `match_media_type`."""

    def __init__(self, content: MediaType) -> None:
        self.media_type = content.name


def gateway_points(response: Response) -> Iterator[Point]:
    """The type of a gateway response, if the headers show it."""
    error = (response.header("x-amzn-ErrorType") or "").partition(":")[0]
    kind = _BY_ERROR_TYPE.get(error)
    if error == BAD_REQUEST_BODY.error_type:
        kind = _bad_request(response)
    if kind is not None:
        yield Point("*", "gateway response", kind.name)


def _bad_request(response: Response) -> GatewayResponseType:
    """Three types have the same error type."""
    if response.status == UNSUPPORTED_MEDIA_TYPE.status:
        return UNSUPPORTED_MEDIA_TYPE
    missing = str(BAD_REQUEST_PARAMETERS.message).encode() in response.body
    return BAD_REQUEST_PARAMETERS if missing else BAD_REQUEST_BODY
