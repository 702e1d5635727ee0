"""Changes of parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diff.comparing import (
    FILTER,
    MAKE,
    STRING,
    Case,
    assert_rules,
    base,
    compared,
    edit,
    rules,
    thing,
    with_bodies,
)

TRACE = (*MAKE, "parameters", 2)
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
        {"request-type-narrowed"},
        {"request-type-widened"},
    ),
    (
        "values of another type that are written alike",
        [edit(*FILTER, "schema", to={"type": "integer", "enum": [1, 2]})],
        [edit(*FILTER, "schema", to={"type": "string", "enum": ["1", "2"]})],
        set(),
        set(),
    ),
    (
        "several values instead of one",
        [],
        [edit(*FILTER, "schema", to={"type": "array", "items": {"type": "string"}})],
        {"parameter-made-list"},
        {"request-type-changed"},
    ),
    (
        "several values of another type instead of one",
        [],
        [edit(*FILTER, "schema", to={"type": "array", "items": {"type": "integer"}})],
        {"parameter-made-list", "request-type-narrowed"},
        {"request-type-changed"},
    ),
    (
        "explode where it changes nothing",
        [],
        [
            edit(*FILTER, "explode", to=False),
            edit(*MAKE, "parameters", 0, "explode", to=True),
            edit(*MAKE, "parameters", 2, "explode", to=True),
        ],
        set(),
        set(),
    ),
    (
        "explode of an array in the style simple",
        [edit(*TRACE, "schema", to={"type": "array", "items": {}})],
        [
            edit(*TRACE, "schema", to={"type": "array", "items": {}}),
            edit(*TRACE, "explode", to=True),
        ],
        set(),
        set(),
    ),
    (
        "explode of an object in the style simple",
        [edit(*TRACE, "schema", to={"type": "object"})],
        [edit(*TRACE, "schema", to={"type": "object"}), edit(*TRACE, "explode", to=True)],
        {"parameter-style-changed"},
        {"parameter-style-changed"},
    ),
    (
        "reserved characters",
        [],
        [edit(*FILTER, "allowReserved", to=True)],
        {"parameter-reserved-allowed"},
        {"parameter-reserved-refused"},
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


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "integer"}, {"type": "string"}),
        ({"type": "string", "nullable": True}, {"type": "string"}),
    ],
)
def test_a_schema_of_a_parameter_and_a_body_is_judged_in_each(
    old: dict[str, Any], new: dict[str, Any], tmp_path: Path
) -> None:
    documents = []
    for schema in (old, new):
        document = with_bodies({"$ref": "#/components/schemas/T"}, {})
        thing(document)["parameters"][1]["schema"] = {"$ref": "#/components/schemas/T"}
        document["components"]["schemas"] = {"T": schema}
        documents.append(document)
    breaking = {each.part for each in compared(tmp_path, *documents) if each.breaking}
    assert breaking == {"request body (application/json)"}


@pytest.mark.parametrize(
    "nullable",
    [
        {"type": ["string", "null"], "maxLength": 5},
        {"anyOf": [{"type": "string", "maxLength": 5}, {"type": "null"}]},
    ],
)
def test_no_string_of_a_parameter_or_header_stands_for_null(
    nullable: dict[str, Any], tmp_path: Path
) -> None:
    places = (
        (*FILTER, "schema"),
        (*MAKE, "responses", "200", "headers", "ETag", "schema"),
    )
    for place in places:
        old, new = base("3.1.0"), base("3.1.0")
        edit(*place, to=nullable)(old)
        edit(*place, to={"type": "string", "maxLength": 5})(new)
        assert compared(tmp_path, old, new) == ()
        assert compared(tmp_path, new, old) == ()
        edit(*place, to={"type": "string", "maxLength": 4})(new)
        assert compared(tmp_path, old, new)


@pytest.mark.parametrize("other", ["application/json; charset=UTF-8", "Application/JSON"])
def test_a_media_type_of_a_parameter_is_compared_by_its_meaning(other: str, tmp_path: Path) -> None:
    old, new = base(), base()
    for document, media_type in ((old, "application/json"), (new, other)):
        place = thing(document)["parameters"][1]
        place["content"] = {media_type: {"schema": place.pop("schema")}}
    assert compared(tmp_path, old, new) == ()


def test_a_boolean_is_sent_as_one_of_two_strings(tmp_path: Path) -> None:
    pair = []
    for schema in ({"type": "boolean"}, {"type": "string", "enum": ["true", "false"]}):
        document = base()
        edit(*FILTER, "schema", to=schema)(document)
        pair.append(document)
    assert compared(tmp_path, *pair) == compared(tmp_path, *reversed(pair)) == ()
    edit(*FILTER, "schema", "enum", to=["true"])(pair[1])
    assert all(change.breaking for change in compared(tmp_path, *pair))
    assert not any(change.breaking for change in compared(tmp_path, *reversed(pair)))
