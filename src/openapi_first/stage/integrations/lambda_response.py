"""The response that a function's result describes (AWS: set-up-lambda-proxy-integrations).

A result that is not an object of the five known keys is malformed and becomes a 502.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.mapping.headers import Headers, is_header, returned_headers
from openapi_first.stage.messages.media_types import first_accepted, is_binary
from openapi_first.stage.messages.response import StageResponse
from openapi_first.stage.messages.settings import Settings

_KEYS = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"})

_STREAMED_KEYS = frozenset({"statusCode", "headers", "multiValueHeaders", "cookies"})


class Malformed(ValueError):
    """The result is not a proxy response; the message says where."""


def proxy_response(request: MethodRequest, payload: bytes) -> StageResponse:
    """The response that a function's result describes. Raises Malformed."""
    result = _result(payload, request.settings)
    unknown = sorted(set(result) - _KEYS)
    if unknown:
        raise Malformed(f"unknown keys {', '.join(unknown)}")
    status = _status(result.get("statusCode"))
    headers = returned_headers(_merged(result, request.settings))
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    accepted = first_accepted(request.sent.header("accept"))
    body = _body(result, decodable=is_binary(accepted, request.binary_media_types))
    return StageResponse(status, tuple(headers), body, "lambda", traced=True)


def streamed_head(metadata: bytes, settings: Settings) -> tuple[int, Headers]:
    """The status and headers before a streamed payload (AWS: response-transfer-mode-lambda).

    Raises Malformed.
    """
    result = _result(metadata, settings)
    unknown = sorted(set(result) - _STREAMED_KEYS)
    if unknown:
        raise Malformed(f"unknown keys {', '.join(unknown)}")
    headers = returned_headers(_merged(result, settings))
    cookies = result.get("cookies") or []
    if not isinstance(cookies, list):
        raise Malformed("cookies is not a list")
    headers += [("Set-Cookie", _header_value("Set-Cookie", each, settings)) for each in cookies]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return _status(result.get("statusCode")), headers


def _result(payload: bytes, settings: Settings) -> Mapping[str, Any]:
    try:
        result = parse_json(payload.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from error
    if result is None and not settings.null_result_malformed:
        return {}
    if not isinstance(result, dict):
        raise Malformed(f"a {type(result).__name__} instead of an object")
    return result


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


parse_json = json.JSONDecoder(parse_constant=_refuse).decode
"""The value of a JSON text; NaN and Infinity are not JSON. Raises ValueError, RecursionError."""


def _status(code: object) -> int:
    if code is None:
        return 200
    if isinstance(code, str) and code.isascii() and code.isdigit():
        code = int(code[:4])
    if isinstance(code, int) and not isinstance(code, bool) and 200 <= code <= 599:
        return code
    raise Malformed(f"statusCode {code!r}")


def _merged(result: Mapping[str, Any], settings: Settings) -> Headers:
    """Both header maps: multi-value first and with its spelling, then single values."""
    spelled: dict[str, str] = {}
    merged: dict[str, list[str]] = {}

    def add(name: str, value: object, *, repeated: bool) -> None:
        text = _header_value(name, value, settings)
        values = merged.setdefault(spelled.setdefault(name.lower(), name), [])
        # The same pair in both maps counts once.
        if repeated or text not in values:
            values.append(text)

    for name, values in _map(result, "multiValueHeaders").items():
        if not isinstance(values, list):
            raise Malformed(f"multiValueHeaders.{name} is not a list")
        for value in values:
            add(name, value, repeated=True)
    for name, value in _map(result, "headers").items():
        add(name, value, repeated=False)
    return [(name, value) for name, values in merged.items() for value in values]


def _map(result: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = result.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Malformed(f"{key} is not an object")
    return value


def _header_value(name: str, value: object, settings: Settings) -> str:
    if isinstance(value, str):
        text = value.strip()
    elif isinstance(value, bool) or (
        not settings.non_string_headers_malformed and isinstance(value, (int, float))
    ):
        text = json.dumps(value)
    else:
        raise Malformed(f"the header {name} is a {type(value).__name__} instead of a string")
    if not is_header(name, text):
        raise Malformed(f"{name!r} cannot be sent as a header")
    return text


def _body(result: Mapping[str, Any], *, decodable: bool) -> bytes:
    body = result.get("body")
    encoded = result.get("isBase64Encoded")
    if encoded is not None and not isinstance(encoded, bool):
        raise Malformed("isBase64Encoded is not a boolean")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise Malformed(f"body is a {type(body).__name__} instead of a string")
    # Unless Accept matches, the client receives the base64 text as it is.
    if encoded and decodable:
        try:
            return base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Malformed(f"body is not base64: {error}") from error
    return body.encode("utf-8", "replace")
