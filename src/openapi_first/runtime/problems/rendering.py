"""Makes the body of a problem: as the contract declares the status, else problem details.

Nothing here runs for a response without a problem.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from openapi_first.core.media_types import is_json, is_range, match_media_type, media_type_of
from openapi_first.core.problem_details import MEDIA_TYPE, Problem
from openapi_first.runtime.telemetry.raised import loggable

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

    from openapi_first.runtime.problems.renderer import ErrorResponse, ProblemRenderer

    class _Entry(Protocol):
        @property
        def media_type(self) -> str: ...

    class _Body(Protocol):
        @property
        def media_type(self) -> str: ...

        @property
        def template(self) -> Any: ...

    class Declared(Protocol):
        """A response that the contract declares; `problem` is what the compiler found for it."""

        @property
        def content(self) -> Sequence[_Entry]: ...

        @property
        def problem(self) -> _Body | None: ...


JSON = "application/json"


@dataclass(frozen=True, slots=True)
class ProblemBody:
    """The body of a problem. Without a media type there is none."""

    value: Any
    media_type: str | None


Objection = Callable[[ProblemBody], bool]
"""Whether a body cannot be sent for the problem."""


class ProblemRendering:
    """The bodies of one service's problems, which `render` makes where problem details are not
    declared."""

    def __init__(self, render: ProblemRenderer | None, logger: Logger) -> None:
        self._render = render
        self._logger = logger

    def body(
        self,
        problem: Problem,
        declared: Declared | None,
        operation: str | None,
        request_id: str | None,
        objects: Objection,
    ) -> ProblemBody:
        """The first body without an objection: the service's, the one that the compiler found, and
        then problem details, against which there is no appeal."""
        if declared is not None and not declared.content:
            return ProblemBody(None, None)
        body = declared.problem if declared is not None else None
        if body is None or body.template is not None:
            if self._render is not None:
                response = error_response(problem, declared, operation, request_id)
                made = self._made(self._render, problem, response)
                if made is not None:
                    if not objects(made):
                        return made
                    self._logger.error(
                        "the body of render_problem cannot be sent", operation=operation
                    )
            if body is not None:
                # Imported here, since a Lambda without a problem never needs it.
                from openapi_first.core.problem_templates import rendered

                value = rendered(body.template, problem, request_id)
                made = ProblemBody(value, body.media_type)
                if not objects(made):
                    return made
        return ProblemBody(problem.as_dict(request_id), MEDIA_TYPE)

    def _made(
        self, render: ProblemRenderer, problem: Problem, response: ErrorResponse
    ) -> ProblemBody | None:
        try:
            value = render(problem, response)
        except Exception as error:
            self._logger.exception(
                "render_problem raised", operation=response.operation, exc_info=loggable(error)
            )
            return None
        return None if value is None else ProblemBody(value, response.media_type)


def error_response(
    problem: Problem, declared: Declared | None, operation: str | None, request_id: str | None
) -> ErrorResponse:
    """The argument of a renderer. Of several media types it is the one for which the compiler has
    found a body, else the first that is JSON, else the first."""
    from openapi_first.runtime.problems.renderer import ErrorResponse

    entry = None
    if declared is not None:
        if declared.problem is not None:
            entry = match_media_type(declared.content, declared.problem.media_type)
        entry = entry or next(
            (each for each in declared.content if is_json(media_type_of(each.media_type))),
            declared.content[0],
        )
    media_type = JSON if entry is None or is_range(entry.media_type) else entry.media_type
    return ErrorResponse(problem.status, media_type, operation, request_id)
