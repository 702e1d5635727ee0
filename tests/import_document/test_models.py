"""A model refuses nothing that the contract allows, and the stage imports every document."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from importer.schema_objects import read_schema
from openapi_first.compiler.compile import compile_contract
from openapi_first.documents.errors import ContractError
from openapi_first.import_document.document import import_document
from openapi_first.import_document.model_renderer import ModelRenderer
from openapi_first.openapi.loader import load
from openapi_first.runtime.plan import DRAFT_2020_12, SchemaPlan
from openapi_first.runtime.validators import validator_for, violations
from openapi_first.stage.api.importer import read_document
from support.documents import operation, whole, written

NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.sampled_from([0, 1, 1.0, 2, 2.5, -1, "", "a", "bb", "2024"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
TYPES = st.sampled_from(["string", "number", "integer", "boolean", "null", "object", "array"])


def _keywords(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    schemas = st.lists(inner, min_size=1, max_size=2)
    members = st.dictionaries(NAMES, inner, max_size=2)
    count = st.integers(0, 2)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
            "enum": st.lists(VALUES, max_size=3),
            "const": VALUES,
            "minimum": count,
            "exclusiveMinimum": count,
            "exclusiveMaximum": count,
            "maxLength": count,
            "minItems": count,
            "uniqueItems": st.booleans(),
            "required": st.lists(NAMES, min_size=1, max_size=2, unique=True),
            "format": st.sampled_from(["date", "uuid"]),
            "propertyNames": inner,
            "properties": members,
            "additionalProperties": inner,
            "unevaluatedProperties": inner,
            "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True)),
            "dependentSchemas": members,
            "prefixItems": schemas,
            "items": inner,
            "contains": inner,
            "minContains": count,
            "maxContains": count,
            "allOf": schemas,
            "anyOf": schemas,
            "oneOf": schemas,
            "not": inner,
            "if": inner,
            "then": inner,
            "else": inner,
            "$ref": st.just("#/$defs/Named"),
        },
    )


SCHEMAS = st.recursive(st.booleans() | st.just({}), _keywords, max_leaves=6)


def _ignored(schema: dict[str, Any], keyword: str) -> None:
    pass


def _written(schema: dict[str, Any], keyword: str) -> Any:
    return schema[keyword]


def _model(schema: Any, named: Any) -> dict[str, Any]:
    def reference(name: str) -> dict[str, str]:
        return {"$ref": f"#/definitions/{name}"}

    draft_4 = ModelRenderer({"Named": named}, reference, _ignored, _written, True)
    # A branch, since draft 4 reads no definitions beside a reference.
    return {
        "allOf": [draft_4.render(schema)],
        "definitions": {"Named": draft_4.render(named)},
    }


@given(SCHEMAS, SCHEMAS.filter(lambda each: "$ref" not in json.dumps(each)), st.lists(VALUES))
def test_a_model_takes_whatever_the_schema_takes(schema: Any, named: Any, values: Any) -> None:
    judge = validator_for(SchemaPlan(schema, ("Named",)), {"Named": lambda: named}, DRAFT_2020_12)
    model = Draft4Validator(_model(schema, named))
    Draft4Validator.check_schema(model.schema)
    for each in (*model.schema["allOf"], model.schema["definitions"]["Named"]):
        kept, losses = read_schema(each)
        assert (kept, losses) == (each, ()), "the importer changes the model"
    for value in values:
        if not list(violations(judge, value)):
            assert model.is_valid(value), (schema, named, value, model.schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"not": {"format": "uuid"}},
        {"oneOf": [{"format": "uuid"}, {"format": "date"}]},
        {"if": {"format": "uuid"}, "then": {"maxLength": 1}},
        {"type": "integer"},
        {"const": 1, "enum": [1, 2]},
    ],
)
def test_what_draft_4_cannot_say_is_not_turned_into_a_refusal(schema: Any) -> None:
    model = Draft4Validator(_model(schema, {}))
    assert model.is_valid(1.0)
    assert model.is_valid("any") == ("type" not in schema and "const" not in schema)


def _with_schemas(schemas: dict[str, Any]) -> dict[str, Any]:
    contract = whole()
    contract["openapi"] = "3.1.0"
    contract["components"] = {"schemas": schemas}
    for index, name in enumerate(sorted(schemas)):
        contract["paths"][f"/things/{{id}}/{index}"] = {
            "put": {
                **copy.deepcopy(operation(contract)),
                "operationId": f"put{index}",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}
                    },
                },
            }
        }
    return contract


@given(st.dictionaries(st.from_regex("[a-z][a-z._-]{0,2}", fullmatch=True), SCHEMAS, max_size=3))
def test_the_stage_imports_whatever_the_compiler_takes(schemas: dict[str, Any]) -> None:
    text = json.dumps(schemas).replace('"#/$defs/Named"', '"#/components/schemas/named"')
    schemas = {**json.loads(text), "named": {"type": "object"}}
    with TemporaryDirectory() as folder:
        contract = load(written(Path(folder), _with_schemas(schemas)))
        try:
            compile_contract(contract, [])
        except ContractError:
            reject()  # a schema made of itself
        document = import_document(contract)
    assert read_document(document).methods


def test_a_new_schema_renames_no_other_model(tmp_path: Path) -> None:
    before = {"My-Thing": {"type": "object"}, "Other": {"type": "array", "items": {}}}
    after = {"MyThing": {"type": "string"}, "My_Thing": {"type": "number"}, **before}
    old = import_document(load(written(tmp_path, _with_schemas(before))))["components"]["schemas"]
    new = import_document(load(written(tmp_path, _with_schemas(after))))["components"]["schemas"]
    assert old.items() <= new.items()
    assert len(new) == 4


def test_a_form_is_held_to_no_model_since_models_read_json(tmp_path: Path) -> None:
    contract = whole()
    contract["paths"]["/forms"] = {
        "post": {
            "operationId": "postForm",
            "requestBody": {
                "required": True,
                "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}},
            },
            "responses": {"4XX": {"description": "Refused."}, "default": {"description": "Any."}},
        }
    }
    rendered = import_document(load(written(tmp_path, contract)))["paths"]["/forms"]["post"]
    assert rendered["requestBody"]["content"] == {"application/x-www-form-urlencoded": {}}
    assert list(rendered["responses"]) == ["200"]


@pytest.mark.parametrize(
    ("schema", "taken", "refused"),
    [
        ({"type": ["string", "null"], "maxLength": 1}, ["a", None], ["ab", 1, [], {}, True]),
        ({"type": "null"}, [None], ["", 0, [], {}, False]),
        ({"enum": [None, True, 1, "a", [1], {"a": 1}]}, [None, True, 1], [False, 2, [2], {}]),
        ({"const": None}, [None], ["", 0]),
        ({"type": ["string", "null"], "enum": ["a", None, 1]}, ["a", None], [1, "b"]),
        ({"additionalProperties": False}, [{}, [], "a", None], [{"a": 1}]),
        (
            {"type": ["object", "null"], "properties": {"a": {}}, "additionalProperties": False},
            [None, {"a": 1}],
            [{"b": 1}, "a"],
        ),
        ({"items": {"type": "string"}}, ["a", {}, ["a"]], [[1]]),
        (
            {"type": "array", "items": {"type": "string"}, "allOf": [{"uniqueItems": True}]},
            [["a"]],
            [["a", "a"], [1], "a"],
        ),
        ({"dependentRequired": {"a": ["b"]}}, [{}, {"a": 1, "b": 1}, "a"], [{"a": 1}]),
        (
            {"dependentSchemas": {"a": {"maxProperties": 1}}},
            [{"b": 1, "c": 1}, {"a": 1}, 1],
            [{"a": 1, "b": 1}],
        ),
        (
            {"patternProperties": {"^a": {}}, "additionalProperties": False},
            [{"a": 1}, {"b": 1}],
            [],
        ),
        ({"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 3}, [2], [1, 3]),
        ({"type": "number", "exclusiveMinimum": 1}, [1, 2], [0.5]),
        ({"not": {"exclusiveMinimum": 1}}, [1, 2, 0], []),
        ({"type": "number", "maximum": 1e23}, [10**23], [10**23 + 10**8]),
        ({"type": "number", "minimum": -1e23}, [-(10**23)], [-(10**23) - 10**8]),
        ({"enum": [1e23]}, [10**23], [int(1e23)]),
        ({"not": {"minItems": 1}}, [[], [1]], []),
        ({"type": "array", "minItems": 1}, [[], [1]], ["a"]),
        ({"required": []}, [{}], []),
    ],
)
def test_a_model_is_written_in_what_openapi_3_0_and_draft_4_both_know(
    schema: Any, taken: list[Any], refused: list[Any]
) -> None:
    (rendered,) = _model(schema, {})["allOf"]
    assert read_schema(rendered) == (rendered, ())
    model = Draft4Validator(rendered)
    Draft4Validator.check_schema(rendered)
    assert [value for value in taken if not model.is_valid(value)] == []
    assert [value for value in refused if model.is_valid(value)] == []


@pytest.mark.parametrize("key", ["allOf", "anyOf", "if"])
def test_what_would_grow_without_bounds_when_written_out_is_left_to_the_lambda(key: str) -> None:
    def level(index: int) -> Any:
        below = {"$ref": f"#/definitions/L{index + 1}"}
        if key == "if":
            return {"if": below, "then": {"minLength": 1}, "else": below}
        return {key: [below, {"maxLength": 9, "allOf": [below]}]}

    definitions = {f"L{index}": level(index) for index in range(40)} | {"L40": {"type": "string"}}
    written_out = ModelRenderer(definitions, lambda name: {}, _ignored, _written, True)
    model = written_out.render(definitions["L0"])
    assert len(json.dumps(model)) < 400_000
    assert Draft4Validator(model).is_valid("text")
    assert not Draft4Validator(written_out.render(definitions["L36"])).is_valid(1)
