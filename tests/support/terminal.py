"""A command on a pseudo-terminal, as a user sees it."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Terminal:
    """`text` is what it has printed so far."""

    def __init__(self, folder: Path, *command: str, environment: Mapping[str, str]) -> None:
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=slave, stdout=slave, stderr=slave, env=environment
        )
        os.close(slave)
        self.text = ""
        self._read_to = 0

    def wait_for(self, pattern: str, seconds: float = 30) -> re.Match[str]:
        """Reads until what is new since the last call has the pattern."""
        end = time.monotonic() + seconds
        while (found := re.search(pattern, self.text[self._read_to :])) is None:
            assert time.monotonic() < end, f"no {pattern!r} in:\n{self.text}"
            if select.select([self.master], [], [], 0.2)[0]:
                self.text += os.read(self.master, 65536).decode()
        self._read_to += found.end()
        return found

    def write(self, line: str) -> None:
        os.write(self.master, f"{line}\n".encode())


@contextlib.contextmanager
def served_on_terminal(folder: Path, *arguments: str, colours: bool = False) -> Iterator[Terminal]:
    """`contract serve` on a free port, ended by Ctrl-C."""
    command = (sys.executable, "-m", "openapi_first", "serve", "--port", "0", *arguments)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TERM": "xterm"}
    environment |= {} if colours else {"NO_COLOR": "1"}
    terminal = Terminal(folder, *command, environment=environment)
    try:
        yield terminal
    finally:
        terminal.process.send_signal(signal.SIGINT)
        terminal.process.wait(10)
        os.close(terminal.master)
