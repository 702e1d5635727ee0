"""A request as it came over the wire, and the ids that the stage gives it."""

from __future__ import annotations

import base64
import os
import re
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote_plus

from openapi_first.stage.messages.invocation import HungUp

_SEPARATORS = re.compile("[&;]")  # AWS: known issues, ";" in a query string splits the data


@dataclass(frozen=True)
class StageRequest:
    """What the client sent: nothing decoded, order and case kept.

    `method` already obeys `X-HTTP-Method-Override`. `hung_up` is None if it cannot be known.
    """

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str
    scheme: str = "http"
    port: int = 80
    protocol: str = "HTTP/1.1"
    hung_up: HungUp | None = field(default=None, compare=False, repr=False)

    def header_values(self, name: str, *, case_sensitive: bool = False) -> list[str]:
        """Every value of a header, in order."""
        if case_sensitive:
            return [value for key, value in self.headers if key == name]
        return list(self._by_name.get(name.lower(), ()))

    def header(self, name: str) -> str | None:
        """The last value of a header: the one that `headers` of the event has."""
        values = self._by_name.get(name.lower())
        return values[-1] if values else None

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.headers:
            found.setdefault(name.lower(), []).append(value)
        return found

    def query_pairs(self) -> list[tuple[str, str]]:
        """The query string decoded, in order: `+` and `%20` are spaces, `%2B` is a plus."""
        return list(_pairs(_SEPARATORS.split(self.query)))


def _pairs(parts: Iterable[str]) -> Iterable[tuple[str, str]]:
    for part in parts:
        if part:
            name, _, value = part.partition("=")
            yield unquote_plus(name), unquote_plus(value)


@dataclass(frozen=True, slots=True)
class RequestIds:
    """The ids of a request: in the event, in response headers, in logs.

    `epoch` is when it arrived, in seconds.
    """

    trace_id: str
    request_id: str
    extended_id: str
    epoch: float

    @classmethod
    def of(cls, request: StageRequest) -> RequestIds:
        """New ids; a trace that the client began is continued."""
        trace = request.header("x-amzn-trace-id") or ""
        drawn, epoch = os.urandom(39), time.time()  # at once: each call is one of the system
        if "Root=" not in trace:
            root = f"Root=1-{int(epoch):08x}-{drawn[27:].hex()}"
            trace = f"{root};{trace}" if trace else root
        request_id = str(uuid.UUID(bytes=drawn[:16], version=4))
        extended_id = base64.urlsafe_b64encode(drawn[16:27]).decode("ascii")
        return cls(trace, request_id, extended_id, epoch)
