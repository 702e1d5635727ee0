"""DynamoDB on this machine, twice: moto (Python) and dynalite (Node), independent of each other.

moto is the one that `contract serve` starts. Each runs as a child process on a free loopback port
and ends with its parent: the child stops at the end of its standard input, which the system closes
whatever becomes of the parent. Knows nothing of pytest, so a script may start an engine as well.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from openapi_first.stage import dynamodb

ENGINES = ("moto", "dynalite")

_ROOT = Path(__file__).resolve().parents[2]
_DYNALITE = _ROOT / "node_modules" / "dynalite"

# Not dynalite's own command line: its `--port 0` falls back to port 4567.
_DYNALITE_MAIN = """
const server = require(process.argv[1])({createTableMs: 0, deleteTableMs: 0, updateTableMs: 0})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.on('end', () => process.exit(0)).resume()
"""


@dataclass(frozen=True, slots=True)
class Engine:
    """A running engine. It takes any credentials and any region."""

    name: str
    endpoint_url: str


def missing(name: str) -> str | None:
    """What this machine lacks to run the engine, and how to get it; None if nothing."""
    if name != "dynalite":
        return None
    if shutil.which("node") is None:
        return "dynalite needs Node.js 20 or newer, and `node` is not on the PATH"
    if not _DYNALITE.is_dir():
        return f"dynalite is not installed: run `npm ci` in {_ROOT}"
    return None


def to_test(everything: bool) -> tuple[str, ...]:
    """Both engines; in part, the one that starts sooner, if this machine has it."""
    if everything:
        return ENGINES
    return ENGINES[:1] if missing("dynalite") else ENGINES[1:]


@contextmanager
def start(name: str) -> Iterator[Engine]:
    """Run the engine while the block runs; raises RuntimeError when it cannot be started."""
    lacking = missing(name)
    if lacking is not None:
        raise RuntimeError(lacking)
    if name == "moto":
        with dynamodb.start() as local:
            yield Engine(name, local.endpoint_url)
        return
    command = ["node", "-e", _DYNALITE_MAIN, str(_DYNALITE)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = process.stdout.readline().strip()
        if not port.isdigit():
            raise RuntimeError(f"{name} did not start: {port or 'see its messages above'}")
        yield Engine(name, f"http://127.0.0.1:{port}")
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
