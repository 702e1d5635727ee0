"""Keeps what goes wrong in one step of a run from ending the run: the step is not judged."""

from __future__ import annotations

import contextlib
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeAlias

from openapi_first.conformance.model.errors import (
    CannotJudge,
    ConnectionLost,
    MalformedResponse,
    StopAtFinding,
)
from openapi_first.conformance.model.not_judged import NotJudged
from openapi_first.conformance.requests.parameter_writer import NotSendable
from openapi_first.samples.sampling import NoSample

_PACKAGE = Path(__file__).parents[2]
_LONGEST = 300
_MOST_REASONS = 10
_OTHER_REASONS = "other reasons"
_SHORTEST_SECRET = 8
"""Shorter credentials may occur in a message by chance."""

Step: TypeAlias = Callable[[str, str], AbstractContextManager[None]]
"""`Unjudged.step`: what goes wrong inside is recorded."""


class Unjudged:
    """What a run has not judged so far. `secrets` are the credentials by placeholder."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = secrets
        self._counts: dict[tuple[str, str], Counter[str]] = {}

    def record(self, operation: str, step: str, reason: str) -> None:
        """Keeps the first reasons for each step."""
        reason = self._without_secrets(_on_one_line(reason))
        counts = self._counts.setdefault((operation, step), Counter())
        counts[reason if reason in counts or len(counts) < _MOST_REASONS else _OTHER_REASONS] += 1

    @contextlib.contextmanager
    def step(self, operation: str, step: str) -> Iterator[None]:
        """Records whatever goes wrong inside. Raises CannotJudge and StopAtFinding, which end the
        run."""
        try:
            with self.part(operation, step):
                yield
        except ConnectionLost as error:
            self.record(operation, step, reason_of(error))

    @contextlib.contextmanager
    def part(self, operation: str, step: str) -> Iterator[None]:
        """A step of a walk that starts again when it loses its connection: raises ConnectionLost,
        too."""
        try:
            yield
        except (CannotJudge, ConnectionLost, StopAtFinding):
            raise
        except Exception as error:
            self.record(operation, step, reason_of(error))

    def found(self) -> tuple[NotJudged, ...]:
        """What was not judged, in the order in which it was met."""
        return tuple(
            NotJudged(operation, step, reason, times)
            for (operation, step), counts in self._counts.items()
            for reason, times in counts.items()
        )

    def _without_secrets(self, text: str) -> str:
        for placeholder, value in self._secrets.items():
            if len(value) >= _SHORTEST_SECRET:
                text = text.replace(value, placeholder)
        return text


def reason_of(error: Exception) -> str:
    """Why a step was not judged. An error of the engine itself shows its type and its place."""
    if isinstance(error, NoSample | NotSendable):
        return f"no request could be made up: {str(error) or 'no value matches the schema'}"
    if isinstance(error, ConnectionLost):
        return f"the connection was lost: {error}"
    if isinstance(error, MalformedResponse):
        return f"the response is malformed: {error}"
    return (
        f"unexpected {type(error).__name__}: {_on_one_line(str(error))} (at {_place(error)}); "
        "please report it"
    )


def _place(error: Exception) -> str:
    """The innermost line of the engine that the error went through, otherwise its own."""
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if _PACKAGE in Path(frame.filename).parents]
    frame = (inside or frames)[-1]
    path = Path(frame.filename)
    shown = path.relative_to(_PACKAGE.parent).as_posix() if inside else path.name
    return f"{shown}:{frame.lineno}"


def _on_one_line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
