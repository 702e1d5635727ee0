"""The stage and its peer as processes, which end with the block that starts them."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.turns import ROOT, BenchmarkFailed, environment

KEY = "local-development-key"
_READY_WITHIN_S = 60
_POLL_S = 0.005


@dataclass(frozen=True, slots=True)
class Server:
    """`prefix` comes before the paths of the API; `pid` is the process that was started."""

    port: int
    pid: int
    prefix: str = ""


@contextmanager
def started_stage(folder: Path, project: Path = ROOT, *options: str) -> Iterator[Server]:
    """`contract serve` in a folder with a project; its log goes to `folder`."""
    command = ["-m", "openapi_first", "serve", "--port", "0", "--api-key", KEY, *options]
    log = folder / "stage.log"
    with _running(command, project, environment(project / "src"), log) as process:
        found = None
        while found is None:
            _check(process, log)
            text = log.read_text(errors="replace")
            found = re.search(r"Base URL +http://127\.0\.0\.1:(\d+)(/\S+)", text)
            time.sleep(_POLL_S)
        yield Server(int(found[1]), process.pid, found[2])


@contextmanager
def starlette(folder: Path) -> Iterator[Server]:
    """The same handler behind plain Starlette; `folder` has the compiled contract."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    variables = environment(folder)
    command = ["-m", "benchmarks.processes.starlette_app", str(port)]
    log = folder / "starlette.log"
    with _running(command, ROOT, variables, log) as process:
        listens = False
        while not listens:
            _check(process, log)
            with socket.socket() as probe:
                listens = probe.connect_ex(("127.0.0.1", port)) == 0
            time.sleep(_POLL_S)
        yield Server(port, process.pid)


@contextmanager
def _running(
    command: list[str], folder: Path, variables: dict[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            process.wait(_READY_WITHIN_S)


def _check(process: subprocess.Popen[bytes], log: Path) -> None:
    """Raises BenchmarkFailed if the process has ended."""
    if process.poll() is not None:
        raise BenchmarkFailed(f"{process.args!r} ended:\n{log.read_text(errors='replace')}")
