"""A function is debugged in the terminal or by an editor, without a time limit."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import requests

from support.commands import contract
from support.serving import Terminal, served_on_terminal

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


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "openapi.yaml").write_text(CONTRACT)
    (tmp_path / "app.py").write_text(HANDLER)
    (tmp_path / "operations.py").write_text(OPERATIONS)
    return tmp_path


def debugged(folder: Path) -> AbstractContextManager[Terminal]:
    return served_on_terminal(folder, "--handler", "app.handler", "--debug", "0")


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
        done = contract("serve", *options, folder=shop)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert f"no editor could attach at port {taken} on 127.0.0.1" in line
    assert "choose another with --debug PORT" in line


def test_debugging_needs_a_handler_that_runs_here(shop: Path) -> None:
    done = contract("serve", "--debug", "--deployed", "shop", folder=shop)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--debug requires a handler" in done.stderr
