"""Responses as Powertools' Response: an operation's, the engine's own, and those of middlewares."""

from __future__ import annotations

import base64
import copy
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response

from openapi_first.core.media_types import is_json, media_type_of
from openapi_first.runtime.json_text import dump_json, read_json
from openapi_first.runtime.responses import Reply, dump_value


class SettledResponse(Response[Any]):
    """A response that the engine has written, and that is not validated again.

    An operation's response is settled until a middleware changes it. One of the engine's own
    problem details, for which `own` is set, may have its headers changed.
    """

    def __init__(
        self, reply: Reply[Any], status: int, media_type: str | None, *, own: bool = False
    ) -> None:
        body, encoded = dump_value(reply.value, media_type)
        headers = reply.headers
        for name, value in headers.items():
            if not (isinstance(name, str) and isinstance(value, str)):
                raise TypeError(f"the header {name!r} is {type(value).__name__}; send strings")
        if media_type is not None:
            headers = {**headers, "Content-Type": media_type}
        super().__init__(status, body=body, headers=headers)
        self.base64_encoded = encoded
        self.value = reply.value
        self.written = body
        self._status = status
        self._headers = None if own else headers

    def is_settled(self) -> bool:
        return (
            self.body is self.written
            and self.status_code == self._status
            and self._headers in (None, self.headers)
            and not self.cookies
        )


def written(response: Response[Any]) -> Response[Any]:
    """A copy of a middleware's response, with its body as a string or bytes. Raises TypeError or
    ValueError for one that cannot be sent."""
    response = copy.copy(response)
    response.headers = dict(response.headers)
    if not isinstance(response.status_code, int):
        raise TypeError(f"a status is {type(response.status_code).__name__}; send an int")
    body = response.body
    if body is not None and not isinstance(body, str | bytes):
        if not is_json(media_type_of(content_type(response))):
            raise TypeError(f"a body is {type(body).__name__}; send JSON, a string or bytes")
        body = response.body = dump_json(body)
    if isinstance(body, str) and not body.isascii():
        body.encode()
    return response


def content_type(response: Response[Any]) -> str:
    """The first Content-Type of the response, JSON without one."""
    for name, line in response.headers.items():
        if name.lower() == "content-type" and line:
            return line if isinstance(line, str) else line[0]
    return "application/json"


def value_of(response: Response[Any]) -> Any:
    """The value of a body that is written, for the validator."""
    body = response.body
    if isinstance(response, SettledResponse) and body is response.written:
        return response.value
    if isinstance(body, str) and response.base64_encoded:
        return base64.b64decode(body)
    if isinstance(body, str) and body and is_json(media_type_of(content_type(response))):
        return read_json(body)
    return body
