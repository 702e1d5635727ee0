"""The last requests of a stage, kept in memory for whoever looks on."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from openapi_first.stage.gateway.context import RequestIds
from openapi_first.stage.gateway.observation import Observation
from openapi_first.stage.messages.request import StageRequest
from openapi_first.stage.messages.response import Answer

_KEPT = 200
_KEPT_BYTES = 16 * 1024 * 1024
_SHOWN_BYTES = 65_536
_VALIDATOR = frozenset({"BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "UNSUPPORTED_MEDIA_TYPE"})
_PLAN = frozenset({"QUOTA_EXCEEDED", "THROTTLED"})
_FUNCTION = frozenset({"DEFAULT_5XX", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"})


def refused_by(answer: Answer) -> str | None:
    """Who refused a request: gateway, validator, plan, Lambda or service; None if nobody did."""
    if answer.status < 400 and answer.answered_by in ("lambda", "mock", "http"):
        return None
    if answer.answered_by in _VALIDATOR:
        return "validator"
    if answer.answered_by in _PLAN:
        return "plan"
    if answer.answered_by in _FUNCTION:
        return "Lambda"
    if answer.answered_by in ("lambda", "mock", "http"):
        return "Lambda" if _lists_violations(answer.body) else "service"
    return "gateway"


def _lists_violations(body: bytes) -> bool:
    """Whether a problem names what the contract asks for: then not the service refused."""
    try:
        problem = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(problem, dict) and isinstance(problem.get("errors"), list)


@dataclass(frozen=True, slots=True)
class _Exchange:
    """An answered request, put into words only when somebody looks."""

    request: StageRequest
    ids: RequestIds
    answer: Answer
    seen: Observation
    milliseconds: float

    @property
    def size(self) -> int:
        return len(self.request.body) + len(self.seen.event or b"") + len(self.answer.body)

    def row(self) -> dict[str, Any]:
        return {
            "id": self.ids.request_id,
            "time": round(self.ids.epoch * 1000),
            "method": self.request.method,
            "path": self.request.path,
            "resource": self.seen.resource,
            "status": self.answer.status,
            "answered_by": self.answer.answered_by,
            "refused_by": refused_by(self.answer),
            "milliseconds": round(self.milliseconds, 1),
            "cold": self.seen.cold,
        }

    def whole(self) -> dict[str, Any]:
        event = self.seen.event
        return {
            **self.row(),
            "query": self.request.query,
            "request_headers": self.request.headers,
            "request_body": _shown(self.request.body),
            "event": None if event is None else _shown(event),
            "response_headers": self.answer.headers,
            "response_body": _shown(self.answer.body),
            "reason": self.seen.reason,
        }


class Recorder:
    """Keeps the last requests and tells each new one to all who listen."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Exchange] = OrderedDict()
        self._kept_bytes = 0
        self._listeners: set[asyncio.Queue[dict[str, Any]]] = set()

    def keep(
        self,
        request: StageRequest,
        ids: RequestIds,
        answer: Answer,
        seen: Observation,
        milliseconds: float,
    ) -> None:
        """Remember an answered request; the oldest go when there are many, or much to keep."""
        exchange = _Exchange(request, ids, answer, seen, milliseconds)
        self._kept[ids.request_id] = exchange
        self._kept_bytes += exchange.size
        while len(self._kept) > _KEPT or (self._kept_bytes > _KEPT_BYTES and len(self._kept) > 1):
            self._kept_bytes -= self._kept.popitem(last=False)[1].size
        if self._listeners:
            row = exchange.row()
            for listener in self._listeners:
                # Who does not read loses the oldest rather than fills the memory.
                if listener.qsize() > _KEPT:
                    listener.get_nowait()
                listener.put_nowait(row)

    def exchange(self, request_id: str) -> dict[str, Any] | None:
        """All that is known of one request; None when it is no longer kept."""
        found = self._kept.get(request_id)
        return None if found is None else found.whole()

    async def follow(self) -> AsyncIterator[dict[str, Any]]:
        """The rows of the requests that are kept, then each new one as it is answered."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            for exchange in list(self._kept.values()):
                yield exchange.row()
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)


def _shown(body: bytes) -> str:
    text = body[:_SHOWN_BYTES].decode("utf-8", "replace")
    left = len(body) - _SHOWN_BYTES
    return text if left <= 0 else f"{text}\n… {left} more bytes"
