"""A function is debugged in the terminal or by an editor, without a time limit."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]
CONTRACT = """
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /orders/{id}:
    get:
      operationId: getOrder
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok, content: {application/json: {schema: {type: string}}}}}
"""
HANDLER = """
import compiled
import operations
from openapi_first.runtime import lambda_handler

handler = lambda_handler(compiled, operations)
"""
OPERATIONS = """
def get_order(id):
    found = id + "!"
    breakpoint()
    return found
"""


class Terminal:
    """A command on a pseudo-terminal."""

    def __init__(self, folder: Path, *command: str) -> None:
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"},
        )
        os.close(slave)
        self.text = ""

    def wait_for(self, pattern: str, seconds: float = 30) -> re.Match[str]:
        """Reads until the new text has the pattern."""
        start, end = len(self.text), time.monotonic() + seconds
        while (found := re.search(pattern, self.text[start:])) is None:
            assert time.monotonic() < end, self.text
            if select.select([self.master], [], [], 0.2)[0]:
                self.text += os.read(self.master, 65536).decode()
        return found

    def write(self, line: str) -> None:
        os.write(self.master, f"{line}\n".encode())


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "openapi.yaml").write_text(CONTRACT)
    (tmp_path / "app.py").write_text(HANDLER)
    (tmp_path / "operations.py").write_text(OPERATIONS)
    return tmp_path


@contextlib.contextmanager
def debugged(folder: Path) -> Iterator[Terminal]:
    command = ("serve", "--handler", "app.handler", "--port", "0", "--debug", "0")
    terminal = Terminal(folder, sys.executable, "-m", "openapi_first", *command)
    try:
        yield terminal
    finally:
        terminal.process.send_signal(signal.SIGINT)
        terminal.process.wait(10)
        os.close(terminal.master)


def test_a_breakpoint_stops_in_the_terminal_also_after_a_reload(shop: Path) -> None:
    with debugged(shop) as terminal:
        url = terminal.wait_for(r"Base URL +(\S+)")[1]
        for name in ("found", "renamed"):
            answers: list[requests.Response] = []
            request = threading.Thread(
                target=lambda to=answers: to.append(requests.get(f"{url}/orders/7", timeout=30))
            )
            request.start()
            terminal.wait_for(r"\(pdb\) ")
            assert "WARNING" not in terminal.text.upper()
            terminal.write(f"p {name}")
            terminal.wait_for("'7!'")
            terminal.write("c")
            request.join(10)
            assert [each.json() for each in answers] == ["7!"]
            if name == "found":
                operations = shop / "operations.py"
                operations.write_text(operations.read_text().replace("found", "renamed"))
                terminal.wait_for("reloaded, 1 operation")


def test_an_editor_can_attach(shop: Path) -> None:
    with debugged(shop) as terminal:
        port = int(terminal.wait_for(r"Attach a debugger to 127\.0\.0\.1:(\d+)")[1])
        hello = {"seq": 1, "type": "request", "command": "initialize"}
        body = json.dumps({**hello, "arguments": {"adapterID": "test"}}).encode()
        with socket.create_connection(("127.0.0.1", port), timeout=20) as editor:
            editor.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            received = b""
            while b'"supportsConditionalBreakpoints"' not in received:
                chunk = editor.recv(65536)
                assert chunk
                received += chunk


def test_a_debugger_port_in_use_is_one_line_with_the_remedy(shop: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        options = ("--handler", "app.handler", "--port", "0", "--debug", taken)
        done = subprocess.run(
            [sys.executable, "-m", "openapi_first", "serve", *options],
            cwd=shop,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert f"no editor could attach at port {taken} on 127.0.0.1" in line
    assert "choose another with --debug PORT" in line


def test_debugging_needs_a_handler_that_runs_here(shop: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "openapi_first", "serve", "--debug", "--deployed", "shop"],
        cwd=shop,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "--debug requires a handler" in done.stderr
