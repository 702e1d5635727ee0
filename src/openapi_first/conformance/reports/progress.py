"""Tells a terminal how a run goes on: one line that is written over, where there is a terminal."""

from __future__ import annotations

import sys
from typing import TextIO

from openapi_first.conformance.model.run import Exchange, Finding, Phase, Plan

_WIDTH = 24


class Progress:
    """Listens to a run and shows it on `stream`; nothing but notes where that is no terminal."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._phase = Phase.PREFLIGHT
        self._findings = 0
        self._sent = 0

    def planned(self, plan: Plan) -> None:
        """Says what the run takes from a quota, before it takes it."""
        self._line(f"{len(plan.cases)} requests known beforehand, at most {plan.total} in all.")

    def phase(self, phase: Phase) -> None:
        """Shows what is being done."""
        self._phase = phase

    def exchanged(self, exchange: Exchange, total: int) -> None:
        """Moves the bar."""
        self._sent += 1
        if not self._live:
            return
        share = min(1.0, self._sent / max(total, 1))
        bar = "█" * round(share * _WIDTH) + "░" * (_WIDTH - round(share * _WIDTH))
        told = f" {self._findings} findings" if self._findings else ""
        self._stream.write(f"\r\033[K{bar} {self._sent} {self._phase.value}{told}")
        self._stream.flush()

    def found(self, finding: Finding) -> None:
        """Counts."""
        self._findings += 1

    def noted(self, line: str) -> None:
        """Says it on a line of its own."""
        self._line(line)

    def finished(self) -> None:
        """Takes the bar away."""
        if self._live:
            self._stream.write("\r\033[K")
            self._stream.flush()

    def _line(self, text: str) -> None:
        self.finished()
        self._stream.write(text + "\n")
        self._stream.flush()
