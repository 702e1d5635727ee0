"""Endpoints behind which there is no DynamoDB at all."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager

Endpoint = Callable[[str], AbstractContextManager[str]]
"""From the URL of a proxy to the URL that the function has in place of it."""


@contextlib.contextmanager
def _refusing(proxy_url: str) -> Iterator[str]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


@contextlib.contextmanager
def _silent(proxy_url: str) -> Iterator[str]:
    """The queue of connections is full, so that Linux drops every further one."""
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextlib.contextmanager
def _unknown(proxy_url: str) -> Iterator[str]:
    """RFC 6761 §6.4: no name below `invalid` exists."""
    yield "http://dynamodb.invalid:8000"


@contextlib.contextmanager
def _without_tls(proxy_url: str) -> Iterator[str]:
    yield proxy_url.replace("http:", "https:")


ENDPOINTS: Mapping[str, Endpoint] = {
    "connection refused": _refusing,
    "connection unanswered": _silent,
    "host unknown": _unknown,
    "no TLS": _without_tls,
}
