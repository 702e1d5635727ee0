"""Removes what a run has created, however the run ended."""

from __future__ import annotations

from openapi_first.conformance.model.declarations import header_parameter
from openapi_first.conformance.model.errors import CannotJudge, StopAtFinding
from openapi_first.conformance.model.run import Case, Phase
from openapi_first.conformance.phases.steps import Steps, with_headers

_GONE = (404, 410)
_SHOWN = 5


def clean_up(steps: Steps) -> None:
    """Removes the newest resource first, and notes what could not be removed. After Ctrl-C, or when
    the stage stops responding, that is everything that is still there."""
    conversation = steps.conversation
    left: list[str] = []
    given_up = False
    for created in reversed(list(conversation.created)):
        operation = created.resource.delete
        if operation is None or given_up:
            left.append(created.path)
            continue
        removed = False
        try:
            with conversation.unjudged.step(operation.id, Phase.CLEANUP.value):
                request = steps.setup.builder.request(operation)
                condition = header_parameter(operation, "If-Match")
                if condition is not None and condition.required:
                    request = with_headers(request, {condition.name: "*"})  # any version of it
                case = Case("clean up", Phase.CLEANUP, operation.id, request)
                status = conversation.send(case, created).response.status
                removed = 200 <= status < 300 or status in _GONE
        except StopAtFinding:
            continue
        except (CannotJudge, KeyboardInterrupt):
            given_up = True
        if not removed:
            left.append(created.path)
    if left:
        more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
        conversation.notes[f"not removed: {', '.join(left[:_SHOWN])}{more}"] += 1
