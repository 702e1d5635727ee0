"""`make faults` prints the matrix, and its exit status says whether a cell is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import faults
from support import engines
from support.faults.matrix import run
from support.faults.matrix.outcomes import ALWAYS, Cell, Outcome

ARGUMENTS = ["faults", "--seed", "7", "--workers", "1", "--fault", "portal", "--call", "get"]


@pytest.fixture(autouse=True)
def arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ARGUMENTS)


def test_a_wrong_cell_makes_the_status_1_and_a_missing_engine_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        engines, "missing", lambda name: None if name == "moto" else "It is not here."
    )

    def ran(url: str, cells: list[Cell], seed: int, workers: int) -> Iterator[Outcome]:
        assert (seed, workers) == (7, 1)
        for cell in cells:
            wrong = ("404 in place of 503",) if cell.mode == ALWAYS else ()
            yield Outcome(cell, 404, 0.1, wrong)

    monkeypatch.setattr(run, "run", ran)
    assert faults.main() == 1
    printed = capsys.readouterr().out
    assert "✗ portal, always, get: 404 in place of 503" in printed
    assert "moto: 2 cells, 1 wrong" in printed
    assert "Left out: dynalite. It is not here." in printed
    assert printed.splitlines()[-1] == "seed 7, 1 wrong cells"


def test_the_cells_run_in_processes_of_their_own(
    everything: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if not everything:
        return
    assert faults.main() == 0
    assert "portal  always  503" in capsys.readouterr().out
