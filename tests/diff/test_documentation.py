"""Changes of what is written for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diff.comparing import BODY, MAKE, OK, REPLY, Case, assert_rules, base, compared, edit, rules

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


@pytest.mark.parametrize(
    "content",
    [
        {"contentEncoding": "base64"},
        {"contentEncoding": "base64", "contentMediaType": "image/png"},
        {"contentMediaType": "application/json", "contentSchema": {"type": "object"}},
    ],
)
def test_what_a_string_contains_is_no_documentation(
    content: dict[str, Any], tmp_path: Path
) -> None:
    for place in (BODY, REPLY):
        for other in ({}, {**content, "contentEncoding": "base16"}):
            old, new = base("3.1.0"), base("3.1.0")
            edit(*place, to={"type": "object", "properties": {"a": content}})(old)
            edit(*place, to={"type": "object", "properties": {"a": other}})(new)
            for changes in (compared(tmp_path, old, new), compared(tmp_path, new, old)):
                assert rules(changes) == {"string-content-changed"}
                assert {change.breaking for change in changes} == {True}
            assert compared(tmp_path, old, old) == ()
