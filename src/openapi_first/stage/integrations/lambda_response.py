"""Reading what a Lambda returned to a proxy integration (AWS: set-up-lambda-proxy-integrations).

Anything but an object of the five known keys is malformed and becomes a 502.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any

from openapi_first.stage.messages.headers import is_header, treated
from openapi_first.stage.messages.media_types import first_accepted, is_binary
from openapi_first.stage.messages.response import Answer
from openapi_first.stage.messages.settings import Settings

_KEYS = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"})


class Malformed(ValueError):
    """The reply is not a proxy response; the message says where."""


def proxy_answer(
    payload: bytes,
    *,
    accept: str | None,
    binary_media_types: Sequence[str],
    settings: Settings,
) -> Answer:
    """The answer a reply asks for; `Malformed` if it is not one."""
    reply = _reply(payload, settings)
    unknown = sorted(set(reply) - _KEYS)
    if unknown:
        raise Malformed(f"unknown keys {', '.join(unknown)}")
    status = _status(reply.get("statusCode"))
    headers = treated(_merged(reply, settings))
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    body = _body(reply, is_binary(first_accepted(accept), binary_media_types))
    return Answer(status, tuple(headers), body, "lambda", traced=True)


def _reply(payload: bytes, settings: Settings) -> Mapping[str, Any]:
    try:
        reply = json.loads(payload.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from error
    if reply is None and not settings.null_result_malformed:
        return {}
    if not isinstance(reply, dict):
        raise Malformed(f"a {type(reply).__name__} instead of an object")
    return reply


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _status(code: object) -> int:
    if code is None:
        return 200
    if isinstance(code, str) and code.isascii() and code.isdigit():
        code = int(code[:4])
    if isinstance(code, int) and not isinstance(code, bool) and 200 <= code <= 599:
        return code
    raise Malformed(f"statusCode {code!r}")


def _merged(reply: Mapping[str, Any], settings: Settings) -> list[tuple[str, str]]:
    """Both header maps: multi-value first and with its spelling, then single values."""
    spelled: dict[str, str] = {}
    merged: dict[str, list[str]] = {}

    def add(name: str, value: object, *, repeated: bool) -> None:
        text = _text(name, value, settings)
        values = merged.setdefault(spelled.setdefault(name.lower(), name), [])
        # The same pair in both maps counts once.
        if repeated or text not in values:
            values.append(text)

    for name, values in _map(reply, "multiValueHeaders").items():
        if not isinstance(values, list):
            raise Malformed(f"multiValueHeaders.{name} is not a list")
        for value in values:
            add(name, value, repeated=True)
    for name, value in _map(reply, "headers").items():
        add(name, value, repeated=False)
    return [(name, value) for name, values in merged.items() for value in values]


def _map(reply: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = reply.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Malformed(f"{key} is not an object")
    return value


def _text(name: str, value: object, settings: Settings) -> str:
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


def _body(reply: Mapping[str, Any], decodable: bool) -> bytes:
    body = reply.get("body")
    encoded = reply.get("isBase64Encoded")
    if encoded is not None and not isinstance(encoded, bool):
        raise Malformed("isBase64Encoded is not a boolean")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise Malformed(f"body is a {type(body).__name__} instead of a string")
    # Without a matching Accept the client receives the base64 text as it is.
    if encoded and decodable:
        try:
            return base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Malformed(f"body is not base64: {error}") from error
    return body.encode("utf-8", "replace")
