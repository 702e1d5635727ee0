"""A busy command shows one line on a terminal, and leaves nothing of it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BUSY = """
import sys, time
from openapi_first.cli.terminal import progress
progress._PATIENCE, progress._STEP = 0.05, 0.05
with progress.progress(sys.argv[1]):
    time.sleep(float(sys.argv[2]))
    print("the result")
    time.sleep(0.2)
print("the end")
"""


def on_terminal(words: str, seconds: str, **environment: str) -> str:
    """What the terminal gets."""
    master, slave = pty.openpty()
    command = [sys.executable, "-c", BUSY, words, seconds]
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TERM": "xterm", **environment}
    with subprocess.Popen(command, stdout=slave, stderr=slave, env=variables):
        os.close(slave)
        found = b""
        try:
            while chunk := os.read(master, 65536):
                found += chunk
        except OSError:  # the end, on Linux
            pass
    os.close(master)
    return found.decode()


def screen(text: str) -> list[str]:
    """The lines that are seen at the end."""
    return [line.rpartition("\r\x1b[K")[2] for line in text.split("\r\n")]


def test_the_line_is_gone_before_the_result_is_printed() -> None:
    text = on_terminal("contract lint a.yaml", "0.4")
    assert "contract lint a.yaml … 0 s" in text
    assert screen(text) == ["the result", "the end", ""]
    shown, _, rest = text.partition("the result")
    assert shown.endswith("\x1b[K")
    assert "\x1b" not in rest


def test_long_and_hostile_words_stay_on_one_line() -> None:
    text = on_terminal("contract lint \x1b[2J\n" + "ü" * 200, "0.3", PYTHONIOENCODING="ascii")
    assert "\x1b[2J" not in text
    assert screen(text) == ["the result", "the end", ""]
    lines = text.partition("the result")[0].split("\r\x1b[K")
    assert max(map(len, lines)) < 80


@pytest.mark.parametrize(("seconds", "term"), [("0", "xterm"), ("0.3", "dumb")])
def test_nothing_is_shown_for_what_is_fast_or_for_a_dumb_terminal(seconds: str, term: str) -> None:
    assert on_terminal("words", seconds, TERM=term) == "the result\r\nthe end\r\n"


def test_nothing_is_in_a_pipe() -> None:
    command = [sys.executable, "-c", BUSY, "words", "0.3"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert (done.stdout, done.stderr) == ("the result\nthe end\n", "")
