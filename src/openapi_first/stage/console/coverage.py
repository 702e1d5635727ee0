"""The parts of an import document that this stage has seen so far.

They are a coverage record, the format that `contract test --coverage FILE` writes: how often each
point was seen, by operation. The console also needs the `declared` statuses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openapi_first.aws.extensions import INTEGRATION
from openapi_first.aws.methods import METHODS
from openapi_first.stage.messages.response import StageResponse

RECORD_FORMAT = "contract-coverage/1"

_METHODS = tuple(map(str.lower, METHODS))
_INTEGRATIONS = frozenset({"lambda", "mock", "http"})
_WHOLE_API = "*"


@dataclass(frozen=True, slots=True)
class Origin:
    """What the document was made from, if it has other names for its operations.

    `operation` returns `GET /a/{id}` for a method, a resource and the path parameters;
    `declared` are the statuses that each operation declares.
    """

    operation: Callable[[str, str, Mapping[str, str]], str]
    declared: Mapping[str, Sequence[str]]


class Coverage:
    """Counts statuses, media types and gateway responses, by operation."""

    def __init__(self) -> None:
        self._seen: dict[str, Counter[str]] = {}

    def count(self, operation: str | None, response: StageResponse) -> None:
        """Count a response; a request without a resource belongs to no operation."""
        if response.answered_by not in _INTEGRATIONS:
            self._count(_WHOLE_API, f"gateway response|{response.answered_by}")
        if operation is None:
            return
        self._count(operation, f"status|{response.status}")
        kind = next((v for k, v in response.headers if k.lower() == "content-type"), "")
        media_type = kind.partition(";")[0].strip().lower()
        if media_type and response.body:
            self._count(operation, f"media type|{response.status} {media_type}")

    def _count(self, operation: str, point: str) -> None:
        self._seen.setdefault(operation, Counter())[point] += 1

    def record(self, document: Mapping[str, Any], origin: Origin | None = None) -> dict[str, Any]:
        """The record of all operations except preflights, and the statuses that each declares."""
        declared = (
            origin.declared
            if origin is not None
            else {
                f"{name.upper()} {path}": [
                    str(status) for status in item[name].get("responses", {})
                ]
                for path, item in document.get("paths", {}).items()
                for name in _METHODS
                if isinstance(item.get(name), dict) and not _is_mock(item[name])
            }
        )
        info = document.get("info", {})
        return {
            "format": RECORD_FORMAT,
            "title": str(info.get("title", "")),
            "version": str(info.get("version", "")),
            "seen": {
                operation: dict(sorted(points.items()))
                for operation, points in sorted(self._seen.items())
                if operation in declared or operation == _WHOLE_API
            },
            "declared": declared,
        }


def _is_mock(operation: Mapping[str, Any]) -> bool:
    integration = operation.get(INTEGRATION)
    return isinstance(integration, dict) and str(integration.get("type")).lower() == "mock"
