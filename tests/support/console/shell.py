"""A bash that runs the commands of a page, one after the other, as in a reader's terminal."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_START_S = 60
_STOP_S = 20
_ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)\S*")


@dataclass
class Background:
    """A command in the background: the group of its processes, its output, and how much of that
    a page has shown."""

    group: int
    file: Path
    shown: int = 0

    @property
    def output(self) -> str:
        return self.file.read_text(encoding="utf-8", errors="replace")

    @property
    def is_running(self) -> bool:
        try:
            os.killpg(self.group, 0)
        except ProcessLookupError:
            return False
        return True

    def port(self) -> int:
        """The port of the address that it prints, once that address answers."""
        end = time.monotonic() + _START_S
        while time.monotonic() < end and self.is_running:
            found = _ADDRESS.search(self.output)
            if found is not None and _answers(int(found[1])):
                return int(found[1])
            time.sleep(0.05)
        raise AssertionError(f"no address that answers in:\n{self.output}")

    def stop(self) -> None:
        """As Ctrl-C does in a terminal."""
        os.killpg(self.group, signal.SIGINT)
        end = time.monotonic() + _STOP_S
        while self.is_running:
            if time.monotonic() > end:
                os.killpg(self.group, signal.SIGKILL)
                raise AssertionError(f"does not end:\n{self.output}")
            time.sleep(0.02)


class Shell:
    """Stops what it has started at the end of a `with` block."""

    def __init__(self, folder: Path, scratch: Path, environment: Mapping[str, str]) -> None:
        self.scratch = scratch
        self.started: list[Background] = []
        self.count = 0
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            for each in self.started:
                if each.is_running:
                    each.stop()
        finally:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.communicate()

    def run(self, command: str) -> tuple[int, str]:
        """The exit status, and what was printed on both streams."""
        source, output = self._files(command)
        status = self._answer(f"source {source} </dev/null >{output} 2>&1; echo $?")
        return int(status), output.read_text(encoding="utf-8", errors="replace")

    def start(self, command: str) -> Background:
        # With job control the command is a group of processes, which gets Ctrl-C as a whole.
        source, output = self._files(command)
        output.touch()
        run = f"source {source} </dev/null >{output} 2>&1 &"
        self.started.append(Background(int(self._answer(f"set -m; {run} echo $!; set +m")), output))
        return self.started[-1]

    def folder(self) -> Path:
        return Path(self._answer("pwd"))

    def _files(self, command: str) -> tuple[Path, Path]:
        self.count += 1
        source = self.scratch / f"{self.count}.sh"
        source.write_text(command + "\n", encoding="utf-8")
        return source, source.with_suffix(".out")

    def _answer(self, line: str) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(line + "\n")
        answer = self.process.stdout.readline().strip()
        assert answer, f"the shell has ended: {line}"
        return answer


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionError:
        return False
    return True
