"""The stage's side of the socket of a worker: one message is sent, and one is awaited."""

from __future__ import annotations

import asyncio
from typing import Any

from openapi_first.stage.functions.frames import LENGTHS, lengths, read_header

Message = tuple[dict[str, Any], bytes]
"""A header and a payload."""


class ChannelClosed(Exception):
    """The worker closed the socket before it sent a whole message."""


class Channel(asyncio.Protocol):
    """Reads messages as they arrive. A stream would wake its reader for each part of one."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._read = bytearray()
        self._lengths: tuple[int, int] | None = None
        """Those of the header and payload that arrive."""
        self._closed = False
        self._awaited: asyncio.Future[Message] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        self._pass_on()

    def connection_lost(self, _: Exception | None) -> None:
        self.end()

    def end(self) -> None:
        """Nothing more is expected, even if a child of the worker holds the socket open."""
        self._closed = True
        self._pass_on()

    def send(self, message: bytes) -> None:
        if self._transport is not None:
            self._transport.write(message)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    async def receive(self, seconds: float | None) -> Message:
        """The next message. Raises TimeoutError and ChannelClosed."""
        loop = asyncio.get_running_loop()
        self._awaited = loop.create_future()
        timer = None if seconds is None else loop.call_later(seconds, self._fail, TimeoutError())
        self._pass_on()
        try:
            return await self._awaited
        finally:
            self._awaited = None
            if timer is not None:
                timer.cancel()

    def _pass_on(self) -> None:
        """Gives the awaited message to whom it is for, if it is complete."""
        if self._awaited is None or self._awaited.done():
            return
        start = LENGTHS.size
        if self._lengths is None and len(self._read) >= start:
            self._lengths = lengths(bytes(self._read[:start]))
        if self._lengths is None or len(self._read) < start + sum(self._lengths):
            if self._closed:
                self._fail(ChannelClosed())
            return
        head, end = start + self._lengths[0], start + sum(self._lengths)
        message = read_header(bytes(self._read[start:head])), bytes(self._read[head:end])
        del self._read[:end]
        self._lengths = None
        self._awaited.set_result(message)

    def _fail(self, error: Exception) -> None:
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_exception(error)
