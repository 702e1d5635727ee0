"""Messages of a worker are read whole, however they arrive."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from openapi_first.stage.functions.channel import Channel, ChannelClosed
from openapi_first.stage.functions.frames import encode


def connected(use: Callable[[Channel, socket.socket], Awaitable[None]]) -> None:
    async def run() -> None:
        ours, theirs = socket.socketpair()
        _, channel = await asyncio.get_running_loop().create_connection(Channel, sock=ours)
        with theirs:
            await use(channel, theirs)
            channel.close()

    asyncio.run(run())


def test_a_message_may_arrive_in_pieces_or_with_the_next() -> None:
    message = encode({"kind": "result"}, b"payload")

    async def use(channel: Channel, theirs: socket.socket) -> None:
        for at in range(len(message) + 1):
            theirs.sendall(message[:at])
            receiving = asyncio.ensure_future(channel.receive(5))
            await asyncio.sleep(0.001)
            theirs.sendall(message[at:] + message)
            assert await receiving == ({"kind": "result"}, b"payload")
            assert await channel.receive(5) == ({"kind": "result"}, b"payload")

    connected(use)


def test_an_incomplete_message_is_none() -> None:
    async def use(channel: Channel, theirs: socket.socket) -> None:
        theirs.sendall(encode({"kind": "result"}, b"payload")[:-1])
        with pytest.raises(TimeoutError):
            await channel.receive(0.01)
        theirs.close()
        with pytest.raises(ChannelClosed):
            await channel.receive(5)

    connected(use)


def test_a_message_that_arrived_before_the_end_is_read() -> None:
    async def use(channel: Channel, theirs: socket.socket) -> None:
        theirs.sendall(encode({"kind": "ready"}))
        theirs.close()
        await asyncio.sleep(0.01)
        assert await channel.receive(5) == ({"kind": "ready"}, b"")
        with pytest.raises(ChannelClosed):
            await channel.receive(None)

    connected(use)
