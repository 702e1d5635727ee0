"""HTTP/1.1 of a client that may write slowly, hang up midway, or send what is malformed."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from support.serving import KEY


@dataclass(frozen=True, slots=True)
class Answer:
    """`content` is the JSON of the body, or None without one."""

    status: int
    etag: str
    content: Any


class Connection:
    """Opens with the first request."""

    def __init__(self, base_url: str) -> None:
        address = urlsplit(base_url)
        self._host, self._port, self._prefix = address.hostname, address.port, address.path
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
        *,
        key: str | None = KEY,
        pause: float = 0,
    ) -> Answer:
        """With a pause, in seconds, before the last bytes of the request."""
        data = self._request(method, path, body, headers or {}, key)
        if pause:
            await self._write(data[:-5])
            await asyncio.sleep(pause)
            data = data[-5:]
        await self._write(data)
        assert self._reader is not None
        head, *lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = {
            name.lower(): value.strip() for name, _, value in (e.partition(":") for e in lines)
        }
        content = await self._reader.readexactly(int(fields.get("content-length", 0)))
        is_json = content and "json" in fields.get("content-type", "")
        return Answer(
            int(head.split(" ", 2)[1]),
            fields.get("etag", ""),
            json.loads(content) if is_json else None,
        )

    async def send_part(self, method: str, path: str, body: object, share: float) -> None:
        """Only this share of a request, and hangs up."""
        data = self._request(method, path, body, {}, KEY)
        await self._write(data[: max(1, int(len(data) * share))])
        await self.close()

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()
        self._reader = self._writer = None

    async def _write(self, data: bytes) -> None:
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        self._writer.write(data)
        await self._writer.drain()

    def _request(
        self, method: str, path: str, body: object, headers: dict[str, str], key: str | None
    ) -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        lines = {
            "Host": "127.0.0.1",
            "Content-Type": "application/json",
            "Content-Length": str(len(content)),
            **({"x-api-key": key} if key else {}),
            **headers,
        }
        head = [f"{method} {self._prefix}{path} HTTP/1.1", *(f"{n}: {v}" for n, v in lines.items())]
        return "\r\n".join([*head, "", ""]).encode() + content
