"""DynamoDB on this machine, twice: moto (Python) and dynalite (Node), independent of each other.

Each runs as a child process on a free loopback port and ends with its parent: the child stops at
the end of its standard input, which the system closes whatever becomes of the parent. Knows nothing
of pytest, so a script may start an engine as well.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ENGINES", "Engine", "missing", "start"]

ENGINES = ("moto", "dynalite")

_ROOT = Path(__file__).resolve().parent.parent
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


@contextmanager
def start(name: str) -> Iterator[Engine]:
    """Run the engine while the block runs; raises RuntimeError when it cannot be started."""
    lacking = missing(name)
    if lacking is not None:
        raise RuntimeError(lacking)
    command = {
        "moto": [sys.executable, __file__],
        "dynalite": ["node", "-e", _DYNALITE_MAIN, str(_DYNALITE)],
    }[name]
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


def _serve_moto() -> None:
    """The child process: moto's application, one request at a time."""
    import os
    import threading
    from typing import Any

    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    application = DomainDispatcherApplication(create_backend_app)
    lock = threading.Lock()

    def one_at_a_time(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        # moto checks a condition and writes with no lock around the two, so of two racing
        # conditional writes both can succeed, which DynamoDB never lets happen. Rare at Python's
        # default switch interval; at 1 us, in 44 of 150 races of 16 threads (moto 5.2.5).
        with lock:
            return list(application(environ, start_response))

    class Quiet(WSGIRequestHandler):
        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """One line a request would bury pytest's own."""

    server = make_server("127.0.0.1", 0, one_at_a_time, threaded=True, request_handler=Quiet)

    def end_with_parent() -> None:
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=end_with_parent, daemon=True).start()
    print(server.port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    _serve_moto()
