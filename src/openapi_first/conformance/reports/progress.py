"""Shows the progress of a run: one line on a terminal that is overwritten."""

from __future__ import annotations

import sys
from typing import TextIO

from openapi_first.conformance.model.run import Exchange, Finding, Phase, Plan

_WIDTH = 24


class Progress:
    """A listener that writes to a stream; only notes if that is not a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """The stream is standard error if none is given."""
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._phase = Phase.GATEWAY
        self._findings = 0
        self._sent = 0

    def planned(self, plan: Plan) -> None:
        self._line(f"{len(plan.cases)} requests planned, at most {plan.total} in total.")

    def phase(self, phase: Phase) -> None:
        self._phase = phase

    def exchanged(self, _: Exchange, total: int) -> None:
        self._sent += 1
        if not self._live:
            return
        share = min(1.0, self._sent / max(total, 1))
        bar = "█" * round(share * _WIDTH) + "░" * (_WIDTH - round(share * _WIDTH))
        findings = f" {self._findings} findings" if self._findings else ""
        self._stream.write(f"\r\033[K{bar} {self._sent} {self._phase.value}{findings}")
        self._stream.flush()

    def found(self, _: Finding) -> None:
        self._findings += 1

    def noted(self, line: str) -> None:
        self._line(line)

    def finished(self) -> None:
        """Removes the line."""
        if self._live:
            self._stream.write("\r\033[K")
            self._stream.flush()

    def _line(self, text: str) -> None:
        self.finished()
        self._stream.write(text + "\n")
        self._stream.flush()
