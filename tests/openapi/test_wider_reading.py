"""What many public contracts write, and what it means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from openapi_first.documents.errors import ContractError
from openapi_first.openapi.loader import load
from openapi_first.python_types.module import types_module
from support.compiled import contract_of, serve
from support.documents import written


def status(folder: Path, schema: dict[str, Any], value: Any, openapi: str = "3.0.3") -> int:
    """The status of a request with `value` as its body."""
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    handler, _ = serve(folder, contract_of(method="post", requestBody=body, openapi=openapi))
    answer = handler(
        {
            "httpMethod": "POST",
            "resource": "/things",
            "path": "/things",
            "headers": {"Content-Type": "application/json"},
            "body": json.dumps(value),
        },
        None,
    )
    return int(answer["statusCode"])


def test_a_reference_in_an_extension_is_the_vendors(tmp_path: Path) -> None:
    document = contract_of()
    document["x-topics"] = [{"content": {"$ref": "./docs/start.md"}}]
    document["paths"]["x-more"] = {"$ref": "#/nowhere"}
    assert load(written(tmp_path, document)).operations
    document["components"]["headers"] = {"x-rate-limit": {"$ref": "#/nowhere"}}
    with pytest.raises(ContractError, match="'#/nowhere' has no target at #/components/headers"):
        load(written(tmp_path, document))


MEMBERS = {"properties": {"name": {"type": "string"}, "count": {"type": "integer"}}}
CHAIN = {"$ref": "#/components/schemas/One"}


@pytest.mark.parametrize(
    "form",
    [
        MEMBERS,
        {"allOf": [MEMBERS]},
        {"oneOf": [{"required": ["x"]}, MEMBERS]},
        {"anyOf": [CHAIN, {"type": "object"}]},
        CHAIN,
        {"additionalProperties": {"anyOf": [{"type": "integer"}, {"type": "string"}]}},
        {"type": "object", "additionalProperties": {"type": ["integer", "string"]}},
        {"patternProperties": {"^n": {"type": "string"}}, **MEMBERS},
    ],
)
def test_a_form_without_a_type_is_an_object(tmp_path: Path, form: dict[str, Any]) -> None:
    content = {"application/x-www-form-urlencoded": {"schema": form}}
    body = {"required": True, "content": content}
    schemas = {"One": {"$ref": "#/components/schemas/Two"}, "Two": {"allOf": [MEMBERS]}}
    document = contract_of(method="post", openapi="3.1.0", requestBody=body, schemas=schemas)
    handler, seen = serve(tmp_path, document)
    event = {
        "httpMethod": "POST",
        "resource": "/things",
        "path": "/things",
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
        "body": "name=a+b&count=2",
    }
    assert handler(event, None)["statusCode"] == 200
    assert seen[0]["body"] == {"name": "a b", "count": 2}


def test_a_discriminator_over_inline_branches_selects_nothing(tmp_path: Path) -> None:
    """OpenAPI 3.0.3 §4.7.25: inline schemas are not considered."""
    kinds = [{"type": "object", "required": [name]} for name in ("a", "b")]
    schema = {"oneOf": kinds, "discriminator": {"propertyName": "kind"}}
    assert status(tmp_path / "1", schema, {"a": 1, "kind": "anything"}) == 200
    assert status(tmp_path / "2", schema, {"a": 1, "b": 2}) == 400


def test_nullable_means_nothing_in_3_1(tmp_path: Path) -> None:
    schema = {"type": "string", "nullable": True}
    assert status(tmp_path / "1", schema, None, "3.1.0") == 400
    assert status(tmp_path / "2", schema, None, "3.0.3") == 200


def test_a_document_of_3_2_is_read_as_3_1_unless_it_uses_what_is_new(tmp_path: Path) -> None:
    document = contract_of(openapi="3.2.0")
    assert load(written(tmp_path, document)).openapi == "3.1"
    document["paths"]["/things"]["query"] = {"responses": {"200": {"description": "ok"}}}
    with pytest.raises(ContractError, match=r"query is new in OpenAPI 3\.2"):
        load(written(tmp_path, document))


def test_a_default_that_its_schema_forbids_is_not_applied(tmp_path: Path) -> None:
    document = contract_of(
        parameters=[
            {"name": name, "in": "query", "schema": {"type": "integer", "default": default}}
            for name, default in (("wrong", "many"), ("right", 5))
        ]
    )
    handler, seen = serve(tmp_path, document)
    event = {"httpMethod": "GET", "resource": "/things", "path": "/things", "headers": {}}
    assert handler(event, None)["statusCode"] == 200
    assert (seen[0]["wrong"], seen[0]["right"]) == (None, 5)
    types = types_module(load(written(tmp_path, document)))
    assert "wrong: int | None," in types
    assert "right: int," in types


def test_a_service_with_a_swagger_document_gets_what_it_says(tmp_path: Path) -> None:
    things = {"type": "array", "items": {"type": "integer"}, "collectionFormat": "pipes"}
    operation = {
        "operationId": "call",
        "parameters": [
            {"name": "ids", "in": "query", **things},
            {"name": "b", "in": "body", "schema": {"$ref": "#/definitions/B"}},
        ],
        "responses": {"200": {"description": "ok", "schema": {}}},
    }
    document = {
        "swagger": "2.0",
        "info": {"title": "T", "version": "1"},
        "basePath": "/v1",
        "paths": {"/things": {"post": operation}},
        "definitions": {"B": {"type": "string", "x-nullable": True}},
    }
    handler, seen = serve(tmp_path, document)
    event = {
        "httpMethod": "POST",
        "resource": "/things",
        "path": "/things",
        "headers": {"Content-Type": "application/json"},
        "multiValueQueryStringParameters": {"ids": ["1|2"]},
        "body": "null",
    }
    assert handler(event, None)["statusCode"] == 200
    assert (seen[0]["ids"], seen[0]["body"]) == ([1, 2], None)
    assert handler({**event, "body": "5"}, None)["statusCode"] == 400
