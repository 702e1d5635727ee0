"""A proxy in front of DynamoDB that answers some calls with a fault. Knows nothing of pytest."""

from __future__ import annotations

import contextlib
import http.client
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from urllib.parse import urlsplit


@dataclass
class Answer:
    """DynamoDB's answer, or what stands in for it. `framing` replaces Content-Length."""

    status: int
    headers: dict[str, str]
    body: bytes
    framing: str | None = None

    def sent(self) -> bytes:
        length = str(len(self.body)) if self.framing is None else self.framing
        lines = [f"HTTP/1.1 {self.status} Fault"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [f"Content-Length: {length}", "Connection: close", "", ""]
        return "\r\n".join(lines).encode("latin-1") + self.body


@dataclass
class Call:
    """A call on its way: its operation, its connection, and how to pass it on to DynamoDB."""

    operation: str
    connection: socket.socket
    forward: Callable[[], Answer]
    random: Random
    ended: threading.Event
    """Set when the proxy heals or ends, so that a fault that waits does not outlive it."""

    def reset(self) -> None:
        """Ends the connection by RST."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


@dataclass(frozen=True)
class Fault:
    """`act` does to a call what the fault is; `writes` is whether DynamoDB has seen the call;
    `keeps_open` is whether the next call can come on the same connection."""

    name: str
    act: Callable[[Call], None]
    writes: bool = False
    keeps_open: bool = False


@dataclass
class _Plan:
    fault: Fault
    operations: frozenset[str]
    left: int | None
    """The calls that are still to meet the fault; None means all."""


@dataclass
class FaultProxy:
    """`seen` has the operation of each call, and the name of its fault or None. `slowest_s` is the
    longest that DynamoDB itself has taken."""

    url: str
    base: str
    random: Random
    seen: list[tuple[str, str | None]] = field(default_factory=list)
    slowest_s: float = 0.0
    ended: threading.Event = field(default_factory=threading.Event)
    _plan: _Plan | None = None
    _share: float = 0.0
    _faults: tuple[Fault, ...] = ()
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def inject(self, fault: Fault, *operations: str, times: int | None = 1) -> None:
        """The next `times` calls of these operations meet the fault; without names, all do."""
        with self._lock:
            self._plan = _Plan(fault, frozenset(operations), times)

    def inject_at_random(self, faults: tuple[Fault, ...], share: float) -> None:
        """From now on this share of the calls meets one of the faults, as the seed has it."""
        with self._lock:
            self._faults, self._share = faults, share

    def heal(self) -> None:
        """No call meets a fault from now on, those that wait end, and `seen` is empty."""
        with self._lock:
            self._plan, self._share, self.slowest_s = None, 0.0, 0.0
            self.seen.clear()
            self.ended.set()
            self.ended = threading.Event()

    def next_fault(self, operation: str) -> Fault | None:
        with self._lock:
            fault = self._planned(operation)
            if fault is None and self.random.random() < self._share:
                fault = self.random.choice(self._faults)
            self.seen.append((operation, fault and fault.name))
            return fault

    def _planned(self, operation: str) -> Fault | None:
        plan = self._plan
        if plan is None or plan.left == 0:
            return None
        if plan.operations and operation not in plan.operations:
            return None
        if plan.left is not None:
            plan.left -= 1
        return plan.fault


@contextlib.contextmanager
def faulty(base_url: str, seed: int = 0) -> Iterator[FaultProxy]:
    """A proxy in front of the DynamoDB at `base_url`, on a port of its own."""
    server = _Server(("127.0.0.1", 0), _Handler)
    url = f"http://127.0.0.1:{server.server_port}"
    proxy = FaultProxy(url, urlsplit(base_url).netloc, Random(seed))
    server.proxy = proxy  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield proxy
    finally:
        proxy.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        proxy: FaultProxy = self.server.proxy  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]

        def forward() -> Answer:
            connection = http.client.HTTPConnection(proxy.base, timeout=30)
            started = time.monotonic()
            try:
                connection.request("POST", self.path, body, dict(self.headers.items()))
                response = connection.getresponse()
                left_out = ("content-length", "connection", "keep-alive", "transfer-encoding")
                headers = {
                    name: value
                    for name, value in response.getheaders()
                    if name.lower() not in left_out
                }
                return Answer(response.status, headers, response.read())
            finally:
                connection.close()
                proxy.slowest_s = max(proxy.slowest_s, time.monotonic() - started)

        fault = proxy.next_fault(operation)
        self.close_connection = fault is None or not fault.keeps_open
        with contextlib.suppress(OSError):
            if fault is None:
                self.connection.sendall(forward().sent())
            else:
                fault.act(Call(operation, self.connection, forward, proxy.random, proxy.ended))

    def finish(self) -> None:
        # The connection may be closed already.
        with contextlib.suppress(OSError, ValueError):
            super().finish()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def dripping(
    connection: socket.socket, data: bytes, pause_s: float, ended: threading.Event
) -> None:
    """Sends one byte after each pause."""
    for at in range(len(data)):
        if ended.wait(pause_s):
            return
        connection.sendall(data[at : at + 1])


def pouring(connection: socket.socket, data: bytes, pause_s: float, ended: threading.Event) -> None:
    """Sends the same again and again."""
    while not ended.wait(pause_s):
        connection.sendall(data)


def waiting(seconds: float, ended: threading.Event) -> None:
    started = time.monotonic()
    while not ended.is_set() and time.monotonic() - started < seconds:
        ended.wait(0.05)
