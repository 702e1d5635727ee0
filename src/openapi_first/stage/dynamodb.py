"""A local DynamoDB: a moto server in a separate process.

Separate, because importing moto takes a second, and because functions in other processes and
containers must reach it by the same protocol as AWS.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import selectors
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType

import openapi_first
from openapi_first.core.errors import UserError

_SERVER = "openapi_first.stage.dynamodb_server"
_OPEN = b"o"


class LocalDynamoDBError(UserError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"DynamoDB does not start: {reason}")


class LocalDynamoDB:
    """A server that is starting or running. It ends with `stop`, or with this process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._port: int | None = None
        self._reading = threading.RLock()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Its exit status, or minus the signal that ended it; None while it runs."""
        return self._process.poll()

    @property
    def endpoint_url(self) -> str:
        """Where it listens; waits until it does."""
        return self.wait_ready()

    def wait_ready(self, timeout: float = 30.0) -> str:
        """Wait until it listens, and return where. Raises LocalDynamoDBError."""
        with self._reading:
            if self._port is None:
                self._port = self._read_port(timeout)
        return f"http://127.0.0.1:{self._port}"

    def _read_port(self, timeout: float) -> int:
        assert self._process.stdout is not None
        if self._process.stdout.closed:
            raise LocalDynamoDBError("it has been stopped")
        deadline, line = time.monotonic() + timeout, b""
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    self.stop()
                    raise LocalDynamoDBError(f"it does not listen after {timeout:g} seconds")
                chunk = os.read(self._process.stdout.fileno(), 64)
                if not chunk:
                    self.stop()
                    raise LocalDynamoDBError(f"it ended with status {self._process.returncode}")
                line += chunk
        return int(line)

    def open(self) -> None:
        """Serve the listener `later`, too."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it has ended
            self._process.stdin.write(_OPEN)
            self._process.stdin.flush()

    def stop(self) -> None:
        """End the server, and with it its tables. Stopping twice is fine."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with self._reading:  # a thread in `wait_ready` sees the end of the pipe first
            self._process.stdout.close()

    def __enter__(self) -> LocalDynamoDB:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def start(
    listener: socket.socket | None = None, later: socket.socket | None = None
) -> LocalDynamoDB:
    """Start a server and return at once; `wait_ready` later.

    It serves the `listener`, which has to listen on 127.0.0.1, or else a free port, and the one of
    `later` after `open`. Raises ModuleNotFoundError.
    """
    if importlib.util.find_spec("moto") is None:
        raise ModuleNotFoundError("No module named 'moto'", name="moto")
    packages = str(Path(openapi_first.__file__).resolve().parents[1])
    path = os.pathsep.join(filter(None, (packages, os.environ.get("PYTHONPATH"))))
    descriptors = tuple(each.fileno() for each in (listener, later) if each is not None)
    return LocalDynamoDB(
        subprocess.Popen(
            [sys.executable, "-P", "-m", _SERVER, *map(str, descriptors)],
            pass_fds=descriptors,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )
    )
