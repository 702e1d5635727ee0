"""The interface between the gateway and what runs the function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from openapi_first.core.errors import UserError


@dataclass(frozen=True, slots=True)
class InvocationResult:
    """The payload of an invocation: the function's result, or its error if `function_error`."""

    payload: bytes
    function_error: bool = False
    cold: bool | None = None
    """Whether an environment was started for it; None if that is not known."""


class InvokerError(Exception):
    """The function could not be invoked at all: no permission, no such function, no connection."""


class FunctionThrottled(InvokerError):
    """Lambda has no execution environment left for the function."""


class Invoker(Protocol):
    """Anything that can run the function: a pool of processes, an emulator, AWS."""

    async def invoke(self, event: bytes) -> InvocationResult:
        """Run the function on an event. Raises InvokerError if it cannot be started.

        One that waits for its turn says so by `stage.messages.invocation.waiting_for_turn`, before
        it awaits anything else.
        """
        ...


class InitError(UserError):
    """The function could not be loaded. `str()` is one line, `details` the worker's traceback."""

    def __init__(self, reason: str, details: str = "") -> None:
        super().__init__(reason)
        self.details = details
