"""Listening on a port, and serving there."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from openapi_first.core.errors import UserError
from openapi_first.stage.http.protocol import CasePreservingProtocol

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
) -> None:
    """Serve until `stop` is set, or until it is cancelled.

    Open connections are closed at once, running requests get a tenth of a second. A `listener` made
    by `bind` has a port, and accepts connections, before anything is started.
    """
    listener = listener or bind(host, port)
    config = uvicorn.Config(
        app,
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
        timeout_graceful_shutdown=0,
    )
    server = _Server(config)
    stop = stop or asyncio.Event()
    running = asyncio.ensure_future(server.serve(sockets=[listener]))
    waiting = asyncio.ensure_future(stop.wait())
    try:
        while not server.started and not running.done():
            await asyncio.sleep(0.001)
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        server.should_exit = True
        await running


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Signals are for the caller, who has more to end.
        yield
