"""Traces of the handler and of each operation's function, with Powertools' Tracer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aws_lambda_powertools import Tracer


@dataclass(frozen=True, slots=True)
class Tracing:
    """Without a tracer nothing is traced. `options` are those of Tracer's decorators."""

    tracer: Tracer | None = None
    options: Mapping[str, bool] = field(default_factory=dict)

    def function(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function of an operation, as a separate subsegment."""
        if self.tracer is None:
            return function
        capture: Any = self.tracer.capture_method
        traced: Callable[..., Any] = capture(function, **self.options)
        return traced

    def handler(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        """The Lambda handler."""
        if self.tracer is None:
            return handler
        capture: Any = self.tracer.capture_lambda_handler
        traced: Callable[..., Any] = capture(handler, **self.options)
        return traced


def own_tracing(service: str) -> Tracing:
    """A Tracer of the engine, which records no values. Raises ModuleNotFoundError without the X-Ray
    SDK."""
    from aws_lambda_powertools import Tracer

    return Tracing(Tracer(service=service), {"capture_response": False, "capture_error": False})
