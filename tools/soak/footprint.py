"""What a stage and its workers hold. Linux only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from support.faults.stage import FaultyStage

_PAGE = 4096
_CLOSED_JUST_NOW = 8
_NOISE = 1.1


@dataclass(frozen=True, slots=True)
class Footprint:
    """Bytes of memory (resident), open files and processes."""

    memory: int
    files: int
    processes: int

    @classmethod
    def of(cls, stage: FaultyStage) -> Footprint:
        """Of the stage and the workers below it; what else it has started does not count."""
        pids = [stage.serving.process.pid, *stage.workers()]
        return cls(
            sum(int(Path(f"/proc/{each}/statm").read_text().split()[1]) * _PAGE for each in pids),
            sum(len(list(Path(f"/proc/{each}/fd").iterdir())) for each in pids),
            len(pids),
        )

    def growth(self, later: Footprint) -> list[str]:
        """What has grown by more than noise."""
        grown = []
        if later.memory > self.memory * _NOISE:
            grown.append(f"memory grew from {self.memory:,} to {later.memory:,} bytes")
        if later.files > self.files + _CLOSED_JUST_NOW:
            grown.append(f"open files grew from {self.files} to {later.files}")
        if later.processes > self.processes:
            grown.append(f"processes grew from {self.processes} to {later.processes}")
        return grown
