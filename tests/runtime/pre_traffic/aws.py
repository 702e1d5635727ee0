"""Lambda and CodeDeploy behind HTTP, for the function that tries out a new version."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:items:7"
LIFE_CYCLE = {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "e-1"}


@dataclass
class Aws:
    """What the version answers, the events that it got, and the statuses that were reported."""

    version: Callable[[dict[str, Any]], Any]
    events: list[dict[str, Any]] = field(default_factory=list)
    reports: list[dict[str, str]] = field(default_factory=list)
    refusal: tuple[int, str] | None = None

    def answered(self, path: str, body: bytes) -> tuple[int, dict[str, str], Any]:
        if path == "/":
            self.reports.append(json.loads(body))
            return 200, {}, {"lifecycleEventHookExecutionId": "e-1"}
        assert unquote(path) == f"/2015-03-31/functions/{ARN}/invocations"
        if self.refusal is not None:
            return self.refusal[0], {"x-amzn-ErrorType": self.refusal[1]}, {"Message": "no"}
        self.events.append(json.loads(body))
        try:
            return 200, {}, self.version(self.events[-1])
        except FunctionError as error:
            return 200, {"X-Amz-Function-Error": "Unhandled"}, error.payload
        except Exception as error:
            failed = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return 200, {"X-Amz-Function-Error": "Unhandled"}, failed

    @contextlib.contextmanager
    def serving(self) -> Iterator[dict[str, str]]:
        """The environment variables of a function that tries out the version."""
        answered = self.answered

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, headers, answer = answered(self.path, body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in (*headers.items(), ("Content-Length", str(len(text)))):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
                "AWS_ACCESS_KEY_ID": "id",
                "AWS_SECRET_ACCESS_KEY": "its-own-key",
                "AWS_DEFAULT_REGION": "eu-west-1",
                "VERSION_ARN": ARN,
                "STAGE_NAME": "live",
            }
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class FunctionError(Exception):
    """The version failed, with what Lambda says about it."""

    def __init__(self, payload: Any) -> None:
        super().__init__(payload)
        self.payload = payload
