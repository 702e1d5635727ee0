"""What is written alike is not compared; a proof is asked for where something may differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diff.comparing import REPLY, base, compared, edit, rules
from diff.test_soundness import written
from openapi_first.diff.schemas.known import Known, Sides
from openapi_first.diff.schemas.sameness import Sameness
from openapi_first.diff.schemas.views import parts_of
from openapi_first.schemas.directions import Direction

TREE = {"$ref": "#/components/schemas/Tree"}


def components(leaf: Any) -> dict[str, Any]:
    return {
        "Tree": {"type": "object", "properties": {"leaf": {"$ref": "#/components/schemas/Leaf"}}},
        "Leaf": {"type": "object", "properties": {"tree": TREE, "value": leaf}},
        "Other": {"type": "string"},
    }


def alike(old: Any, new: Any, leaves: tuple[Any, Any], versions: tuple[str, str]) -> bool:
    one, other = (
        parts_of(written(f"{index}.yaml", schema, components(leaf)))
        for index, (schema, leaf) in enumerate(zip((old, new), leaves, strict=True))
    )
    return Sameness(*versions).alike(one, other)


SAME = ("3.0", "3.0")


@pytest.mark.parametrize(
    ("old", "new", "leaves", "versions", "expected"),
    [
        (TREE, TREE, ({}, {}), SAME, True),
        (TREE, TREE, ({"enum": [1]}, {"enum": [True]}), SAME, False),
        (TREE, TREE, ({}, {"description": "New."}), SAME, False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, ({}, {}), SAME, True),
        ({"$ref": "#/components/schemas/Other"}, TREE, ({}, {}), SAME, False),
        ({"$ref": "#/components/schemas/Other"},) * 2 + (({}, {"enum": [1]}), SAME, True),
        (TREE, TREE, ({}, {}), ("3.0", "3.1"), False),
    ],
)
def test_alike_is_the_same_with_all_that_references_lead_to(
    old: Any, new: Any, leaves: tuple[Any, Any], versions: tuple[str, str], expected: bool
) -> None:
    assert alike(old, new, leaves, versions) is expected


def of(schema: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": schema}}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (of({"type": "string"}), of({"type": "integer"}), True),
        (of({"type": "string"}), {**of({"type": "integer"}), "description": "New."}, True),
        (of({"type": "string"}), {**of({"type": "string"}), "minProperties": 1}, False),
        (of({"type": "string"}), of({"type": "string", "readOnly": True}), False),
        ({"items": {"type": "string"}}, {"items": {}}, True),
        ({"anyOf": [of({})]}, {"anyOf": [of({"type": "string"})]}, False),
        ({"additionalProperties": False}, {"additionalProperties": {}}, False),
    ],
)
def test_a_change_below_is_the_same_change_of_the_whole(old: Any, new: Any, expected: bool) -> None:
    known = Known.of(Direction.REQUEST, Sides(*SAME))
    one, other = parts_of(written("a.yaml", old)), parts_of(written("b.yaml", new))
    assert known.sameness.but_below(known.old(one), known.new(other)) is expected


def test_a_target_of_content_schema_that_changes_is_a_change_of_the_content(tmp_path: Path) -> None:
    """The text `$ref` stays the same."""
    place = (*REPLY[:-1], "schema")
    documents = []
    for kind in ("string", "integer"):
        document = base("3.1.0")
        content = {"$ref": "#/components/schemas/Content"}
        schema = {"type": "string", "contentMediaType": "application/json"}
        edit(*place, to={**schema, "contentSchema": content})(document)
        document["components"]["schemas"] = {"Content": {"type": kind, "description": kind}}
        documents.append(document)
    assert rules(compared(tmp_path, *documents)) == {"string-content-changed"}
    documents[0]["components"]["schemas"]["Content"]["type"] = "integer"
    assert rules(compared(tmp_path, *documents)) == set()
