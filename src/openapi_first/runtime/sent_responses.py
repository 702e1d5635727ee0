"""Responses as Powertools' Response: an operation's, the engine's own, and those of middlewares."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response

from openapi_first.core.media_types import is_json, media_type_of
from openapi_first.runtime.responses import Reply
from openapi_first.runtime.wire.bodies_sent import dump_value, headers_of_body
from openapi_first.runtime.wire.json_text import read_json
from openapi_first.runtime.wire.outgoing import NO_BODY, Outgoing, SentHeaders, sendable_status


class SettledResponse(Response[Any]):
    """A response that the engine has written, and that is not validated again.

    An operation's response is settled until a middleware changes it. One of the engine's own
    problem details, for which `own` is set, may have its headers changed.
    """

    def __init__(self, sent: Outgoing, *, own: bool = False) -> None:
        value, status, headers, media_type, codings = sent
        body, encoded = dump_value(value, media_type, codings)
        if media_type is not None:
            headers = {**headers, "Content-Type": media_type}
        super().__init__(status, body=body, headers=headers)
        self.base64_encoded = encoded
        self.value = value
        self.written = body
        self.own = own
        self._status = status
        self._headers = headers

    def is_settled(self) -> bool:
        return (
            self.body is self.written
            and self.status_code == self._status
            and (self.own or self._headers == self.headers)
            and not self.cookies
        )


def own_response(reply: Reply[Any], status: int, *, head: bool) -> SettledResponse:
    """The response to a problem of the engine, whose headers are plain; without a body to HEAD."""
    headers: Mapping[str, Any] = reply.headers
    if not head or reply.media_type is None:
        return SettledResponse(Outgoing(reply.value, status, headers, reply.media_type), own=True)
    headers = {**headers, **headers_of_body(reply.value, reply.media_type)}
    return SettledResponse(Outgoing(None, status, headers, None), own=True)


def as_sent(
    response: Response[Any],
    lines: Callable[[Mapping[str, Any], int], SentHeaders],
    *,
    head: bool,
    judged: bool,
) -> tuple[Response[Any], Outgoing]:
    """A copy of a middleware's response as Powertools sends it, and what of it is validated.

    `lines` reads its headers; `head`: the response to HEAD, which is sent without a body. The value
    is read from a written body only if it is `judged`. Raises UnsendableError, and TypeError or
    ValueError for a body that cannot be written or read.
    """
    status = sendable_status(response.status_code)
    headers, media_type, codings = lines(_with_cookies(response), status)
    sent = copy.copy(response)
    sent.status_code, sent.headers, sent.cookies = status, {**headers}, []
    if media_type is not None and status not in NO_BODY:
        sent.headers["Content-Type"] = media_type
    if head and isinstance(response.body, str) and response.body:
        body = response.body
        content = base64.b64decode(body) if response.base64_encoded else body.encode()
        sent.headers["Content-Length"] = str(len(content))
    if head or status in NO_BODY or response.body is None or response.body == "":
        sent.body, sent.base64_encoded = "", False
        return sent, Outgoing(None, status, headers, None)
    media_type = media_type or "application/json"
    if isinstance(response, SettledResponse) and response.body is response.written:
        return sent, Outgoing(response.value, status, headers, media_type, codings)
    as_json = not codings and is_json(media_type_of(media_type))
    if isinstance(response.body, bytes) and as_json:
        sent.body = response.body.decode()
    elif isinstance(response.body, str):
        response.body.encode()  # raises for a lone surrogate
    else:
        sent.body, sent.base64_encoded = dump_value(response.body, media_type, codings)
    value: Any = response.body if judged else None
    if isinstance(value, str) and response.base64_encoded:
        value = base64.b64decode(value, validate=True)
    if as_json and isinstance(value, str | bytes):
        value = read_json(value if isinstance(value, str) else value.decode())
    return sent, Outgoing(value, status, headers, media_type, codings)


def prepare_compression(response: Response[Any]) -> None:
    """For a response that Powertools is asked to compress: it would compress base64, an encoded
    body a second time, and no body at all."""
    encoded = any(name.lower() == "content-encoding" for name in response.headers)
    if encoded or not response.body:
        response.compress = False
    elif response.base64_encoded and isinstance(response.body, str):
        data = base64.b64decode(response.body)
        response.body = data.decode() if response.is_json() else data
        response.base64_encoded = False


def _with_cookies(response: Response[Any]) -> dict[str, Any]:
    """The response's headers, its cookies among them."""
    headers = dict(response.headers)
    cookies = [str(cookie) for cookie in response.cookies]
    if cookies:
        name = next((each for each in headers if each.lower() == "set-cookie"), "Set-Cookie")
        given = headers.get(name) or []
        headers[name] = [*([given] if isinstance(given, str) else given), *cookies]
    return headers
