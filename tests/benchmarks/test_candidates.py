"""The candidates that need no package beside those of the tests; `make bench` checks them all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from benchmarks.candidates import stub
from benchmarks.events import CASES
from benchmarks.figures.frameworks import CANDIDATES
from benchmarks.turns import ROOT, BenchmarkFailed, compile_contract, measured

OPTIONS: dict[str, Any] = {
    "item_id": stub.item(7)["id"],
    "counts": dict.fromkeys(CASES, 1),
    "rounds": 1,
}
HANDWRITTEN = CANDIDATES["hand-written, no validation"]
OURS = CANDIDATES["this engine with log line and metrics"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("compiled")
    compile_contract(ROOT / "openapi.yaml", path)
    return path


@pytest.mark.parametrize(
    "candidate",
    [HANDWRITTEN, CANDIDATES["Powertools with Logger and Metrics"], OURS],
    ids=lambda candidate: candidate.module,
)
def test_a_candidate_answers_right_and_is_measured(candidate: Any, folder: Path) -> None:
    figures = measured(candidate, folder, OPTIONS)
    assert {*CASES, "start_ms", "first_ms", "rss_mb"} == set(figures)
    assert all(value > 0 for value in figures.values())


def test_a_candidate_that_does_not_validate_is_not_measured_as_one_that_does(folder: Path) -> None:
    with pytest.raises(BenchmarkFailed, match="an unknown member"):
        measured(replace(HANDWRITTEN, validates=True), folder, OPTIONS)


def test_a_candidate_without_a_log_is_not_measured_as_one_with_it(folder: Path) -> None:
    with pytest.raises(BenchmarkFailed, match="the log has too few lines"):
        measured(replace(HANDWRITTEN, logs=True), folder, OPTIONS)
