"""Schemas that refer to others, and to themselves."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from diff.comparing import Document, base, compared, rules, thing, with_bodies
from openapi_first.diff.schemas.comparison import SchemaComparison

TREE = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "next": {"$ref": "#/components/schemas/Tree"}},
}


def test_a_change_in_a_recursive_schema_is_reported_once(tmp_path: Path) -> None:
    pair = []
    for limit in (9, 8):
        document = with_bodies({"$ref": "#/components/schemas/Tree"}, {})
        tree = copy.deepcopy(TREE)
        tree["properties"]["name"]["maxLength"] = limit  # type: ignore[index]
        document["components"]["schemas"] = {"Tree": tree}
        pair.append(document)
    (change,) = compared(tmp_path, *pair)
    assert change.rule.id == "request-max-length-narrowed"
    assert change.old is not None
    assert change.new is not None
    assert change.new.pointer == "/components/schemas/Tree/properties/name/maxLength"
    assert change.part == "request body (application/json)/name"
    lines = (tmp_path / "new.yaml").read_text().splitlines()
    assert "maxLength: 8" in lines[(change.new.line or 0) - 1]


def test_schemas_that_refer_to_each_other_in_many_ways_are_compared_once_each(
    tmp_path: Path,
) -> None:
    """Each of 12 schemas refers to all others: there are too many paths to follow each."""
    names = [f"S{index}" for index in range(12)]
    pair = []
    for limit in (9, 8):
        document = with_bodies({"$ref": "#/components/schemas/S0"}, {})
        schemas: Document = {
            name: {
                "type": "object",
                "properties": {other: {"$ref": f"#/components/schemas/{other}"} for other in names}
                | {
                    f"or{other}": {
                        "anyOf": [{"$ref": f"#/components/schemas/{other}"}, {"type": "string"}]
                    }
                    for other in names[:2]
                },
            }
            for name in names
        }
        schemas["S11"]["maxProperties"] = limit
        document["components"]["schemas"] = schemas
        pair.append(document)
    (change,) = compared(tmp_path, *pair)
    assert change.rule.id == "request-max-properties-narrowed"


def _mutually_recursive(count: int, limit: int) -> Document:
    """Each schema has a property that may be any of them."""
    every = [{"$ref": f"#/components/schemas/S{index}"} for index in range(count)]
    document = with_bodies(every[0], {})
    document["components"]["schemas"] = {
        f"S{index}": {
            "type": "object",
            "properties": {"next": {"anyOf": every}, f"own{index}": {"maxLength": limit}},
        }
        for index in range(count)
    }
    return document


def test_a_pair_of_mutually_recursive_schemas_is_compared_a_few_times_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparisons = 0
    compare = SchemaComparison._views

    def counted(*arguments: Any) -> Any:
        nonlocal comparisons
        comparisons += 1
        return compare(*arguments)

    monkeypatch.setattr(SchemaComparison, "_views", counted)
    count = 10
    changes = compared(tmp_path, _mutually_recursive(count, 9), _mutually_recursive(count, 8))
    assert rules(changes) == {"request-max-length-narrowed"}
    assert len(changes) == count
    assert comparisons < 10 * count**2


def test_a_schema_that_a_callback_reaches_is_part_of_it(tmp_path: Path) -> None:
    pair = []
    for limit in (9, 8):
        document = base()
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}}
        done = {"operationId": "done", "requestBody": {"content": content}}
        done["responses"] = {"200": {"description": "Taken."}}
        thing(document)["callbacks"] = {"done": {"{$request.body#/url}": {"post": done}}}
        tree = copy.deepcopy(TREE)
        tree["properties"]["name"]["maxLength"] = limit  # type: ignore[index]
        document["components"]["schemas"] = {"Tree": tree}
        pair.append(document)
    assert rules(compared(tmp_path, *pair)) == {"callbacks-changed"}
    assert compared(tmp_path, pair[0], copy.deepcopy(pair[0])) == ()


def test_a_mapping_of_a_discriminator_is_part_of_the_contract(tmp_path: Path) -> None:
    def pets(mapping: dict[str, str]) -> Document:
        document = with_bodies(
            {
                "oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in ("Cat", "Dog")],
                "discriminator": {"propertyName": "kind", "mapping": mapping},
            },
            {},
        )
        pet = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
        document["components"]["schemas"] = {"Cat": pet, "Dog": copy.deepcopy(pet)}
        return document

    one = pets({"cat": "#/components/schemas/Cat"})
    assert not compared(tmp_path, one, copy.deepcopy(one))
    two = pets({"cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog"})
    assert rules(compared(tmp_path, one, two)) == {"request-discriminator-widened"}
    assert rules(compared(tmp_path, two, one)) == {"request-discriminator-narrowed"}
