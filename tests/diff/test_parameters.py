"""Changes of parameters."""

from __future__ import annotations

from pathlib import Path

import pytest

from diff.comparing import FILTER, MAKE, STRING, Case, assert_rules, base, compared, edit, rules

QUERY = {"name": "q", "in": "query", "schema": {"type": "string"}}

CASES: list[Case] = [
    (
        "parameter",
        [],
        [edit(*MAKE, "parameters", "+", to=QUERY)],
        {"parameter-added-optional"},
        {"parameter-removed"},
    ),
    (
        "required parameter",
        [],
        [edit(*MAKE, "parameters", "+", to={**QUERY, "required": True})],
        {"parameter-added-required"},
        {"parameter-removed"},
    ),
    (
        "parameter required",
        [],
        [edit(*FILTER, "required", to=True)],
        {"parameter-made-required"},
        {"parameter-made-optional"},
    ),
    (
        "parameter style",
        [edit(*FILTER, "schema", to={"type": "array", "items": {}})],
        [
            edit(*FILTER, "schema", to={"type": "array", "items": {}}),
            edit(*FILTER, "explode", to=False),
        ],
        {"parameter-style-changed"},
        {"parameter-style-changed"},
    ),
    (
        "parameter location",
        [],
        [edit(*FILTER, "in", to="header")],
        {"parameter-removed", "parameter-added-optional"},
        {"parameter-removed", "parameter-added-optional"},
    ),
    (
        "parameter type",
        [],
        [edit(*FILTER, "schema", "type", to="integer")],
        {"request-type-changed"},
        {"request-type-changed"},
    ),
    (
        "parameter values",
        [],
        [edit(*FILTER, "schema", "enum", to=["a"])],
        {"request-enum-narrowed"},
        {"request-enum-widened"},
    ),
    (
        "parameter default",
        [],
        [edit(*FILTER, "schema", "default", to="a")],
        {"request-default-changed"},
        {"request-default-changed"},
    ),
    (
        "parameter empty",
        [],
        [edit(*FILTER, "allowEmptyValue", to=True)],
        {"parameter-empty-allowed"},
        {"parameter-empty-refused"},
    ),
    (
        "parameter media type",
        [],
        [
            edit(*FILTER, "schema", to=None),
            edit(*FILTER, "content", to={"application/json": STRING}),
        ],
        {"parameter-media-type-changed"},
        {"parameter-media-type-changed"},
    ),
    ("header's case", [], [edit(*MAKE, "parameters", 2, "name", to="x-trace")], set(), set()),
    (
        "deprecated parameter",
        [],
        [edit(*FILTER, "deprecated", to=True)],
        {"deprecated-changed"},
        {"deprecated-changed"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_each_class_of_change_has_its_rule(case: Case, tmp_path: Path) -> None:
    assert_rules(case, tmp_path)


def test_a_path_variable_may_be_renamed(tmp_path: Path) -> None:
    new = base()
    new["paths"]["/things/{thingId}"] = new["paths"].pop("/things/{id}")
    new["paths"]["/things/{thingId}"]["post"]["parameters"][0]["name"] = "thingId"
    assert rules(compared(tmp_path, base(), new)) == {"parameter-renamed"}
