"""Removes what a run has created, whatever became of the run."""

from __future__ import annotations

from openapi_first.conformance.model.errors import CannotJudge, ConnectionLost, StopAtFinding
from openapi_first.conformance.model.run import Case, Phase
from openapi_first.conformance.phases.conversation import Conversation
from openapi_first.conformance.requests.request_builder import Builder

_GONE = (404, 410)


def clean_up(talk: Conversation, builder: Builder) -> None:
    """Removes every thing, the last one first; notes what had to be left: after Ctrl-C, or when the
    stage no longer answers, all that is still there."""
    left: list[str] = []
    given_up = False
    for thing in reversed(list(talk.things)):
        operation = thing.resource.delete
        if operation is None or given_up:
            left.append(thing.path)
            continue
        case = Case("clean up", Phase.CLEANUP, operation.id, builder.request(operation))
        try:
            exchange = talk.send(case, thing)
        except StopAtFinding:
            continue
        except ConnectionLost:
            left.append(thing.path)
            continue
        except (CannotJudge, KeyboardInterrupt):
            given_up = True
            left.append(thing.path)
            continue
        status = exchange.response.status
        if not (200 <= status < 300 or status in _GONE):
            left.append(thing.path)
    if left:
        shown = ", ".join(left[:5]) + (f" and {len(left) - 5} more" if len(left) > 5 else "")
        talk.notes[f"left behind, for there was no removing it: {shown}"] += 1
