"""A keyword has the effect that lint reports: what lowering made of it decides, not its name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from openapi_first.compiler.compile import plan_contract
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.lint import lint
from openapi_first.openapi.loader import load
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.effects import Effects
from support.compiled import contract_of, event, serve
from support.documents import operation, whole, written
from support.lint_breaks import posting, required

OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}}
SHARED = {"Object": OBJECT, "Any": {}, "Text": {"type": "string"}}


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def contract_with(schema: dict[str, Any], openapi: str) -> dict[str, Any]:
    return contract_of(method="post", openapi=openapi, schemas=SHARED, requestBody=required(schema))


IDLE = [
    ("3.0", {"type": "integer", "minLength": 1}, "minLength", "the value is a number"),
    ("3.0", {"type": "object", "items": {}}, "items", "the value is an object"),
    ("3.0", {"enum": [1, 2], "pattern": "a"}, "pattern", "the value is a number"),
    ("3.0", {"type": "string", "maximum": 1}, "maximum", "the value is a string"),
    ("3.0", {"type": "integer", "format": "date"}, "format", "concerns strings"),
    ("3.0", {"type": "string", "format": "int32"}, "format", "concerns numbers"),
    ("3.0", {"type": "integer", "exclusiveMinimum": True}, "exclusiveMinimum", "`minimum`"),
    ("3.0", {"minLength": 1, "allOf": [{"type": "integer"}]}, "minLength", "number"),
    ("3.0", {**reference("Text"), "minLength": 1}, "minLength", "beside `$ref`"),
    ("3.0", {**reference("Text"), "enum": ["a"]}, "enum", "under `allOf`"),
    ("3.0", {"type": "string", "nullable": True, "enum": ["a"]}, "nullable", "add null"),
    ("3.0", {"nullable": True, "allOf": [reference("Object")]}, "nullable", "write `anyOf`"),
    ("3.0", {"nullable": True, **reference("Object")}, "nullable", "write `anyOf`"),
    (
        "3.0",
        {"type": "object", "nullable": True, "allOf": [reference("Object")]},
        "nullable",
        "refuses null",
    ),
    ("3.1", {"then": {"type": "string"}}, "then", "needs `if`"),
    ("3.1", {"else": {"type": "string"}}, "else", "needs `if`"),
    ("3.1", {"if": {"type": "string"}}, "if", "needs `then` or `else`"),
    ("3.1", {"minContains": 2}, "minContains", "needs `contains`"),
    ("3.1", {"maxContains": 2}, "maxContains", "needs `contains`"),
    ("3.1", {"contains": {"const": 1}, "minContains": 0}, "contains", "minContains: 1"),
    ("3.1", {"type": ["string", "null"], "minProperties": 1}, "minProperties", "null or a string"),
]
EFFECTIVE = [
    ("3.0", {"type": "string", "nullable": True}),
    ("3.0", {"type": "string", "nullable": True, "enum": ["a", None]}),
    ("3.0", {"nullable": True}),
    ("3.0", {"nullable": True, "allOf": [reference("Any")]}),
    ("3.0", {**reference("Object"), "type": "object"}),
    ("3.0", {**reference("Object"), "description": "An object."}),
    ("3.0", {"minLength": 1, "pattern": "^a", "maximum": 3, "required": ["a"]}),
    ("3.0", {"type": "integer", "format": "int32"}),
    ("3.0", {"anyOf": [{"type": "string"}, {"type": "integer"}], "minLength": 1}),
    ("3.1", {"type": ["string", "array"], "minLength": 1, "minItems": 1}),
    ("3.1", {**reference("Object"), "minProperties": 1}),
    ("3.1", {"if": {"type": "string"}, "then": {"minLength": 1}}),
    ("3.1", {"contains": {"const": 1}, "minContains": 0, "maxContains": 2}),
]


def effects_of(schema: dict[str, Any], openapi: str, folder: Path) -> tuple[Effects, Any]:
    contract = load(written(folder, contract_with(schema, f"{openapi}.0")))
    body = contract.operations[0].body
    assert body is not None
    lowering = plan_contract(contract).lowerings[Direction.REQUEST]
    return Effects(lowering), body.content[0].schema


@pytest.mark.parametrize(("openapi", "schema", "keyword", "words"), IDLE)
def test_a_keyword_without_effect_has_a_reason_and_a_remedy(
    openapi: str, schema: dict[str, Any], keyword: str, words: str, tmp_path: Path
) -> None:
    effects, node = effects_of(schema, openapi, tmp_path)
    assert words in effects.idle(node)[keyword]
    assert not effects.is_kept(node, keyword)
    contract = load(written(tmp_path, contract_with(schema, f"{openapi}.0")))
    found = [each for each in lint(Rendered.of(contract)) if each.pointer.endswith(f"/{keyword}")]
    assert {each.rule.id for each in found if each.rule.verdict.fails} <= {
        "keyword-without-effect",
        "nullable-without-effect",
    }
    assert all(each.rule.verdict.fails for each in found), found


@pytest.mark.parametrize(("openapi", "schema"), EFFECTIVE)
def test_a_keyword_with_effect_is_not_reported(
    openapi: str, schema: dict[str, Any], tmp_path: Path
) -> None:
    effects, node = effects_of(schema, openapi, tmp_path)
    assert effects.idle(node) == {}


NULLABLE = [schema for openapi, schema, *_ in [*IDLE, *EFFECTIVE] if "nullable" in schema]


@pytest.mark.parametrize("schema", NULLABLE)
def test_null_is_refused_exactly_where_nullable_is_without_effect(
    schema: dict[str, Any], tmp_path: Path
) -> None:
    effects, node = effects_of(schema, "3.0", tmp_path)
    handler, _ = serve(tmp_path / "served", contract_with(schema, "3.0.0"))
    sent = event(method="POST", headers={"Content-Type": "application/json"}, body="null")
    status = handler(sent, None)["statusCode"]
    assert status == (400 if "nullable" in effects.idle(node) else 200)


def rules_at(document: dict[str, Any], folder: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in lint(Rendered.of(load(written(folder, document)))):
        found.setdefault(each.pointer, set()).add(each.rule.id)
    return found


def test_a_discriminator_without_alternatives_is_nowhere_said_to_be_enforced(
    tmp_path: Path,
) -> None:
    base = {"discriminator": {"propertyName": "kind"}, "required": ["kind"]}
    dog = {"allOf": [reference("Base"), {"required": ["bark"]}]}
    document = posting(whole(), required(reference("Base")))
    document["components"] = {"schemas": {"Base": base, "Dog": dog}}
    rules = rules_at(document, tmp_path)
    assert rules["/components/schemas/Base/discriminator"] == {"idle-discriminator"}


def test_a_default_is_said_to_be_applied_only_where_it_is(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "default": "b"}}}
    document = posting(whole(), required(schema))
    query = {"name": "q", "in": "query", "schema": {"type": "string", "default": "b"}}
    deep = {"name": "d", "in": "query", "style": "deepObject", "schema": schema}
    operation(document)["parameters"] += [query, deep]
    rules = rules_at(document, tmp_path)
    found = {pointer: ids for pointer, ids in rules.items() if pointer.endswith("/default")}
    assert list(found.values()).count({"default"}) == 1
    assert found["/paths/~1things~1{id}/get/parameters/1/schema/default"] == {"default"}
    assert list(found.values()).count({"default-not-applied"}) == 2


@pytest.mark.parametrize(
    ("schema", "reported"),
    [
        ({"allOf": [reference("Object")], "additionalProperties": False}, True),
        ({"allOf": [{**OBJECT, "additionalProperties": False}, {"properties": {"b": {}}}]}, True),
        ({"allOf": [reference("Object")], **OBJECT, "additionalProperties": False}, False),
        ({"allOf": [reference("Object")]}, False),
    ],
)
def test_a_closed_schema_in_a_composition_is_reported_with_what_it_refuses(
    schema: dict[str, Any], reported: bool, tmp_path: Path
) -> None:
    rules = rules_at(contract_with(schema, "3.0.3"), tmp_path)
    assert ("closed-composition" in set().union(*rules.values())) == reported


def test_a_misspelt_keyword_of_3_1_is_reported_wherever_a_schema_can_be(tmp_path: Path) -> None:
    wrong = {"type": "string", "maxLenght": 3}
    document = {**posting(whole(), required({"properties": {"a": wrong}})), "openapi": "3.1.0"}
    content = {"application/json": {"schema": {"items": wrong}}}
    one = operation(document)
    one["parameters"] += [
        {"name": "q", "in": "query", "schema": wrong},
        {"name": "r", "in": "query", "content": {"application/json": {"schema": wrong}}},
    ]
    one["responses"]["200"] |= {"headers": {"X-A": {"schema": wrong}}, "content": content}
    answers = {"responses": {"200": {"description": ".", "content": content}}}
    one["callbacks"] = {"done": {"{$request.query.q}": {"post": answers}}}
    document["webhooks"] = {"new": {"post": answers}}
    document["components"] = {
        "schemas": {"Unused": {"patternProperties": {"^a": {"not": wrong}}}},
        "parameters": {"Unused": {"name": "c", "in": "cookie", "schema": wrong}},
        "headers": {"Unused": {"schema": {"$defs": {"a": wrong}}}},
    }
    rules = rules_at(document, tmp_path)
    places = {pointer for pointer, ids in rules.items() if "misspelt-keyword" in ids}
    assert len(places) == json.dumps(document).count("maxLenght") == 10
