"""Every call behind every fault answers as documented, and leaves the table as it should.

`make faults` prints the matrix.
"""

from __future__ import annotations

from unittest import mock

import pytest

from items.settings import CLIENTS, DIRECT
from support import engines
from support.faults.catalogue import (
    DAMAGED,
    DELAYED,
    FAULTS,
    REFUSED,
    SLOW,
    UNAVAILABLE,
    UNUSUAL,
)
from support.faults.matrix import stored
from support.faults.matrix.calls import CALLS
from support.faults.matrix.cells import ALL_CALLS, ALL_FAULTS, BUDGET_S, Bench, cells, expected
from support.faults.matrix.endpoints import ENDPOINTS
from support.faults.matrix.function import without_pauses
from support.faults.matrix.heartbeat import Pulse
from support.faults.matrix.outcomes import ALWAYS, ONCE, Cell, Outcome, printed, wrong
from support.faults.matrix.run import bench, run

SEED = 21
_SHORT_S = 2.0
_SLOW = {each.name for each in SLOW} - {"flood"}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", CLIENTS)
def test_every_call_behind_every_fault_is_answered_as_documented(
    kind: str, engine: engines.Engine, everything: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYNAMODB_CLIENT", kind)
    if everything:
        chosen = [*cells(ALL_FAULTS, ALL_CALLS), *stored.cells()]
        outcomes = list(run(engine.endpoint_url, chosen, SEED))
        assert len(outcomes) == len(chosen)
    else:
        outcomes = []
        with bench(engine.endpoint_url, SEED) as tested, without_pauses():
            for cell in part(engine.name)[:: 3 if kind == DIRECT else 1]:
                budget_s = _SHORT_S if cell.fault in _SLOW else BUDGET_S
                outcomes.append(tested.run(cell, budget_s))
    assert not wrong(outcomes), "\n".join(wrong(outcomes))


def part(engine: str) -> list[Cell]:
    """A cell of every damage, and of every second of the other faults, with few that wait. Both
    engines together have each of them and each call."""
    number = engines.ENGINES.index(engine)
    found = [
        Cell(fault.name, ("get", "create")[at // 2 % 2], (ALWAYS, ONCE)[at // 4 % 2])
        for at, fault in enumerate(DAMAGED)
        if at % 2 == number
    ]
    calls = list(ALL_CALLS)
    for at, name in enumerate(_NOT_DAMAGED[::2]):
        mode = ONCE if at % 3 and name in FAULTS else ALWAYS
        if at % 2 == number:
            found.append(Cell(name, calls[at % len(calls)], mode))
    slow = ((SLOW[2].name, "update if"), ("flood", "get"))[number]
    found.append(Cell(*slow, ALWAYS))
    return [*found, *stored.cells()[number::29]]


_WAITING = {each.name for each in (*SLOW, *DELAYED)}
_NOT_DAMAGED = [name for name in ALL_FAULTS if name not in _WAITING | {d.name for d in DAMAGED}]


def test_the_matrix_finds_a_service_that_believes_what_is_not_from_dynamodb(
    engine: engines.Engine,
) -> None:
    shown = {
        ("HTML", "get"): {"404 in place of 503"},
        ("portal", "create"): {"201 in place of 503", "0 items written"},
        ("portal", "delete"): {"204 in place of 503", "the item is not deleted"},
    }
    with (
        bench(engine.endpoint_url, SEED) as tested,
        without_pauses(),
        mock.patch("items.answers._answer", return_value={}),
    ):
        for (fault, call), complaints in shown.items():
            assert complaints <= {*tested.run(Cell(fault, call, ALWAYS)).complaints}


class _Waiting(Bench):
    """Its cells are wrong, and the machine lets them wait."""

    def __init__(self, waited_s: float) -> None:
        super().__init__(mock.Mock(), mock.Mock(), mock.Mock(), SEED, Pulse())
        self.tries = 0
        self._lost_s = waited_s

    def _tried(self, cell: Cell, budget_s: float) -> Outcome:
        self.tries += 1
        self._pulse.lost_s = self._lost_s
        return Outcome(cell, 404, budget_s, ("wrong",))


def test_a_wrong_cell_is_done_again_only_if_the_machine_let_it_wait() -> None:
    for waited_s, tries in ((0.4, 1), (0.6, 3)):
        tested = _Waiting(waited_s)
        assert wrong([tested.run(Cell("truncated", "get", ONCE))])
        assert tested.tries == tries


def test_the_part_has_each_call_and_each_kind_of_fault() -> None:
    chosen = [cell for engine in engines.ENGINES for cell in part(engine)]
    assert {cell.call for cell in chosen} >= set(ALL_CALLS)
    faults = {cell.fault for cell in chosen}
    for kind in (UNAVAILABLE, SLOW, UNUSUAL, REFUSED):
        assert faults & {each.name for each in kind}
    assert faults >= {each.name for each in DAMAGED}
    assert faults & set(ENDPOINTS)


def test_the_matrix_is_as_large_as_promised() -> None:
    assert len(CALLS) >= 10
    assert len(FAULTS) >= 40
    assert len(cells(FAULTS, CALLS)) == len(FAULTS) * len(CALLS) * 2


def test_a_fault_that_stays_is_never_a_success() -> None:
    for cell in cells(FAULTS, ALL_CALLS):
        statuses = expected(cell, ALL_CALLS[cell.call])
        assert statuses, cell
        if cell.mode == ALWAYS and cell.fault in {each.name for each in DAMAGED}:
            assert statuses == {503}, cell


def test_a_wrong_cell_is_printed_with_its_reasons() -> None:
    cell = Cell("truncated", "get", ONCE)
    right = Outcome(Cell("truncated", "get", ALWAYS), 503, 0.5, ())
    text = printed([Outcome(cell, 404, 1.26, ("404 in place of 200", "no line")), right])
    assert text.splitlines() == [
        "fault              get",
        "truncated  once    ✗ 404 1.3",
        "truncated  always  503 0.5",
        "✗ truncated, once, get: 404 in place of 200; no line",
    ]
