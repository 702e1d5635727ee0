"""Coverage records beside a run: what earlier runs have seen counts as well."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from replay.coverage import CoverageRecord
from replay.model import Run

__all__ = ["with_record"]


def with_record(run: Run, path: Path) -> Run:
    """Adds what the run has seen to a record's file, made if it is missing; the run's coverage is
    that of the whole record. Raises OSError, CoverageError."""
    record = run.coverage.record
    if path.exists():
        record = record.merged(CoverageRecord.read(path))
    record.write(path)
    return replace(run, coverage=replace(run.coverage, record=record))
