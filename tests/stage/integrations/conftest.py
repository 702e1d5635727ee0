"""An HTTP endpoint of integrations."""

import gzip
import http.server
import json
import threading

import pytest


class Endpoint(http.server.BaseHTTPRequestHandler):
    """Tells what it was sent; misbehaves as the path asks."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        self.server.bodies.append(body)
        if self.path.startswith("/hang"):
            self.server.release.wait(10)
        if self.path.startswith(("/hang", "/close")):
            self.close_connection = True
            return
        status = int(self.path[8:11]) if self.path.startswith("/status/") else 201
        if self.path.startswith("/binary"):
            payload = bytes(range(256))
            kind = "image/png"
        elif self.path.startswith("/encoded"):
            payload, kind = gzip.compress(b"encoded"), "text/plain"
        else:
            told = {"method": self.command, "path": self.path, "headers": self.headers.items()}
            payload, kind = json.dumps(told).encode(), None
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        for name in ("WWW-Authenticate", "X-Own"):
            self.send_header(name, "value")
        if self.path.startswith("/encoded"):
            self.send_header("Content-Encoding", "gzip")
        if self.path.startswith("/ids"):
            self.send_header("x-amzn-RequestId", "its own")
            self.send_header("x-amz-apigw-id", "its own")
            self.send_header("X-Amzn-Trace-Id", "Root=1-its-own")
        if self.path.startswith("/chunked"):
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\nabc\r\n0\r\n\r\n")
            return
        if self.path.startswith("/slow"):
            self.send_header("Content-Length", "11")
            self.end_headers()
            self.wfile.write(b"first")
            self.server.release.wait(10)
            self.wfile.write(b"second")
            return
        if self.path.startswith("/torn"):
            self.close_connection = True
            self.send_header("Content-Length", "11")
            self.end_headers()
            self.wfile.write(b"first")
            return
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_POST = do_PUT = answer  # noqa: N815

    def log_message(self, *arguments):
        pass


@pytest.fixture
def endpoint():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    server.bodies, server.release = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.release.set()
    server.shutdown()
    server.server_close()
    thread.join(10)
