"""Lint and the log name each pattern that needs backtracking, and whether it applies repeatedly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openapi_first.openapi.loader import load
from openapi_first.patterns.to_rust import to_rust
from openapi_first.schemas.backtracking import backtracking_patterns, backtracking_places
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.lowering import SchemaLowering
from support.compiled import compiled_module, contract_of
from support.documents import written

SLOW = {"pattern": "^(?=a)"}


def found(folder: Path, schema: dict[str, Any], **schemas: Any) -> dict[str, bool]:
    body = {"content": {"application/json": {"schema": schema}}}
    document = contract_of(openapi="3.1.0", method="post", schemas=schemas, requestBody=body)
    contract = load(written(folder, document))
    (operation,) = contract.operations
    assert operation.body is not None
    node = operation.body.content[0].schema
    assert node is not None
    lowering = SchemaLowering(Direction.REQUEST, contract.openapi, to_rust)
    root = lowering.lower(node)
    repeated: dict[str, bool] = {}
    for each in backtracking_patterns(lowering, [root]):
        place = each.node.pointer.rpartition("/schema/")[2].removeprefix("/components/schemas/")
        repeated[place] = repeated.get(place, False) or each.repeated
    return repeated


@pytest.mark.parametrize(
    ("schema", "repeated"),
    [
        (SLOW, False),
        ({"properties": {"a": SLOW}}, False),
        ({"prefixItems": [SLOW]}, False),
        ({"allOf": [{"not": SLOW}]}, False),
        ({"if": {}, "then": {"oneOf": [SLOW]}}, False),
        ({"items": SLOW}, True),
        ({"items": {"properties": {"a": SLOW}}}, True),
        ({"contains": SLOW}, True),
        ({"additionalProperties": SLOW}, True),
        ({"patternProperties": {"^a": SLOW}}, True),
        ({"propertyNames": SLOW}, True),
        ({"unevaluatedItems": SLOW}, True),
        ({"unevaluatedProperties": {"not": SLOW}}, True),
    ],
)
def test_a_pattern_under_a_repeating_keyword_applies_repeatedly(
    tmp_path: Path, schema: dict[str, Any], repeated: bool
) -> None:
    assert list(found(tmp_path, schema).values()) == [repeated]


def test_a_pattern_is_followed_through_references_and_recursion(tmp_path: Path) -> None:
    node = {"properties": {"v": SLOW, "child": {"$ref": "#/components/schemas/Node"}}}
    schema = {
        "properties": {
            "one": {"$ref": "#/components/schemas/One"},
            "many": {"items": {"$ref": "#/components/schemas/Many"}},
            "tree": {"$ref": "#/components/schemas/Node"},
        }
    }
    assert found(tmp_path, schema, Node=node, One=SLOW, Many=SLOW) == {
        "One/pattern": False,
        "Many/pattern": True,
        "Node/properties/v/pattern": True,
    }


def test_the_patterns_of_names_apply_repeatedly(tmp_path: Path) -> None:
    schema = {"patternProperties": {"^(?=a)": {}, "^a": {}}}
    assert found(tmp_path, schema) == {"patternProperties/^(?=a)": True}


def test_a_compiled_module_names_the_places_of_such_patterns_and_of_no_others(
    tmp_path: Path,
) -> None:
    def compiled(pattern: str) -> Any:
        schema = {"type": "string", "pattern": pattern}
        parameters = [{"name": "q", "in": "query", "schema": schema}]
        return compiled_module(tmp_path / pattern[-2], contract_of(parameters=parameters))

    place = "#/paths/~1things/get/parameters/0/schema/pattern"
    (written_place,) = compiled("^(?=a)").BACKTRACKING.values()
    assert written_place.startswith("openapi.")
    assert written_place.endswith(place)
    assert not hasattr(compiled("^a+b$"), "BACKTRACKING")
    assert backtracking_places([]) == {}
