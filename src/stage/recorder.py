"""The last requests of a stage, kept in memory for whoever looks on."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from stage.answer import Answer
from stage.context import RequestIds
from stage.invoker import InvocationResult, Invoker
from stage.request import StageRequest

__all__ = ["Observation", "Recorder", "refused_by"]

_KEPT = 200
_SHOWN_BYTES = 65_536
_VALIDATOR = frozenset({"BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "UNSUPPORTED_MEDIA_TYPE"})
_PLAN = frozenset({"QUOTA_EXCEEDED", "THROTTLED"})
_FUNCTION = frozenset({"DEFAULT_5XX", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"})


@dataclass(slots=True)
class Observation:
    """What is found out about a request on its way. `cold` is None if no function was asked."""

    resource: str | None = None
    event: bytes | None = None
    cold: bool | None = None
    reason: str | None = None

    def watching(self, invoker: Invoker) -> Invoker:
        """The invoker, with its event and start seen."""
        return _Watched(invoker, self)


class _Watched:
    def __init__(self, invoker: Invoker, seen: Observation) -> None:
        self._invoker = invoker
        self._seen = seen

    async def invoke(self, event: bytes) -> InvocationResult:
        self._seen.event = event
        result = await self._invoker.invoke(event)
        self._seen.cold = result.cold
        return result


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


class Recorder:
    """Keeps the last requests and tells each new one to all who listen."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._listeners: set[asyncio.Queue[dict[str, Any]]] = set()

    def keep(
        self,
        request: StageRequest,
        ids: RequestIds,
        answer: Answer,
        seen: Observation,
        milliseconds: float,
    ) -> None:
        """Remember an answered request."""
        row = {
            "id": ids.request_id,
            "time": round(ids.epoch * 1000),
            "method": request.method,
            "path": request.path,
            "resource": seen.resource,
            "status": answer.status,
            "answered_by": answer.answered_by,
            "refused_by": refused_by(answer),
            "milliseconds": round(milliseconds, 1),
            "cold": seen.cold,
        }
        self._kept[ids.request_id] = {
            **row,
            "query": request.query,
            "request_headers": request.headers,
            "request_body": _shown(request.body),
            "event": None if seen.event is None else _shown(seen.event),
            "response_headers": answer.headers,
            "response_body": _shown(answer.body),
            "reason": seen.reason,
        }
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        for listener in self._listeners:
            # Who does not read loses the oldest rather than fills the memory.
            if listener.qsize() > _KEPT:
                listener.get_nowait()
            listener.put_nowait(row)

    def exchange(self, request_id: str) -> dict[str, Any] | None:
        """All that is known of one request; None when it is no longer kept."""
        return self._kept.get(request_id)

    async def follow(self) -> AsyncIterator[dict[str, Any]]:
        """The rows of the requests that are kept, then each new one as it is answered."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            for whole in list(self._kept.values()):
                yield {name: whole[name] for name in _ROW}
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)


_ROW = (
    "id",
    "time",
    "method",
    "path",
    "resource",
    "status",
    "answered_by",
    "refused_by",
    "milliseconds",
    "cold",
)


def _shown(body: bytes) -> str:
    text = body[:_SHOWN_BYTES].decode("utf-8", "replace")
    left = len(body) - _SHOWN_BYTES
    return text if left <= 0 else f"{text}\n… {left} more bytes"
