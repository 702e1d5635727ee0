"""What of its document this stage has seen so far.

The value is a coverage record, the format that `contract test --coverage FILE` writes: how often
each point was seen, by operation. Which points there are, the stage gets from the origin of its
document.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias

from openapi_first.stage.gateway.own_reasons import NO_REASONS, Reasons
from openapi_first.stage.messages.request import StageRequest
from openapi_first.stage.messages.response import StageResponse

RECORD_FORMAT = "contract-coverage/1"

_INTEGRATIONS = frozenset({"lambda", "mock", "http"})
_WHOLE_API = "*"
_MOST_WAITING = 1000
_MOST_BYTES_WAITING = 16 * 2**20
_Counts = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Origin:
    """What the document was made from.

    `operations` are the names of those that count, such as `GET /a/{id}`. `operation` returns the
    name for a method, a resource and the path parameters; None if the origin has no such operation.
    `points` returns the keys of the points that an exchange of an operation shows. `report`
    compares a record with all points that there are. `reasons` returns why an operation does not
    allow the body of a request.
    """

    operations: frozenset[str]
    operation: Callable[[str, str, Mapping[str, str]], str | None]
    points: Callable[[str, StageRequest, StageResponse], Iterable[str]]
    report: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    reasons: Reasons = NO_REASONS


_Exchange: TypeAlias = tuple[Origin | None, str | None, StageRequest, StageResponse]


class Coverage:
    """Counts points and exact statuses by operation: when somebody asks, or in a thread when many
    exchanges wait, since responses do not wait."""

    def __init__(self) -> None:
        self._seen: dict[str, Counter[str]] = {}
        self._statuses: dict[str, Counter[str]] = {}
        self._unread: Counter[str] = Counter()
        self._thread: ThreadPoolExecutor | None = None
        self._waiting: deque[_Exchange] = deque()
        self._waiting_bytes = 0
        self._counting: Future[None] | None = None

    def count(
        self, origin: Origin | None, operation: str | None, request: StageRequest,
        response: StageResponse,
    ) -> None:  # fmt: skip
        """Counts an exchange; a request without a resource belongs to no operation."""
        self._waiting.append((origin, operation, request, response))
        self._waiting_bytes += len(request.body or b"") + len(response.body or b"")
        if len(self._waiting) < _MOST_WAITING and self._waiting_bytes < _MOST_BYTES_WAITING:
            return
        if self._counting is not None:
            self._counting.result()
        self._waiting_bytes = 0
        self._counting = self._running().submit(self._count_waiting)

    def close(self) -> None:
        """Ends the thread."""
        self._waiting.clear()
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None

    def _running(self) -> ThreadPoolExecutor:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "coverage")
        return self._thread

    def value(self, document: Mapping[str, Any], origin: Origin | None) -> dict[str, Any]:
        """The record, the `statuses` of each operation as they were sent, and the `report` of the
        origin, None without one. Waits until everything is counted."""
        # The thread that counts also copies, so that nothing changes meanwhile.
        thread = self._running()
        thread.submit(self._count_waiting)
        seen, statuses, unread = thread.submit(self._copy, origin).result()
        info = document.get("info", {})
        record = {
            "format": RECORD_FORMAT,
            "title": str(info.get("title", "")),
            "version": str(info.get("version", "")),
            "seen": seen,
        }
        return {
            **record,
            "statuses": statuses,
            "unread": unread,
            "report": None if origin is None else origin.report(record),
        }

    def _copy(self, origin: Origin | None) -> tuple[_Counts, _Counts, dict[str, int]]:
        """The points, the statuses, and what could not be read."""

        def sorted_of(counted: Mapping[str, Counter[str]]) -> _Counts:
            return {
                name: dict(sorted(each.items()))
                for name, each in sorted(counted.items())
                # Another document may have been deployed since.
                if origin is None or name == _WHOLE_API or name in origin.operations
            }

        return sorted_of(self._seen), sorted_of(self._statuses), dict(self._unread)

    def _count_waiting(self) -> None:
        while self._waiting:
            self._count(*self._waiting.popleft())

    def _count(
        self, origin: Origin | None, operation: str | None, request: StageRequest,
        response: StageResponse,
    ) -> None:  # fmt: skip
        if response.answered_by not in _INTEGRATIONS:
            points = self._seen.setdefault(_WHOLE_API, Counter())
            points[f"gateway response|{response.answered_by}"] += 1
        if operation is None:
            return
        self._statuses.setdefault(operation, Counter())[str(response.status)] += 1
        try:
            keys = tuple(_points(response) if origin is None else
                         origin.points(operation, request, response))  # fmt: skip
        except Exception as error:
            self._unread[f"{operation}: {type(error).__name__}: {error}"] += 1
            return
        if keys:
            self._seen.setdefault(operation, Counter()).update(keys)


def _points(response: StageResponse) -> Iterable[str]:
    """What a response shows by itself."""
    yield f"status|{response.status}"
    kind = next((v for k, v in response.headers if k.lower() == "content-type"), "")
    media_type = kind.partition(";")[0].strip().lower()
    if media_type and response.body:
        yield f"media type|{response.status} {media_type}"
