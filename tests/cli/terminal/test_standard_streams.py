"""A command works although its standard streams are closed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = """
import os, socket, sys
from openapi_first.cli.terminal.standard_streams import open_missing_streams
open_missing_streams()
number = socket.socket().fileno()
print("said", flush=True)
sys.stderr.write("said")
with open(sys.argv[1], "w") as file:
    file.write(f"{number > 2} {sys.stdin.read()!r}")
os.execv(sys.executable, [sys.executable, "-c", "import sys; print('child'); sys.exit(3)"])
"""


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_no_socket_gets_the_number_of_a_stream_that_is_closed(tmp_path: Path, closed: str) -> None:
    found = tmp_path / "found"
    command = f'exec "$0" "$@" {closed}'
    ended = subprocess.run(
        ["sh", "-c", command, sys.executable, "-c", _PROGRAM, str(found)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )
    assert ended.returncode == 3, ended.stderr
    assert found.read_text() == "True ''"


def test_a_command_works_without_an_output(tmp_path: Path) -> None:
    command = 'exec "$0" -m openapi_first compile "$1" --output "$2" <&- >&- 2>&-'
    contract = Path(__file__).resolve().parents[3] / "openapi.yaml"
    made = tmp_path / "compiled.py"
    arguments = ["sh", "-c", command, sys.executable, str(contract), str(made)]
    assert subprocess.run(arguments, timeout=60).returncode == 0
    assert made.exists()
