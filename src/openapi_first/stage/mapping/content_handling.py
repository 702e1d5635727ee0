"""Conversions between text and binary data (AWS: api-gateway-payload-encodings-workflow).

The table of that page: text that becomes binary is taken for base64, binary data that becomes text
is base64. `binary_media_types` decide what is binary: of a request by its `Content-Type`, of a
response by its own and by the first type of the request's `Accept`.
"""

from __future__ import annotations

import base64
import binascii
import logging

from openapi_first.aws.extensions import BINARY_MEDIA_TYPES
from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.api.rest_api import ContentHandling
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.media_types import first_accepted, is_binary, media_type
from openapi_first.stage.messages.response import StageResponse

_log = logging.getLogger("stage.execution")


def request_payload(request: MethodRequest) -> bytes:
    """The body as the integration gets it. Raises the gateway's 500 if it cannot be converted."""
    body, handling = request.sent.body, request.integration.content_handling
    kind = media_type(request.sent.header("content-type"))
    if is_binary(kind, request.binary_media_types):
        return base64.b64encode(body) if handling == "CONVERT_TO_TEXT" else body
    return _decoded(body) if handling == "CONVERT_TO_BINARY" else _text(body)


def response_payload(
    request: MethodRequest, response: StageResponse, handling: ContentHandling
) -> bytes:
    """The body as the client gets it. Raises the gateway's 500 if it cannot be converted."""
    body, types = response.body, request.binary_media_types
    kinds = response.header_values("content-type")
    if is_binary(media_type(kinds[-1] if kinds else None), types):
        if handling == "CONVERT_TO_BINARY" or (not handling and _accepts_binary(request)):
            return body
        return base64.b64encode(body)
    if handling == "CONVERT_TO_BINARY" or (not handling and _accepts_binary(request)):
        return _decoded(body)
    return _text(body)


def proxied_payload(request: MethodRequest, response: StageResponse) -> bytes:
    """The body of an HTTP proxy's response as the client gets it: text, unless its type or the one
    that the client accepts is binary, or it has a content coding.

    AWS: api-gateway-payload-encodings says that only a proxy which streams needs no binary media
    types. That an encoded body stays as it is, is unverified.
    """
    kinds = response.header_values("content-type")
    binary = is_binary(media_type(kinds[-1] if kinds else None), request.binary_media_types)
    if binary or _accepts_binary(request) or any(response.header_values("content-encoding")):
        return response.body
    return _text(response.body)


def _accepts_binary(request: MethodRequest) -> bool:
    return is_binary(first_accepted(request.sent.header("accept")), request.binary_media_types)


def _text(body: bytes) -> bytes:
    """Bytes that are not UTF-8 become U+FFFD: recorded for bodies without a binary media type."""
    text = body.decode("utf-8", "replace").encode()
    if text != body:
        _log.warning(
            "a body that is not UTF-8 was changed as on AWS, since its media type is not in %s",
            BINARY_MEDIA_TYPES,
        )
    return text


def _decoded(body: bytes) -> bytes:
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise GatewayError.integration_failed(
            500, f"Execution failed due to configuration error: the body is not base64 ({error})"
        ) from error
