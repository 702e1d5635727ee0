"""Changes of properties."""

from __future__ import annotations

from pathlib import Path

import pytest

from diff.comparing import BODY, OBJECT, PARTS, REPLY, Case, Document, assert_rules, edit

TWO = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}
CLOSED = {**OBJECT, "additionalProperties": False}


def flagged(**flags: bool) -> Document:
    return {"type": "object", "properties": {"a": {"type": "string", **flags}}}


CASES: list[Case] = [
    (
        "request property",
        [edit(*BODY, to=OBJECT)],
        [edit(*BODY, to=PARTS)],
        {"request-property-added"},
        {"request-property-removed"},
    ),
    (
        "required request property",
        [edit(*BODY, to=OBJECT)],
        [edit(*BODY, to={**PARTS, "required": ["b"]})],
        {"request-property-added-required", "request-required-narrowed"},
        {"request-property-removed", "request-required-widened"},
    ),
    (
        "request property, closed",
        [edit(*BODY, to=CLOSED)],
        [edit(*BODY, to={**PARTS, "additionalProperties": False})],
        {"request-property-added"},
        {"request-property-removed"},
    ),
    (
        "response property",
        [edit(*REPLY, to=OBJECT)],
        [edit(*REPLY, to=PARTS)],
        {"response-property-added"},
        {"response-property-removed"},
    ),
    (
        "response property, closed",
        [edit(*REPLY, to=CLOSED)],
        [edit(*REPLY, to={**PARTS, "additionalProperties": False})],
        {"response-property-added-to-closed"},
        {"response-property-removed"},
    ),
    (
        "property moved into the alternatives",
        [edit(*BODY, to={**TWO, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]})],
        [edit(*BODY, to={"anyOf": [{**TWO, "required": ["a"]}, {**TWO, "required": ["b"]}]})],
        set(),
        set(),
    ),
    (
        "read-only in a request",
        [edit(*BODY, to=flagged())],
        [edit(*BODY, to=flagged(readOnly=True))],
        {"request-property-removed"},
        {"request-property-added"},
    ),
    (
        "write-only in a response",
        [edit(*REPLY, to=flagged())],
        [edit(*REPLY, to=flagged(writeOnly=True))],
        {"response-property-removed"},
        {"response-property-added-to-closed"},
    ),
    (
        "read-only and required in a request",
        [edit(*BODY, to=flagged(readOnly=True))],
        [edit(*BODY, to={**flagged(readOnly=True), "required": ["a"]})],
        set(),
        set(),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_each_class_of_change_has_its_rule(case: Case, tmp_path: Path) -> None:
    assert_rules(case, tmp_path)
