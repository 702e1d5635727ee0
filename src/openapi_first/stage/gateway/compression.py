"""Content codings of requests and responses: gzip and deflate.

A request body is decoded before anything looks at it (AWS: api-gateway-gzip-compression-
decompression, api-gateway-make-request-with-compressed-payload). A response is encoded if the API
has a minimum size and the client names a coding (AWS: api-gateway-enable-compression,
api-gateway-receive-response-with-compressed-payload).
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from openapi_first.aws.quotas import PAYLOAD_BYTES
from openapi_first.runtime.wire.content_codings import (
    CodingError,
    DecodedSizeError,
    UnsupportedCodingError,
    codings_of,
    decoded,
)
from openapi_first.stage.gateway.gateway_responses import body_too_large, unsupported_coding
from openapi_first.stage.gateway.observation import Observation
from openapi_first.stage.messages.request import StageRequest
from openapi_first.stage.messages.response import BODILESS, StageResponse

Coding = Literal["gzip", "deflate"]

_INTEGRATIONS = ("lambda", "http", "mock")
_LEVEL = 6


def decoded_request(
    request: StageRequest, observation: Observation
) -> tuple[StageRequest, StageResponse | None]:
    """The request with its decoded body, and the 413 or 415 that API Gateway responds with if the
    body cannot be decoded; the observation has the reason.

    `Content-Encoding` stays among the headers: recorded for an empty body, and reported for a
    decoded one (dougmoscrop/serverless-http issue 194). That the decoded body, too, must not be
    larger than a payload may be is unverified. Never holds more than that in memory.
    """
    codings = codings_of(request.header_values("content-encoding"))
    if not codings or not request.body:
        return request, None
    try:
        body = decoded(request.body, codings, PAYLOAD_BYTES.limit)
    except DecodedSizeError:
        observation.reason = "the decoded body is larger than API Gateway takes"
        return replace(request, body=b""), body_too_large()
    except UnsupportedCodingError:
        observation.reason = "the content coding is neither gzip nor deflate"
        return request, unsupported_coding()
    except CodingError as error:
        observation.reason = f"the body is {error}"
        return request, unsupported_coding()
    return replace(request, body=body), None


def encoded_response(
    request: StageRequest, response: StageResponse, minimum: int | None
) -> StageResponse:
    """The response as it is sent: in the coding that the client prefers, if it is an integration's,
    is not encoded yet, and has at least `minimum` bytes. None means never.

    AWS compresses integration responses: the gateway's own are not encoded. What streams is not
    either (AWS: response-transfer-mode).
    """
    size = len(response.body)
    if minimum is None or size == 0 or size < minimum or response.stream is not None:
        return response
    if response.answered_by not in _INTEGRATIONS or response.status in BODILESS:
        return response
    if any(name.lower() == "content-encoding" for name, _ in response.headers):
        return response
    coding = preferred_coding(",".join(request.header_values("accept-encoding")))
    if coding is None:
        return response
    compress = zlib.compress if coding == "deflate" else _gzip
    return replace(
        response,
        headers=(*response.headers, ("Content-Encoding", coding)),
        body=compress(response.body, _LEVEL),
    )


def _gzip(body: bytes, level: int) -> bytes:
    return gzip.compress(body, level, mtime=0)


def preferred_coding(accept_encoding: str) -> Coding | None:
    """The supported coding with the highest priority, the first of equals; None for no coding.

    AWS: api-gateway-enable-compression. Nothing is encoded if the highest priority is that of
    another coding, and `*` names none.
    """
    weights = dict(_weights(accept_encoding))
    highest = max(weights.values(), default=0.0)
    if highest == 0:
        return None
    for name, weight in weights.items():
        if weight == highest and name == "identity":
            return None
        if weight == highest and name in ("gzip", "deflate"):
            return "gzip" if name == "gzip" else "deflate"
    return None


def _weights(accept_encoding: str) -> Iterator[tuple[str, float]]:
    """RFC 9110 §12.5.3; a member that does not follow it is left out."""
    for member in accept_encoding.split(","):
        name, *parameters = (part.strip().lower() for part in member.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            try:
                weight = float(value) if key.strip() == "q" else -1.0
            except ValueError:
                weight = -1.0
        if name and 0 <= weight <= 1:
            yield name, weight
