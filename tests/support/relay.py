"""A relay in front of a stage that can be slow, lose connections, or change what passes."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass
class Answer:
    """A response on its way; a change may set its parts."""

    method: str
    path: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Relay:
    """What the relay does, and the requests it has seen. `loses` says whether a request's
    connection is ended before it is passed on; `change` may alter its answer."""

    url: str
    base: str
    delay: float = 0.0
    loses: Callable[[str, str, int], bool] = lambda method, path, number: False
    change: Callable[[Answer], None] = lambda answer: None
    seen: list[tuple[str, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, method: str, path: str) -> int:
        with self._lock:
            self.seen.append((method, path))
            return len(self.seen)


@contextlib.contextmanager
def relaying(base_url: str) -> Iterator[Relay]:
    """A relay in front of the stage at `base_url`, on a port of its own."""
    parts = urlsplit(base_url)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    relay = Relay(f"http://127.0.0.1:{server.server_port}{parts.path}", parts.netloc)
    server.relay = relay  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield relay
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    disable_nagle_algorithm = True

    def _relay(self) -> None:
        relay: Relay = self.server.relay  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        number = relay.count(self.command, self.path)
        if relay.loses(self.command, self.path, number):
            self.close_connection = True
            return
        time.sleep(relay.delay)
        connection = http.client.HTTPConnection(relay.base, timeout=30)
        try:
            connection.putrequest(
                self.command, self.path, skip_host=True, skip_accept_encoding=True
            )
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body or None)
            response = connection.getresponse()
            answer = Answer(
                self.command, self.path, response.status, response.getheaders(), response.read()
            )
        finally:
            connection.close()
        relay.change(answer)
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                self.send_header(name, value)
        if answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if answer.status not in (204, 304):
            self.wfile.write(answer.body)

    do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = do_OPTIONS = do_HEAD = _relay  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Says nothing."""
