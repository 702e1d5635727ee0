"""The operators that `make mutants` applies to services of different shapes."""

from __future__ import annotations

import copy
import itertools

import pytest

from mutants.services import contract_of, names
from mutants.table import OPERATORS, Row, Task, report, row_of, tasks

_PART = ("member-lost", "header-malformed", "fails-on-absent")
"""What `make test` runs."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "task" in metafunc.fixturenames:
        everything = metafunc.config.getoption("--all")
        chosen = [each for each in tasks(most=1, seed=1) if each.service == "stations"]
        sample = [each for each in chosen if everything or each.operator in _PART]
        metafunc.parametrize("task", sample, ids=lambda task: task.id)


def test_operators_have_names_of_their_own_and_apply_somewhere() -> None:
    assert len({each.name for each in OPERATORS}) == len(OPERATORS) >= 60
    applied = {each.operator for each in tasks(most=1, seed=1)}
    assert applied == {each.name for each in OPERATORS}


def test_each_change_is_of_one_part_and_changes_it() -> None:
    for operator, name in itertools.product(OPERATORS, names()):
        document = contract_of(name).root.value
        for change in operator.changes(contract_of(name)):
            assert change.where
            assert [change.wrap, change.contract, change.gateway].count(None) == 2
            if change.contract is not None:
                changed = copy.deepcopy(document)
                change.contract(changed)
                assert changed != document, (operator.name, change.where)


def test_the_contract_tests_find_a_change(task: Task) -> None:
    """A few; `make mutants` runs more."""
    row = row_of(task)
    assert row is not None
    assert row.found, row


def test_the_report_lists_what_was_missed_and_who_was_accused() -> None:
    rows = [
        Row("notes", "list-empty", "listNotes", ("list",), None, 3, 80, 1.0),
        Row("notes", "list-empty", "listOthers", (), None, 3, 900, 4.0),
        Row("notes", "body-lost", "getNote", ("body",), None, 3, 80, 1.0),
        Row("notes", "none", "", ("body",), None, None, 900, 4.0),
    ]
    text = report(rows)
    assert "1 of 3 changes are found (33.3 %)" in text
    assert "| lists are empty (`list-empty`) | 1/2 | list |" in text
    assert "- notes: list-empty listOthers: missed (900 requests, 3 messages changed)" in text
    assert "- notes: body-lost getNote: missed" in text, "the right service gets the same finding"
    assert "- notes: none : body (900 requests)" in text
