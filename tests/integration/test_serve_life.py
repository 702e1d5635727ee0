"""How `contract serve` ends by each signal, and what a killed one leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import requests

from support.serving import KEY, ROOT, Serving, serving
from support.stages import SHIPPING

MOCK = ("--mock",)


def test_a_killed_one_leaves_a_folder_that_the_next_removes_and_sigquit_leaves_none(
    tmp_path: Path,
) -> None:
    environment = {"TMPDIR": str(tmp_path)}
    with serving(SHIPPING, function=MOCK, environment=environment) as killed:
        assert killed.base_url
        left = set(tmp_path.iterdir())
        killed.process.kill()
        killed.process.wait()
        assert left
        assert set(tmp_path.iterdir()) == left
    with serving(SHIPPING, function=MOCK, environment=environment) as server:
        assert server.base_url
        assert left.isdisjoint(tmp_path.iterdir())
        server.process.send_signal(signal.SIGQUIT)
        assert server.process.wait(30) == 0
    assert not list(tmp_path.iterdir())


def test_in_the_background_of_a_shell_ctrl_c_is_not_for_it(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "openapi_first", "serve", "--mock", "--port", "0")
    script = '"$@" & echo $!; wait $!; exit $?'
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(tmp_path)}
    shell = subprocess.Popen(
        ["sh", "-c", script, "sh", *command],
        cwd=SHIPPING,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    server = Serving(shell)
    try:
        pid = int(server.wait_for(r"^(\d+)$")[1])
        url = server.base_url
        os.kill(pid, signal.SIGINT)
        time.sleep(0.2)
        assert requests.get(f"{url}/nowhere", timeout=30).status_code == 404
        os.kill(pid, signal.SIGTERM)
        assert shell.wait(30) == 0
        assert not list(tmp_path.iterdir())
    finally:
        shell.kill()
        server.ended()
        assert shell.stdout
        shell.stdout.close()


def test_its_database_comes_back_with_its_tables(everything: bool) -> None:
    """With all that belongs to it, and therefore only once."""
    if not everything:
        return
    options = ("--env", "TABLE_NAME=items", "--setup", "items.table")
    with serving(ROOT, *options) as server:
        url, headers = f"{server.base_url}/items", {"x-api-key": KEY}
        assert requests.get(url, headers=headers, timeout=30).status_code == 200
        os.kill(_database(server.process.pid), signal.SIGKILL)
        server.wait_for("DynamoDB runs again; python -m items.table has created its tables")
        assert requests.get(url, headers=headers, timeout=30).json()["items"] == []
        assert sum("DynamoDB has ended" in line for line in server.lines) == 1


def _database(parent: int) -> int:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"PPid:\t{parent}\n" in (folder / "status").read_text() and (
                b"openapi_first.stage.dynamodb" in (folder / "cmdline").read_bytes()
            ):
                return int(folder.name)
        except OSError:
            continue
    raise AssertionError
