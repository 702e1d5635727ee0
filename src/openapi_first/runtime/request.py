"""The request being served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openapi_first.core.problem_details import ProblemEntry


class BodyError(Exception):
    """The request body is missing or cannot be read; `entries` say why."""

    def __init__(self, entries: Sequence[ProblemEntry]) -> None:
        super().__init__("; ".join(entry.detail for entry in entries))
        self.entries = entries


@dataclass(frozen=True, slots=True)
class Request:
    """The request being served, for operations that need more than their arguments."""

    event: Mapping[str, Any]

    @property
    def path(self) -> str:
        """The path that the client sent, including the stage or the domain's base path."""
        context = self.event.get("requestContext") or {}
        return str(context.get("path") or self.event["path"])

    @property
    def api_key_id(self) -> str | None:
        """The id of the caller's API key; None for an operation without one."""
        identity = (self.event.get("requestContext") or {}).get("identity") or {}
        return identity.get("apiKeyId")

    @property
    def request_id(self) -> str | None:
        """The id that API Gateway gave the request (`x-amzn-RequestId`)."""
        return (self.event.get("requestContext") or {}).get("requestId")


served: ContextVar[Request | None] = ContextVar("served", default=None)
"""Set by the handler while an operation runs."""


def current_request() -> Request:
    """Raises RuntimeError when no request is being served."""
    request = served.get()
    if request is None:
        raise RuntimeError("no request is being served")
    return request
