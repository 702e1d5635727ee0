"""What the stage's console shows about a request, beside the request and its response."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field

from openapi_first.stage.messages.invoker import InvocationResult, Invoker, StreamingInvoker


@dataclass(slots=True)
class Observation:
    """Filled in while a request is processed. `cold` is None if no function was invoked."""

    resource: str | None = None
    path_parameters: Mapping[str, str] = field(default_factory=dict)
    event: bytes | None = None
    cold: bool | None = None
    reason: str | None = None
    own_reasons: tuple[str, ...] = ()
    """Why the contract does not allow the body, beside the gateway's reason."""

    def watching(self, invoker: Invoker) -> Invoker:
        """The invoker, with its event and cold start noted here."""
        if isinstance(invoker, StreamingInvoker):
            return _WatchedStream(invoker, self)
        return _Watched(invoker, self)


class _Watched:
    def __init__(self, invoker: Invoker, observation: Observation) -> None:
        self._invoker = invoker
        self._observation = observation

    async def invoke(self, event: bytes) -> InvocationResult:
        self._observation.event = event
        result = await self._invoker.invoke(event)
        self._observation.cold = result.cold
        return result


class _WatchedStream(_Watched):
    def __init__(self, invoker: StreamingInvoker, observation: Observation) -> None:
        super().__init__(invoker, observation)
        self._streaming = invoker

    def stream(self, event: bytes) -> AsyncGenerator[bytes]:
        self._observation.event = event
        return self._streaming.stream(event)
