"""What a service writes to render its problems itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from openapi_first.core.problem_details import Problem


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """The response whose body a renderer makes.

    `media_type` is the one that the contract declares for the status, JSON where it declares none.
    `operation` is an operationId, None for a request that matches no operation. `request_id` is
    API Gateway's, if the event has one.
    """

    status: int
    media_type: str
    operation: str | None
    request_id: str | None


class ProblemRenderer(Protocol):
    """A function that makes the body of a problem: a JSON value, or a string or bytes for a media
    type that is not JSON. None leaves the body to the engine."""

    def __call__(self, problem: Problem, response: ErrorResponse, /) -> Any: ...
