"""Steps of a run that could not be judged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A step that a run could not judge. `operation` is an operationId, "" for the whole API.
    `step` is a phase, or the id of a check. `reason` is one line. `times` is how often it was."""

    operation: str
    step: str
    reason: str
    times: int = 1

    def __str__(self) -> str:
        times = f" ({self.times} times)" if self.times > 1 else ""
        return f"{self.operation or 'the API'}, {self.step}: {self.reason}{times}"
