"""The DynamoDB that `contract serve` gives the function."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import AsyncIterator

from openapi_first.stage import dynamodb
from openapi_first.stage.dynamodb import LocalDynamoDB

_CONNECTIONS_WAITING = 128
_SECONDS_BETWEEN_LOOKS = 0.1


class Database:
    """A local DynamoDB that starts when it is told to, or at the first connection to it.

    It listens from the beginning, so a client that connects before it is open only waits.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=_CONNECTIONS_WAITING)
        self._server: LocalDynamoDB | None = None
        self._private_url: str | None = None

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def is_started(self) -> bool:
        return self._server is not None

    @property
    def private_url(self) -> str | None:
        """Where it is served before it is open; None before it is started."""
        return self._private_url

    def start(self) -> None:
        """Starts it, without tables; it is not open yet. Raises ModuleNotFoundError."""
        if self._server is None:
            self._start()

    def open(self) -> None:
        """Serves its public URL, too, where clients may wait already."""
        if self._server is not None:
            self._server.open()

    def _start(self) -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=_CONNECTIONS_WAITING) as private:
            self._private_url = f"http://127.0.0.1:{private.getsockname()[1]}"
            self._server = dynamodb.start(private, self._listener)

    async def ended(self, seconds: float) -> str | None:
        """Waits until it has ended by itself, and returns how; None if it has not after some
        seconds."""
        end = time.monotonic() + seconds
        while self._server is None or self._server.status is None:
            if time.monotonic() >= end:
                return None
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        status = self._server.status
        return f"exit status {status}" if status >= 0 else signal.Signals(-status).name

    @contextlib.asynccontextmanager
    async def starting_again(self) -> AsyncIterator[str]:
        """Starts it without its tables. In the block, it only serves the URL that this yields:
        clients of its own URL wait until it has its tables. Raises LocalDynamoDBError."""
        if self._server is not None:
            self._server.stop()
        self._start()
        assert self._server is not None
        server = self._server
        url = await asyncio.to_thread(server.wait_ready)
        try:
            yield url
        finally:
            server.open()

    async def refuse(self, seconds: float) -> None:
        """Closes each connection for some seconds, while it does not run."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._listener, lambda: self._listener.accept()[0].close())
        try:
            await asyncio.sleep(seconds)
        finally:
            loop.remove_reader(self._listener)

    async def wait_ready(self) -> None:
        """Waits for a database that is started. Raises LocalDynamoDBError."""
        if self._server is not None:
            await asyncio.to_thread(self._server.wait_ready)

    @contextlib.asynccontextmanager
    async def starting_on_demand(self) -> AsyncIterator[None]:
        """Starts it at the first connection. If it is not installed, this ends what the task waits
        for, and raises ModuleNotFoundError."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        missing: list[ModuleNotFoundError] = []

        def start() -> None:
            loop.remove_reader(self._listener)
            try:
                self.start()
                self.open()
            except ModuleNotFoundError as error:
                missing.append(error)
                if task is not None:
                    task.cancel()

        if self._server is None:
            loop.add_reader(self._listener, start)
        try:
            yield
        except asyncio.CancelledError:
            if missing and task is not None:
                task.uncancel()
                raise missing[0] from None
            raise
        finally:
            loop.remove_reader(self._listener)

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends it, and with it its tables."""
        if self._server is not None:
            self._server.stop()
        self._listener.close()
