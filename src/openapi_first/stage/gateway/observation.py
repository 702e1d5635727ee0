"""What is found out about a request on its way through the stage."""

from __future__ import annotations

from dataclasses import dataclass

from openapi_first.stage.messages.invoker import InvocationResult, Invoker


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
