"""Many clients at once against a running stage, for as long as one likes: `make soak`.

What they send is good, refused, half of a request, slow or huge, and some hang up midway. The stage
must answer all the others as it should, and hold no more memory, files or processes afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from openapi_first.stage.functions import worker
from support.serving import KEY, serving

_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a process and its workers hold: bytes of memory, open files, processes."""

    memory: int
    files: int
    processes: int


def footprint(pid: int) -> Footprint:
    """Of a process and the workers below it; what else it has started does not count."""
    pids = [
        pid,
        *(each for each in _descendants(pid) if worker.__name__.encode() in _command(each)),
    ]
    return Footprint(
        sum(int(Path(f"/proc/{each}/statm").read_text().split()[1]) * _BLOCK for each in pids),
        sum(len(list(Path(f"/proc/{each}/fd").iterdir())) for each in pids),
        len(pids),
    )


def _descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [each for child in map(int, children) for each in (child, *_descendants(child))]


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


@dataclass
class Soak:
    """Clients of a stage at `url`. `errors` are the answers that should have been others."""

    url: str
    seed: int
    statuses: Counter[int] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    hung_up: int = 0

    async def run(self, clients: int, seconds: float) -> None:
        """Sends from all clients until the time is over."""
        deadline = time.monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            for number in range(clients):
                group.create_task(self._client(random.Random(f"{self.seed} {number}"), deadline))

    async def _client(self, choice: random.Random, deadline: float) -> None:
        kinds: list[Callable[[_Connection], Awaitable[None]]] = [
            *[self._life] * 4, *[self._refused] * 6, self._slow, self._large, self._hang_up,
        ]  # fmt: skip
        while time.monotonic() < deadline:
            connection = _Connection(self, choice)
            try:
                await connection.open()
                for _ in range(choice.randint(1, 8)):
                    await choice.choice(kinds)(connection)
            except _HungUp:
                self.hung_up += 1
            except Exception as error:
                self.errors.append(f"{type(error).__name__}: {error}")
            finally:
                await connection.close()

    async def _life(self, connection: _Connection) -> None:
        """An item is made, read, listed, changed, removed, and is gone."""
        body = {"name": f"Soak {uuid.uuid4()}"}
        made = await connection.ask("POST", "/items", (201,), body)
        path = f"/items/{made['id']}"
        await connection.ask("GET", path, (200,))
        await connection.ask("GET", "/items?limit=1", (200,))
        await connection.ask("PUT", path, (200,), body)
        await connection.ask("DELETE", path, (204,))
        await connection.ask("GET", path, (404,))

    async def _refused(self, connection: _Connection) -> None:
        """By the router, the key, a validator or the function."""
        method, path, statuses, body, key = connection.choice.choice(
            [
                ("GET", "/nowhere", (404,), None, KEY),
                ("GET", "/items", (403,), None, None),
                ("GET", "/items", (403,), None, "not-one-of-the-keys-there-are"),
                ("POST", "/items", (400,), {}, KEY),
                ("POST", "/items", (400,), "no object", KEY),
                ("GET", "/items/not-a-uuid", (400,), None, KEY),
                ("GET", "/items?limit=0", (400,), None, KEY),
                ("OPTIONS", "/items", (200, 204), None, None),
            ]
        )
        await connection.ask(method, path, statuses, body, key=key)

    async def _slow(self, connection: _Connection) -> None:
        await connection.ask("POST", "/items", (400,), {"name": 1}, pause=0.05)

    async def _large(self, connection: _Connection) -> None:
        await connection.ask("POST", "/items", (400,), {"name": "x" * 400_000})

    async def _hang_up(self, connection: _Connection) -> None:
        """In the middle of a request, or before its answer."""
        data = connection.request("POST", "/items", {"name": 1}, KEY)
        connection.writer.write(data[: connection.choice.randint(1, len(data))])
        await connection.writer.drain()
        raise _HungUp


class _HungUp(Exception):
    """As it was meant to."""


class _Connection:
    def __init__(self, soak: Soak, choice: random.Random) -> None:
        self.choice = choice
        self._soak = soak
        address = urlsplit(soak.url)
        self._host, self._port, self._prefix = address.hostname, address.port, address.path

    async def open(self) -> None:
        self._reader, self.writer = await asyncio.open_connection(self._host, self._port)

    async def close(self) -> None:
        if hasattr(self, "writer"):
            self.writer.close()

    def request(self, method: str, path: str, body: object, key: str | None) -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        head = [
            f"{method} {self._prefix}{path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: application/json",
            f"Content-Length: {len(content)}",
            *([f"x-api-key: {key}"] if key else []),
        ]
        return "\r\n".join([*head, "", ""]).encode() + content

    async def ask(
        self,
        method: str,
        path: str,
        statuses: tuple[int, ...],
        body: object = None,
        *,
        key: str | None = KEY,
        pause: float = 0,
    ) -> dict[str, str]:
        data = self.request(method, path, body, key)
        if pause:
            self.writer.write(data[:-5])
            await self.writer.drain()
            await asyncio.sleep(pause)
            data = data[-5:]
        self.writer.write(data)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head.split(" ", 2)[1])
        _, _, after = head.partition("content-length: ")
        answer = await self._reader.readexactly(int(after.split("\r\n", 1)[0]) if after else 0)
        self._soak.statuses[status] += 1
        if status not in statuses:
            told = f"{method} {path}: {status}, not {' or '.join(map(str, statuses))}"
            raise AssertionError(f"{told}: {answer[:300].decode(errors='replace')}")
        return dict(json.loads(answer)) if answer and status == 201 else {}


def main() -> int:
    """Prints what was seen. Returns 1 for a wrong answer, or for growth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = parser.parse_args()
    environment = {"TABLE_NAME": "soak"}
    with serving(
        *(Path(__file__).parents[1], "--setup", "items.table", "--env", "TABLE_NAME"),
        environment=environment,
    ) as served:
        soak = Soak(served.base_url, options.seed)
        # The first third warms everything up: caches, workers, what is kept of requests.
        asyncio.run(soak.run(options.clients, options.seconds / 3))
        before = footprint(served.process.pid)
        asyncio.run(soak.run(options.clients, options.seconds * 2 / 3))
        time.sleep(1)
        after = footprint(served.process.pid)
    print(f"seed {options.seed}: {sum(soak.statuses.values())} answers, {soak.hung_up} hung up")
    print(", ".join(f"{status}: {count}" for status, count in sorted(soak.statuses.items())))
    for name in ("memory", "files", "processes"):
        print(
            f"{name}: {getattr(before, name):,} after a third, {getattr(after, name):,} at the end"
        )
    for error in soak.errors[:10]:
        print(error, file=sys.stderr)
    grown = after.memory > before.memory * 1.1
    more = after.files > before.files + 8 or after.processes > before.processes
    return 1 if soak.errors or grown or more else 0


if __name__ == "__main__":
    raise SystemExit(main())
