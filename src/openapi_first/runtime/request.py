"""The request being served, for operations that want to know more than their arguments."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """The request being served: what an operation may want to know beside its arguments."""

    event: Mapping[str, Any]

    @property
    def path(self) -> str:
        """The path as the client sent it, stage or custom domain's base path included."""
        context = self.event.get("requestContext") or {}
        return str(context.get("path") or self.event["path"])

    @property
    def api_key_id(self) -> str | None:
        """The id of the caller's API key, None where the operation takes none."""
        identity = (self.event.get("requestContext") or {}).get("identity") or {}
        return identity.get("apiKeyId")

    @property
    def request_id(self) -> str | None:
        """The id that the gateway gave the request (`x-amzn-RequestId`)."""
        return (self.event.get("requestContext") or {}).get("requestId")


served: ContextVar[Request | None] = ContextVar("served", default=None)
"""Set by the handler for as long as an operation runs."""


def current_request() -> Request:
    """The request being served. Raises RuntimeError outside of one."""
    request = served.get()
    if request is None:
        raise RuntimeError("no request is being served")
    return request
