"""The command of a finding sends what the run has sent."""

from __future__ import annotations

import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator

import pytest

from openapi_first.conformance.http.curl import curl_command
from openapi_first.conformance.model.messages import Request

_SEEN: list[tuple[str, str, dict[str, str], bytes]] = []


class _Echo(http.server.BaseHTTPRequestHandler):
    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        _SEEN.append((self.command, self.path, dict(self.headers), body))
        self.send_response(204)
        self.end_headers()

    do_GET = do_HEAD = do_POST = do_PUT = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with http.server.HTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here")
@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "/a/../b?q=[1]&r={x}"),
        Request("HEAD", "/a"),
        Request("GET", "/a", (), b"body"),
        Request("POST", "/a", (("Content-Type", "application/json"),), b'{"a": "$HOME \'x\'"}'),
        Request("PUT", "/a", (("X-Empty", ""), ("Authorization", "Bearer $TOKEN")), b"@file"),
        Request("POST", "/a", (("Content-Type", "image/png"),), b"\x89PNG\x00\xff"),
        Request("POST", "/a", (), b""),
    ],
    ids=lambda each: f"{each.method} {each.target} {each.body!r}",
)
def test_the_shell_sends_the_request(url: str, request_: Request) -> None:
    command = curl_command(request_, url, {"$TOKEN": "secret"})
    assert "secret" not in command
    environment = {**os.environ, "TOKEN": "secret"}
    subprocess.run(command, shell=True, env=environment, check=True, capture_output=True)
    method, path, headers, body = _SEEN[-1]
    assert (method, path, body) == (request_.method, request_.target, request_.body or b"")
    for name, value in request_.headers:
        assert headers[name] == value.replace("$TOKEN", "secret")
    assert ("Content-Type" in headers) == (request_.header("Content-Type") is not None)


def test_a_long_body_is_cut_and_says_so() -> None:
    command = curl_command(Request("POST", "/a", (), b"a" * 5000), "http://h", {})
    assert command.endswith("# … 5000 bytes")
    assert len(command) < 2200
