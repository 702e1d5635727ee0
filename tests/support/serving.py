"""`contract serve` as a user starts it: a process of its own, by its socket or its terminal."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEY = "local-development-key"


@dataclass
class Serving:
    """A running `contract serve`; `lines` is what it has printed so far."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    reader: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def wait_for(self, pattern: str, seconds: float = 60, after: int = 0) -> re.Match[str]:
        """The first line from number `after` on that matches; fails after some seconds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            ended = not self.reader.is_alive()  # and with it the process: all lines are there
            for line in list(self.lines[after:]):
                match = re.search(pattern, line)
                if match:
                    return match
            if ended:
                break
            time.sleep(0.01)
        raise AssertionError(f"no {pattern!r} in:\n" + "".join(self.lines))

    @property
    def base_url(self) -> str:
        return self.wait_for(r"Base URL +(\S+)")[1]

    @property
    def database(self) -> str:
        return self.wait_for(r"DynamoDB +(\S+)")[1]

    def ended(self) -> str:
        """All that it has printed, once it has ended by itself."""
        self.process.wait(60)
        self.reader.join(10)
        return "".join(self.lines)

    def interrupt(self) -> float:
        """Ctrl-C; how many seconds it took to end."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(10)
        return time.monotonic() - started

    def read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)


@contextlib.contextmanager
def serving(
    folder: Path = ROOT,
    *arguments: str,
    handler: str = "items.handler.handler",
    function: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Iterator[Serving]:
    """Serves the contract in `folder`, with the packages in its `src` before ours.

    `function` are the options that say what to invoke, if that is not `handler`.
    """
    folders = (str(folder / "src"), str(ROOT / "src"), os.environ.get("PYTHONPATH", ""))
    path = os.pathsep.join(filter(None, dict.fromkeys(folders)))
    function = function or ("--handler", handler)
    command = [sys.executable, "-m", "openapi_first", "serve", *function, "--port", "0"]
    process = subprocess.Popen(
        [*command, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    server = Serving(process)
    try:
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        server.reader.join(5)
        assert process.stdout
        process.stdout.close()


class Terminal:
    """A command on a pseudo-terminal, as a user sees it; `text` is what it has printed so far."""

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
