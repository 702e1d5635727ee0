"""Ends DynamoDB's calls at the deadline of the request, however slowly an answer arrives.

botocore's read timeout is for one `recv`, so an answer of one byte each second would never time
out, and a fast one without an end would take all memory. Here every read waits only for the time
that is left, no attempt begins without time, and an answer has a largest size.
"""

from __future__ import annotations

import io
from http.client import HTTPResponse
from socket import socket
from time import monotonic
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSHTTPConnection, AWSHTTPSConnection

from items.failures import THROTTLED, StoreUnavailable
from openapi_first.runtime import Request, current_request

if TYPE_CHECKING:
    from items.calls import Client

_SHORTEST_ATTEMPT_S = 1.0
"""The longest wait for a connection, and the longest pause before a retry: see items.connection."""

_LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes, head included. A Scan reads at most 1 MB of items (API reference, Scan), which JSON makes
six times as large if each character is escaped."""

_LATE = "the time of the request is over"


def limit(client: Client) -> None:
    """Limits every call of the client within a request, and counts its retries and throttles.

    Calls outside a request, such as those of tests, have botocore's timeouts only.
    """
    # The class that http.client creates for each response. Outside a request it is HTTPResponse.
    for kind in (AWSHTTPConnection, AWSHTTPSConnection):
        kind.response_class = LimitedResponse  # type: ignore[assignment] # the stubs have AWS's
    client.meta.events.register("before-send.dynamodb", _begin)
    client.meta.events.register_first("needs-retry.dynamodb", _before_retry)


def _request() -> Request | None:
    try:
        return current_request()
    except RuntimeError:
        return None


def _begin(**_: Any) -> None:
    """Before each attempt."""
    request = _request()
    if request is not None and request.deadline - monotonic() < _SHORTEST_ATTEMPT_S:
        raise StoreUnavailable(_LATE)


def _before_retry(
    response: Any = None, attempts: int = 1, caught_exception: Exception | None = None, **_: Any
) -> None:
    """After each attempt, before botocore decides about a retry and sleeps."""
    request = _request()
    if request is None:
        return
    if attempts > 1:
        request.count("DynamoDBRetries")
    code = response[1].get("Error", {}).get("Code") if response is not None else None
    if code in THROTTLED:
        request.count("DynamoDBThrottles")
    failed = caught_exception is not None or code in THROTTLED
    if failed and request.deadline - monotonic() < 2 * _SHORTEST_ATTEMPT_S:
        raise StoreUnavailable(_LATE) from caught_exception


class LimitedResponse(HTTPResponse):
    """A response that is read until the deadline of the request in which it was begun."""

    def __init__(self, sock: socket, *arguments: Any, **options: Any) -> None:
        request = _request()
        limited: Any = sock if request is None else _Limited(sock, request.deadline)
        super().__init__(limited, *arguments, **options)


class _Limited:
    """The part of a socket that HTTPResponse uses."""

    def __init__(self, sock: socket, deadline: float) -> None:
        self._socket = sock
        self._deadline = deadline

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(_LimitedReader(self._socket, self._deadline))


class _LimitedReader(io.RawIOBase):
    """Reads from a socket no more than an answer can have, and each time for no longer than is left
    until the deadline."""

    def __init__(self, sock: socket, deadline: float) -> None:
        super().__init__()
        self._socket = sock
        self._file = sock.makefile("rb", buffering=0)
        self._longest = sock.gettimeout() or float("inf")
        self._deadline = deadline
        self._allowed = _LARGEST_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError(_LATE)
        self._socket.settimeout(min(self._longest, left))
        count = self._file.readinto(buffer)
        self._allowed -= count or 0
        if self._allowed < 0:
            raise ConnectionError(f"the answer has more than {_LARGEST_ANSWER} bytes")
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
