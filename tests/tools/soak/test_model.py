"""The model of a soak sees each way in which items can be wrong."""

from __future__ import annotations

from typing import Any

import pytest

from soak.model import Known, Model, Tally, Violation


def _item(token: str | None, name: str, id: str = "id") -> dict[str, Any]:
    return {"id": id, "name": name, **({} if token is None else {"description": token})}


def _model() -> tuple[Model, Known]:
    model = Model()
    known = model.create("a", "first")
    known.becomes("first", '"tag"')
    return model, known


def test_what_was_acknowledged_is_right() -> None:
    model, _ = _model()
    assert model.violations([_item("a", "first")]) == []


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ([], "a is lost"),
        ([_item("a", "first"), _item("a", "first", "other")], "a is there 2 times"),
        ([_item("a", "another")], "was read as"),
        ([_item("a", "first"), _item("b", "first", "other")], "no client has created"),
    ],
    ids=["lost", "doubled", "wrong", "unknown"],
)
def test_a_table_that_is_wrong_is_a_violation(table: list[dict[str, Any]], complaint: str) -> None:
    model, _ = _model()
    (violation,) = model.violations(table)
    assert complaint in violation


@pytest.mark.parametrize(
    "table",
    [[], [_item("a", "first")], [_item("a", "second")]],
    ids=["gone", "as before", "changed"],
)
def test_a_change_of_unknown_outcome_was_made_or_not(table: list[dict[str, Any]]) -> None:
    model, known = _model()
    known.may_become("second")
    known.may_become(None)
    assert model.violations(table) == []


def test_what_was_read_once_stays() -> None:
    _, known = _model()
    known.may_become("second")
    known.read(_item("a", "second"), '"tag"')
    with pytest.raises(Violation):
        known.read(_item("a", "first"), '"tag"')
    with pytest.raises(Violation):
        known.is_missing()


@pytest.mark.parametrize(
    ("number", "wrong"), [(1, True), (2, False), (3, False), (4, True), (None, True)]
)
def test_increments_are_the_acknowledged_ones_and_perhaps_the_unknown(
    number: int | None, wrong: bool
) -> None:
    model = Model(tallies=[Tally("/items/id", acknowledged=2, unknown=1)])
    table = [] if number is None else [_item(None, str(number))]
    assert bool(model.violations(table)) is wrong
