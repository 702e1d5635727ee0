"""The seam between the gateway and whatever runs the function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from openapi_first.core.errors import UserError


@dataclass(frozen=True, slots=True)
class InvocationResult:
    """What an invocation gave: a payload, and whether it describes an error of the function."""

    payload: bytes
    function_error: bool = False
    cold: bool | None = None
    """Whether an environment was started for it; None where that cannot be known."""


class InvokerError(Exception):
    """The function could not be invoked at all: no permission, no such function, no connection."""


class FunctionThrottled(InvokerError):
    """Lambda has no environment to spare for the function, or may give it none."""


class Invoker(Protocol):
    """Whatever can run the function: a pool of processes, an emulator, AWS."""

    async def invoke(self, event: bytes) -> InvocationResult:
        """Run the function on an event; raise `InvokerError` if it could not be started."""
        ...


class InitError(UserError):
    """The function could not be loaded. `str()` is one line, `details` the worker's traceback."""

    def __init__(self, reason: str, details: str = "") -> None:
        super().__init__(reason)
        self.details = details
