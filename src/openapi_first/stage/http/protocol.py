"""Request headers in the case the client sent them, and the end of the client's connection.

The event of a REST API keeps the case (AWS: set-up-lambda-proxy-integrations); ASGI servers give
names in lower case. h11 has the original, so a thin layer over uvicorn's protocol can pass it on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import h11
from starlette.types import Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from openapi_first.stage.messages.invocation import HungUp

SENT_HEADERS = "stage.sent_headers"
"""The extension of an ASGI scope that has them."""
_HUNG_UP = "stage.hung_up"
_HEADER_LIMIT = 64 * 1024

Headers = list[tuple[bytes, bytes]]


def sent_headers(scope: Scope) -> Headers:
    """The headers as sent; in lower case under another server."""
    headers: Headers = scope.get("extensions", {}).get(SENT_HEADERS, scope["headers"])
    return headers


def hung_up(scope: Scope) -> HungUp | None:
    """Done when the client has closed its connection; None under another server."""
    found: HungUp | None = scope.get("extensions", {}).get(_HUNG_UP)
    return found


class _Connection(h11.Connection):
    """Keeps the headers of the request it read last: it reads the next after that one's response.

    The head of a response with a known length is sent together with its body, since each packet
    costs both sides a system call.
    """

    sent: Headers
    _head: tuple[bytes, ...] = ()

    def send_with_data_passthrough(self, event: h11.Event) -> list[bytes] | None:
        output = super().send_with_data_passthrough(event)
        if isinstance(event, h11.Response) and _has_length(event):
            self._head = tuple(output or ())
            return []
        if self._head:
            output, self._head = [*self._head, *(output or ())], ()
        return output

    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, h11.Request):
            self.sent = event.headers.raw_items()
        return event


def _has_length(response: h11.Response) -> bool:
    return any(name == b"content-length" for name, _ in response.headers)


class CasePreservingProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 over h11, plus `sent_headers` and `hung_up`."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        connection = self.conn = _Connection(h11.SERVER, _HEADER_LIMIT)
        self._hung_up: HungUp = self.loop.create_future()
        inner = self.app

        def app(scope: Any, receive: Receive, send: Send) -> Awaitable[None]:
            own = {SENT_HEADERS: connection.sent, _HUNG_UP: self._hung_up}
            scope["extensions"] = {**scope.get("extensions", {}), **own}
            response: Awaitable[None] = inner(scope, receive, send)
            return response

        self.app = app

    def connection_lost(self, exc: Exception | None) -> None:
        self._hung_up.set_result(None)
        super().connection_lost(exc)
