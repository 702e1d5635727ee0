"""Lambda's side of an execution environment under SnapStart: its Runtime API on loopback.

AWS Lambda: runtimes-api; `restore/next` is what awslambdaric calls once the function has started.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

_API = "/2018-06-01/runtime"
_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:items:7"
_REQUEST_ID = "6f0a3c1e-4a53-4f2b-9d5e-0c1d2e3f4a5b"


@dataclass
class RuntimeApi:
    """`asked` has the paths that the runtime called, in their order; `restored` lets it go on."""

    asked: Queue[str] = field(default_factory=Queue)
    restored: threading.Event = field(default_factory=threading.Event)
    _events: Queue[dict[str, Any] | None] = field(default_factory=Queue)
    _answers: Queue[dict[str, Any]] = field(default_factory=Queue)

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """What the function returns, or what the runtime reports as its error."""
        self._events.put(event)
        return self._answers.get(timeout=20)

    @contextlib.contextmanager
    def serving(self) -> Iterator[str]:
        """Its address, `host:port`."""
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = self.path.removeprefix(_API)
                api.asked.put(path)
                if path == "/restore/next":
                    api.restored.wait()
                    self.reply(200, {})
                elif (event := api._events.get()) is not None:
                    headers = {
                        "Content-Type": "application/json",  # without it, the client crashes
                        "Lambda-Runtime-Aws-Request-Id": _REQUEST_ID,
                        "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 25_000),
                        "Lambda-Runtime-Invoked-Function-Arn": _ARN,
                    }
                    self.reply(200, event, headers)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                api.asked.put(self.path.removeprefix(_API))
                self.reply(202, {})
                api._answers.put(json.loads(body))

            def reply(
                self, status: int, content: Any, headers: Mapping[str, str] | None = None
            ) -> None:
                text = json.dumps(content).encode()
                self.send_response(status)
                for name, value in {**(headers or {}), "Content-Length": str(len(text))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *arguments: object) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            self.restored.set()
            self._events.put(None)
            server.shutdown()
            thread.join()
            server.server_close()
