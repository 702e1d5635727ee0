"""The control plane of API Gateway for one API, on a real socket."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from drift.exported_api import exported
from drift.imported_api import API_ID, RestApi


@dataclass
class ControlPlaneServer:
    """The control plane for one API: what is `current`, and what each stage serves.

    `fail` may answer any call by its path: a status, an error type, and a message.
    """

    current: RestApi
    stages: dict[str, RestApi]
    fail: Callable[[str], tuple[int, str, str] | None] = lambda path: None
    page: int = 4
    calls: list[str] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[str]:
        """Yields the URL of the endpoint."""
        plane = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # header and body in one packet
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                plane.calls.append(unquote(self.path))
                status, kind, answer = plane.answer(unquote(parts.path), query)
                body = json.dumps(answer).encode()
                self.send_response(status)
                if kind:
                    self.send_header("x-amzn-ErrorType", kind)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, str, Any]:
        """Status, error type and body."""
        failure = self.fail(path)
        if failure is not None:
            status, kind, message = failure
            return status, kind, {"message": message}
        _, _, api, *rest = path.split("/")
        if api != API_ID:
            return self._absent("Invalid API identifier specified 123456789012:" + api)
        if not rest:
            return 200, "", self.current.api
        if rest == ["stages"]:
            return 200, "", {"item": [{"stageName": name} for name in self.stages]}
        if rest[0] == "stages":
            assert query["extensions"] == "integrations,authorizers,apigateway"
            deployed = self.stages.get(rest[1])
            if deployed is None:
                return self._absent("Invalid stage identifier specified")
            return 200, "", exported(deployed, rest[1])
        lists = {
            "resources": self.current.resources,
            "models": self.current.models,
            "requestvalidators": self.current.validators,
            "authorizers": self.current.authorizers,
            "gatewayresponses": self.current.gateway_responses,
        }
        found: list[Any] = lists[rest[0]]
        if rest[0] == "resources":
            assert query["embed"] == "methods"
        start = int(query.get("position", "0"))
        page: dict[str, Any] = {"item": copy.deepcopy(found[start : start + self.page])}
        if start + self.page < len(found):
            page["position"] = str(start + self.page)
        return 200, "", page

    @staticmethod
    def _absent(message: str) -> tuple[int, str, Any]:
        return 404, "NotFoundException", {"message": message}
