"""Between ASGI and the gateway: a request as it was sent, a response as AWS would send it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from email.utils import formatdate
from functools import lru_cache
from typing import Any

from starlette.types import Receive, Scope, Send

from openapi_first.aws.quotas import PAYLOAD_BYTES
from openapi_first.stage.http.protocol import hung_up, sent_headers
from openapi_first.stage.messages.invocation import HungUp
from openapi_first.stage.messages.request import RequestIds, StageRequest
from openapi_first.stage.messages.response import BODILESS, StageResponse

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class ClientLeft(Exception):
    """The client closed the connection before it had sent the whole body."""


async def read_body(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body; None as soon as it is known to be too large. Raises ClientLeft."""
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    if declared.isdigit() and int(declared) > PAYLOAD_BYTES.limit:
        return None
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        body += message.get("body", b"")
        if len(body) > PAYLOAD_BYTES.limit:
            return None
        more = message.get("more_body", False)
    return bytes(body)


def read_request(scope: Scope, body: bytes) -> StageRequest:
    """The request whose whole body has been received."""
    client, server = scope.get("client"), scope.get("server")
    target: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
    path = target.decode("latin-1")
    if not path.startswith("/"):  # an absolute-form target, as a proxy would send it
        path = re.sub(r"^[A-Za-z]+://[^/]*", "", path) or "/"
    return StageRequest(
        method=scope["method"],
        path=path,
        query=scope["query_string"].decode("latin-1"),
        headers=tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in sent_headers(scope)
        ),
        body=body,
        source_ip=client[0] if client else "127.0.0.1",
        scheme=scope.get("scheme", "http"),
        port=server[1] if server and server[1] else 80,
        protocol=f"HTTP/{scope['http_version']}",
        hung_up=hung_up(scope),
    )


async def send_response(
    response: StageResponse, ids: RequestIds, request: StageRequest, send: Send
) -> None:
    """Send a response with the headers that every response has, in the case AWS sends them."""
    body = b"" if response.status in BODILESS else response.body
    streams = response.stream is not None and response.status not in BODILESS
    headers = [pair for pair in response.headers if pair[0].lower() != "content-length"]
    if response.status not in BODILESS and not streams:
        # A function may declare a length only if HEAD leaves out the body.
        declared = _declared_length(response) if request.method == "HEAD" and not body else None
        headers.append(("Content-Length", declared or str(len(body))))
    headers += [
        ("Connection", "keep-alive"),
        ("Date", _date(int(ids.epoch))),
        ("x-amzn-RequestId", ids.request_id),
        ("x-amz-apigw-id", ids.extended_id),
    ]
    if response.traced:
        headers.append(("X-Amzn-Trace-Id", ids.trace_id))
    # Not with Starlette's Response, which sends names in lower case.
    raw = [(_encoded_name(name), _encoded(value)) for name, value in headers]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": streams})
    if response.stream is not None:
        async with aclosing(response.stream) as stream:
            if streams:
                await _send_stream(stream, request.hung_up, send)


async def _send_stream(stream: AsyncGenerator[bytes], gone: HungUp | None, send: Send) -> None:
    """Until the stream ends, or the client is gone. Raises StreamBroken."""
    while True:
        coming = asyncio.ensure_future(anext(stream, None))
        waited: set[asyncio.Future[Any]] = {coming} if gone is None else {coming, gone}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        if not coming.done():
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
            return
        part = coming.result()
        if part is None:
            break
        if part:
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _declared_length(response: StageResponse) -> str | None:
    lengths = [value for name, value in response.headers if name.lower() == "content-length"]
    return lengths[0] if lengths and lengths[0].isdigit() else None


@lru_cache(maxsize=8)
def _date(epoch: int) -> str:
    return formatdate(epoch, usegmt=True)


@lru_cache(maxsize=256)
def _encoded_name(name: str) -> bytes:
    return name.encode("ascii")


def _encoded(value: str) -> bytes:
    if value.isascii() and value.isprintable():
        return value.strip().encode("ascii")
    clean = _CONTROL.sub(" ", value).strip()  # a mapped query parameter may hold a line break
    try:
        return clean.encode("latin-1")
    except UnicodeEncodeError:
        return clean.encode("utf-8", "replace")
