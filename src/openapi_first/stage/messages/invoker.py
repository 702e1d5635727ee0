"""The interface between the gateway and what runs the function."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from openapi_first.core.errors import UserError

invoked_qualifier: ContextVar[str] = ContextVar("invoked_qualifier", default="")
"""The version or alias by which the current task invokes a function, "" for none. The ARN in the
function's context ends with it (AWS Lambda: python-context, configuration-aliases)."""


def qualified(arn: str) -> str:
    """A function's ARN as the current task invokes it."""
    qualifier = invoked_qualifier.get()
    return f"{arn}:{qualifier}" if qualifier else arn


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


class FunctionFailed(Exception):
    """The function failed, after it had begun to stream its response or before."""


@runtime_checkable
class StreamingInvoker(Invoker, Protocol):
    """An invoker that passes on what the function streams.

    AWS Lambda: API_InvokeWithResponseStream.
    """

    def stream(self, event: bytes) -> AsyncGenerator[bytes]:
        """The payload of the response in parts. Raises InvokerError and FunctionFailed."""
        ...


class InitError(UserError):
    """The function could not be loaded. `str()` is one line, `details` the worker's traceback."""

    def __init__(self, reason: str, details: str = "") -> None:
        super().__init__(reason)
        self.details = details
