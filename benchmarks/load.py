"""Closed-loop load over kept-alive connections: each sends its next request when it has an answer.

A client of its own, in a process of its own, since general ones cost more than what is measured.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass

__all__ = ["Load", "main"]

_LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured: answers per second, latencies in milliseconds, and the statuses."""

    per_second: float
    p50_ms: float
    p99_ms: float
    statuses: dict[str, int]


class _Client(asyncio.Protocol):
    def __init__(self, request: bytes, deadline: float, done: asyncio.Future[None]) -> None:
        self._request, self._deadline, self._done = request, deadline, done
        self._buffer = b""
        self.latencies: list[float] = []
        self.statuses: dict[str, int] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, ended, body = self._buffer.partition(b"\r\n\r\n")
        if not ended:
            return
        at = head.lower().index(_LENGTH) + len(_LENGTH)
        if len(body) < int(head[at:].split(b"\r\n", 1)[0]):
            return
        self._buffer = b""
        now = time.perf_counter()
        self.latencies.append(now - self._sent)
        status = head[9:12].decode()
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if now < self._deadline:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None:
            self.statuses["lost"] = self.statuses.get("lost", 0) + 1
        if not self._done.done():
            self._done.set_result(None)


async def _load(port: int, request: bytes, connections: int, seconds: float) -> Load:
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    clients = []
    for _ in range(connections):
        client = _Client(request, started + seconds, loop.create_future())
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)
        clients.append(client)
    await asyncio.gather(*(client._done for client in clients))
    elapsed = time.perf_counter() - started
    latencies = sorted(each * 1000 for client in clients for each in client.latencies)
    statuses: dict[str, int] = {}
    for client in clients:
        for status, count in client.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    return Load(
        len(latencies) / elapsed,
        latencies[len(latencies) // 2],
        latencies[len(latencies) * 99 // 100],
        statuses,
    )


def main(port: str, connections: str, seconds: str) -> None:
    """Reads the request from standard input, and prints a `Load` as JSON."""
    request = sys.stdin.buffer.read()
    result = asyncio.run(_load(int(port), request, int(connections), float(seconds)))
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main(*sys.argv[1:])
