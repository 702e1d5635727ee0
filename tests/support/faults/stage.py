"""A stage whose functions reach DynamoDB through a proxy that injects faults. Linux only."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from items.settings import BOTO3
from openapi_first.stage.functions import worker
from support.faults.proxy import Call, Fault, FaultProxy, faulty
from support.serving import KEY, ROOT, Serving, serving

_TABLE = "faults"


@dataclass(frozen=True)
class Answer:
    """A response of the stage."""

    status: int
    etag: str
    json: Any


class Client:
    """Sends requests one after another. Not thread-safe: each thread has its own."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        assert parts.hostname
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        self._prefix = parts.path

    def send(self, method: str, path: str, body: object = None, **headers: str | None) -> Answer:
        """`headers` are by their names with `_` for `-`; those that are None are not sent."""
        given = {name.replace("_", "-"): value for name, value in headers.items() if value}
        content = None if body is None else json.dumps(body)
        self._connection.request(
            method,
            self._prefix + path,
            content,
            {"x-api-key": KEY, "Content-Type": "application/json", **given},
        )
        response = self._connection.getresponse()
        text = response.read()
        return Answer(
            response.status, response.headers.get("ETag", ""), json.loads(text) if text else None
        )

    def items(self) -> list[dict[str, Any]]:
        """All items, page by page."""
        found: list[dict[str, Any]] = []
        query = "limit=100"
        while True:
            page = self.send("GET", f"/items?{query}").json
            found += page["items"]
            if "next_cursor" not in page:
                return found
            query = f"limit=100&cursor={page['next_cursor']}"

    def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True)
class FaultyStage:
    serving: Serving
    proxy: FaultProxy

    @contextlib.contextmanager
    def client(self) -> Iterator[Client]:
        client = Client(self.serving.base_url)
        try:
            yield client
        finally:
            client.close()

    def workers(self) -> list[int]:
        """The processes in which functions run."""
        return [
            pid
            for pid in descendants(self.serving.process.pid)
            if worker.__name__.encode() in _read(f"/proc/{pid}/cmdline")
        ]

    def death(self, *, after: bool) -> Fault:
        """The worker that makes the call dies, before or after DynamoDB has acted."""

        def act(call: Call) -> None:
            if after:
                call.forward()
            os.kill(_holder(call, self.workers()), signal.SIGKILL)

        return Fault(f"death {'after' if after else 'before'} the call", act, writes=after)


@contextlib.contextmanager
def faulty_stage(endpoint_url: str, *, concurrency: int, seed: int = 0) -> Iterator[FaultyStage]:
    """A stage of the sample service, whose table is at `endpoint_url`, with the DYNAMODB_CLIENT of
    this process."""
    with faulty(endpoint_url, seed) as proxy:
        arguments = (
            *("--no-dynamodb", "--setup", "items.table", "--concurrency", str(concurrency)),
            *("--env", f"TABLE_NAME={_TABLE}", "--env", f"AWS_ENDPOINT_URL_DYNAMODB={proxy.url}"),
            *("--env", f"DYNAMODB_CLIENT={os.environ.get('DYNAMODB_CLIENT', BOTO3)}"),
        )
        with serving(ROOT, *arguments) as served:
            served.wait_for("Base URL")
            yield FaultyStage(served, proxy)


def descendants(pid: int) -> list[int]:
    """The processes below a process that runs."""
    parents: dict[int, list[int]] = {}
    # Not /proc/PID/task/PID/children, which may leave some out while others end (proc(5)).
    for stat in Path("/proc").glob("[0-9]*/stat"):
        fields = _read(str(stat)).rpartition(b")")[2].split()
        if fields:
            parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))

    def below(parent: int) -> list[int]:
        return [each for child in parents.get(parent, []) for each in (child, *below(child))]

    return below(pid)


def _holder(call: Call, pids: list[int]) -> int:
    """The process at the other end of a call's connection."""
    ends = (call.connection.getpeername()[1], call.connection.getsockname()[1])
    addresses = [f"0100007F:{port:04X}" for port in ends]
    fields = (line.split() for line in _read("/proc/net/tcp").decode().splitlines()[1:])
    inode = next(each[9] for each in fields if each[1:3] == addresses)
    for pid in pids:
        with contextlib.suppress(OSError):
            files = [str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()]
            if f"socket:[{inode}]" in files:
                return pid
    raise RuntimeError(f"no worker of {pids} has made the call")


def _read(path: str) -> bytes:
    """The file, or nothing of a process that has ended."""
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""
