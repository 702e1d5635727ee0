"""Changes of what is written for people."""

from __future__ import annotations

from pathlib import Path

import pytest

from diff.comparing import BODY, MAKE, OK, Case, assert_rules, edit

CASES: list[Case] = [
    (
        "links",
        [],
        [edit(*OK, "links", to={"next": {"operationId": "listOthers"}})],
        {"links-changed"},
        {"links-changed"},
    ),
    ("tags", [], [edit(*MAKE, "tags", to=["things"])], {"tags-changed"}, {"tags-changed"}),
    (
        "summary",
        [],
        [edit(*MAKE, "summary", to="Make one.")],
        {"description-changed"},
        {"description-changed"},
    ),
    (
        "title",
        [],
        [edit("info", "title", to="Another")],
        {"description-changed"},
        {"description-changed"},
    ),
    (
        "schema's description",
        [edit(*BODY, to={"type": "string"})],
        [edit(*BODY, to={"type": "string", "description": "A name."})],
        {"description-changed"},
        {"description-changed"},
    ),
    (
        "example",
        [edit(*BODY, to={"type": "string"})],
        [edit(*BODY, to={"type": "string", "example": "a"})],
        {"examples-changed"},
        {"examples-changed"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_each_class_of_change_has_its_rule(case: Case, tmp_path: Path) -> None:
    assert_rules(case, tmp_path)
