"""Listening on a port, and serving there."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import time
from collections.abc import Callable, Iterator, Sequence

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openapi_first.core.errors import UserError
from openapi_first.stage.http.protocol import CasePreservingProtocol

GRACE_SECONDS = 5.0
"""How long requests under way may go on when the stage ends."""
_SECONDS_TO_ANSWER = 1.0
"""For a request that is given up, and whose client still gets a response."""
_IDLE_SECONDS = 310  # AWS: api-gateway-execution-service-limits-table, idle connection timeout


class PortInUse(UserError):
    """Something else listens on the port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"port {port} on {host} is in use: stop what uses it, or choose another with --port"
        )


def bind(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A listening socket; port 0 picks a free one. Raises PortInUse."""
    family, _, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    # asyncio switches Nagle's algorithm off only for sockets created as TCP; with it, a client
    # with keep-alive waits 40 ms for each body.
    listener = socket.socket(family, socket.SOCK_STREAM, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(host, port) from None
        raise
    return listener


async def serve(
    app: ASGIApp,
    host: str = "127.0.0.1",
    port: int = 3000,
    *,
    listener: socket.socket | None = None,
    stop: asyncio.Event | None = None,
    on_wait: Callable[[int, float], None] = lambda *_: None,
) -> None:
    """Serve until `stop` is set, or until it is cancelled.

    No new connection is accepted then, and idle ones are closed. After `stop`, requests under way
    get GRACE_SECONDS, and `on_wait` is called with both if there are any. Those that are
    left then, and all of them when it is cancelled, are cancelled; the application may still
    respond. Streams are closed at once. A `listener` made by `bind` has a port, and accepts
    connections, before anything is started.
    """
    listener = listener or bind(host, port)
    requests = _Requests(app)
    config = uvicorn.Config(
        requests,
        interface="asgi3",  # uvicorn would detect a bound method as an ASGI 2 application
        http=CasePreservingProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=_IDLE_SECONDS,
    )
    server = _Server(config, requests)
    stop = stop or asyncio.Event()
    running = asyncio.ensure_future(server.serve(sockets=[listener]))
    waiting = asyncio.ensure_future(stop.wait())
    try:
        while not server.started and not running.done():
            await asyncio.sleep(0.001)
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            server.stop_listening([listener])
            if requests.unanswered:
                on_wait(len(requests.unanswered), GRACE_SECONDS)
            await requests.answered(GRACE_SECONDS)
    finally:
        waiting.cancel()
        server.should_exit = True
        await running


class _Requests:
    """The application, and its requests that are under way."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.running: set[asyncio.Task[None]] = set()
        self.unanswered: set[asyncio.Task[None]] = set()
        """Without streams, whose response has begun."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.running.add(task)
        self.unanswered.add(task)

        async def sending(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.body":
                self.unanswered.discard(task)

        try:
            await self._app(scope, receive, sending)
        finally:
            self.running.discard(task)
            self.unanswered.discard(task)

    async def answered(self, seconds: float) -> None:
        """Waits until no request is left without a response."""
        end = time.monotonic() + seconds
        while self.unanswered and time.monotonic() < end:
            await asyncio.sleep(0.02)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, requests: _Requests) -> None:
        super().__init__(config)
        self._requests = requests
        self._listens = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Signals are for the caller, who has more to end.
        yield

    def stop_listening(self, sockets: Sequence[socket.socket]) -> None:
        """Accepts no connection any more, and closes those that are idle."""
        if self._listens:
            self._listens = False
            for server in self.servers:
                server.close()
            for each in sockets:
                each.close()
            for connection in list(self.server_state.connections):
                connection.shutdown()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Not uvicorn's own, which answers requests that it cancels with a plain text of its own.
        self.stop_listening(sockets or [])
        for task in list(self._requests.running):
            task.cancel()
        end = time.monotonic() + _SECONDS_TO_ANSWER
        while self.server_state.connections and time.monotonic() < end:
            await asyncio.sleep(0.005)
