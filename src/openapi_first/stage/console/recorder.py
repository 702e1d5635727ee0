"""The last requests of a stage, kept in memory for the console."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from openapi_first.aws.gateway_responses import GATEWAY_RESPONSES, Part
from openapi_first.stage.gateway.observation import Observation
from openapi_first.stage.messages.request import RequestIds, StageRequest
from openapi_first.stage.messages.response import StageResponse

_KEPT = 200
_KEPT_BYTES = 16 * 1024 * 1024
_SHOWN_BYTES = 65_536
_NAMES = {Part.REQUEST: "validator", Part.USAGE_PLAN: "plan", Part.INTEGRATION: "Lambda"}
"""Parts of the gateway that a person at the console looks for; the rest is `gateway`."""
_INTEGRATIONS = frozenset({"lambda", "mock", "http"})


def refused_by(response: StageResponse) -> str | None:
    """What refused a request: gateway, validator, plan, Lambda or service; None if nothing did."""
    if response.status < 400 and response.answered_by in _INTEGRATIONS:
        return None
    if response.answered_by in _INTEGRATIONS:
        return "Lambda" if _lists_violations(response.body) else "service"
    kind = GATEWAY_RESPONSES.get(response.answered_by)
    return _NAMES.get(kind.part, "gateway") if kind and kind.part else "gateway"


def _lists_violations(body: bytes) -> bool:
    """Whether a problem lists `errors`: then validation refused the request, not the service."""
    try:
        problem = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(problem, dict) and isinstance(problem.get("errors"), list)


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A request and its response; its JSON is only made when it is shown."""

    request: StageRequest
    ids: RequestIds
    response: StageResponse
    observation: Observation
    milliseconds: float

    @property
    def size(self) -> int:
        event = self.observation.event or b""
        return len(self.request.body) + len(event) + len(self.response.body)

    def row(self) -> dict[str, Any]:
        return {
            "id": self.ids.request_id,
            "time": round(self.ids.epoch * 1000),
            "method": self.request.method,
            "path": self.request.path,
            "resource": self.observation.resource,
            "status": self.response.status,
            "answered_by": self.response.answered_by,
            "refused_by": refused_by(self.response),
            "milliseconds": round(self.milliseconds, 1),
            "cold": self.observation.cold,
        }

    def details(self) -> dict[str, Any]:
        event = self.observation.event
        return {
            **self.row(),
            "query": self.request.query,
            "request_headers": self.request.headers,
            "request_body": _shown(self.request.body),
            "event": None if event is None else _shown(event),
            "response_headers": self.response.headers,
            "response_body": _shown(self.response.body),
            "reason": self.observation.reason,
            "own_reasons": self.observation.own_reasons,
        }


class Recorder:
    """Keeps the last requests and sends each new one to all listeners."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Exchange] = OrderedDict()
        self._kept_bytes = 0
        self._listeners: set[asyncio.Queue[dict[str, Any]]] = set()

    def keep(
        self,
        request: StageRequest,
        ids: RequestIds,
        response: StageResponse,
        observation: Observation,
        milliseconds: float,
    ) -> None:
        """Keep a request; the oldest are dropped when there are too many, or too many bytes."""
        exchange = _Exchange(request, ids, response, observation, milliseconds)
        self._kept[ids.request_id] = exchange
        self._kept_bytes += exchange.size
        while len(self._kept) > _KEPT or (self._kept_bytes > _KEPT_BYTES and len(self._kept) > 1):
            self._kept_bytes -= self._kept.popitem(last=False)[1].size
        if self._listeners:
            row = exchange.row()
            for listener in self._listeners:
                # A listener that does not read loses the oldest, so that the memory is not filled.
                if listener.qsize() > _KEPT:
                    listener.get_nowait()
                listener.put_nowait(row)

    def exchange(self, request_id: str) -> dict[str, Any] | None:
        """The details of one request; None if it is no longer kept."""
        found = self._kept.get(request_id)
        return None if found is None else found.details()

    async def follow(self) -> AsyncIterator[dict[str, Any]]:
        """The rows of the requests that are kept, then of each new one."""
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
