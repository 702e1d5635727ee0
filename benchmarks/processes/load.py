"""Closed-loop load: each client sends its next request when it has the response.

Connections are kept as long as the server keeps them. The client is a separate process and written
for this, because a general HTTP client costs more than what is measured.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass

_LENGTH = b"content-length:"
_PATIENCE = 15.0
"""Seconds that a response may take after the last request was sent."""


@dataclass(frozen=True, slots=True)
class Load:
    """Responses per second, latencies in milliseconds, and the number of responses by status."""

    per_second: float
    p50_ms: float
    p99_ms: float
    statuses: dict[str, int]


class _Client(asyncio.Protocol):
    def __init__(self, port: int, request: bytes, deadline: float) -> None:
        self._port, self._request, self._deadline = port, request, deadline
        self._loop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = self._loop.create_future()
        self.latencies: list[float] = []
        self.statuses: dict[str, int] = {}

    async def connect(self) -> None:
        await self._loop.create_connection(lambda: self, "127.0.0.1", self._port)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._buffer, self._complete = b"", False
        self._sent = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, ended, body = self._buffer.partition(b"\r\n\r\n")
        if not ended:
            return
        lower = head.lower()
        at = lower.index(_LENGTH) + len(_LENGTH)
        if len(body) < int(head[at:].split(b"\r\n", 1)[0]):
            return
        now = time.perf_counter()
        self.latencies.append(now - self._sent)
        self._count(head[9:12].decode())
        self._complete = True
        if (
            now >= self._deadline
            or head.startswith(b"HTTP/1.0")
            or b"\r\nconnection: close" in lower
        ):
            self._transport.close()
        else:
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._complete:
            self._count("lost")
        if time.perf_counter() < self._deadline:
            self._connecting = self._loop.create_task(self.connect())
        elif not self.done.done():
            self.done.set_result(None)

    def _count(self, status: str) -> None:
        self.statuses[status] = self.statuses.get(status, 0) + 1


async def _load(port: int, request: bytes, connections: int, seconds: float) -> Load:
    started = time.perf_counter()
    clients = [_Client(port, request, started + seconds) for _ in range(connections)]
    await asyncio.gather(*(client.connect() for client in clients))
    await asyncio.wait([client.done for client in clients], timeout=seconds + _PATIENCE)
    elapsed = time.perf_counter() - started
    latencies = sorted(each * 1000 for client in clients for each in client.latencies)
    statuses: dict[str, int] = {}
    for client in clients:
        for status, count in client.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    unanswered = sum(not client.done.done() for client in clients)
    if unanswered:
        statuses["unanswered"] = unanswered
    return Load(
        len(latencies) / elapsed,
        latencies[len(latencies) // 2] if latencies else 0.0,
        latencies[len(latencies) * 99 // 100] if latencies else 0.0,
        statuses,
    )


def main(port: str, connections: str, seconds: str, request: str) -> None:
    """Prints a `Load` as JSON."""
    result = asyncio.run(_load(int(port), request.encode(), int(connections), float(seconds)))
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main(*sys.argv[1:])
