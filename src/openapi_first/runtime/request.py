"""The request being served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Any

from openapi_first.runtime.proxy_event import ProxyEvent
from openapi_first.runtime.telemetry.record import Record

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

    from openapi_first.core.problem_details import ProblemEntry
    from openapi_first.runtime.bounded_patterns import Searches

LONGEST_S = 28.0
"""Seconds from a request to its deadline: less than API Gateway waits for an integration."""
_MARGIN_S = 1.0
_MARGIN_SHARE = 0.1


class BodyError(Exception):
    """The request body is missing or cannot be read; `entries` say why."""

    def __init__(self, entries: Sequence[ProblemEntry]) -> None:
        super().__init__("; ".join(entry.detail for entry in entries))
        self.entries = entries


class Request:
    """The request being served, for operations that need more than their arguments.

    `context` is the Lambda context, as the Lambda runtime passes it to the handler. `searches` are
    the engine's own: those by patterns that need backtracking.
    """

    def __init__(self, proxy_event: ProxyEvent, context: Any = None) -> None:
        self.proxy_event = proxy_event
        self.context = context
        self.record = Record()
        self.searches: Searches | None = None
        self._deadline: float | None = None

    @cached_property
    def event(self) -> APIGatewayProxyEvent:
        """The event as Powertools' data class."""
        from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

        return APIGatewayProxyEvent(self.proxy_event.raw)

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers; names are case-insensitive, several lines of one are joined by commas."""
        from aws_lambda_powertools.utilities.data_classes.common import CaseInsensitiveDict

        lines = self.proxy_event.headers
        joined = {name: ", ".join(lines[name]) for name in lines}
        found: Mapping[str, str] = CaseInsensitiveDict(joined)  # type: ignore[no-untyped-call]
        return found

    @property
    def query(self) -> Mapping[str, Sequence[str]]:
        """The decoded values of each query parameter, also those that the contract lacks."""
        return self.proxy_event.query

    @property
    def path(self) -> str:
        """The path that the client sent, including the stage or the domain's base path."""
        return str(self.proxy_event.context.get("path") or self.proxy_event.raw["path"])

    @property
    def api_key_id(self) -> str | None:
        """The id of the caller's API key; None for an operation without one."""
        return self._identity.get("apiKeyId")

    @property
    def source_ip(self) -> str | None:
        """The IP address of the client, as API Gateway saw it."""
        return self._identity.get("sourceIp")

    @property
    def claims(self) -> Mapping[str, Any]:
        """What the authorizer said about the caller: the claims of the token from a Cognito or JWT
        authorizer, the context from a Lambda authorizer; empty without an authorizer."""
        authorizer = self.proxy_event.context.get("authorizer") or {}
        claims = authorizer.get("claims")
        return claims if isinstance(claims, dict) else authorizer

    @property
    def request_id(self) -> str | None:
        """The id that API Gateway gave the request (`x-amzn-RequestId`)."""
        return self.proxy_event.context.get("requestId")

    def remaining_time_in_millis(self) -> int:
        """The time until Lambda ends the call. Raises RuntimeError without a Lambda context."""
        if self.context is None:
            raise RuntimeError("the handler was called without a Lambda context")
        return int(self.context.get_remaining_time_in_millis())

    @property
    def deadline(self) -> float:
        """When the response has to be ready, in seconds of `time.monotonic()`.

        It is 28 s after the request came, or earlier if Lambda ends the call earlier: a tenth of
        that time, at most a second, is left for writing the response.
        """
        if self._deadline is None:
            allowed = LONGEST_S
            if hasattr(self.context, "get_remaining_time_in_millis"):  # tests may have no context
                spent = monotonic() - self.record.started
                whole = spent + self.remaining_time_in_millis() / 1000
                allowed = min(allowed, whole - min(_MARGIN_S, whole * _MARGIN_SHARE))
            self._deadline = self.record.started + allowed
        return self._deadline

    def count(self, name: str, by: int = 1) -> None:
        """Counts something in this request, such as retries of a call. The counts are in the
        request's log line, and metrics of its operation if OPERATION_METRICS is `on`."""
        self.record.count(name, by)

    @property
    def _identity(self) -> Mapping[str, Any]:
        return self.proxy_event.context.get("identity") or {}


served: ContextVar[Request | None] = ContextVar("served", default=None)
"""Set by the handler while a request is served."""


def current_request() -> Request:
    """Raises RuntimeError when no request is being served."""
    request = served.get()
    if request is None:
        raise RuntimeError("no request is being served")
    return request
