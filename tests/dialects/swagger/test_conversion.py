"""A Swagger 2.0 document is served as what it says, and its errors point into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.openapi.loader import load
from openapi_first.openapi.metaschema import check_shape
from openapi_first.openapi.model import Contract, RemarkKind, contract_hash
from support.documents import written

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}


def swagger(operation: dict[str, Any] | None = None, /, **more: Any) -> dict[str, Any]:
    responses = {"200": {"description": "ok"}}
    return {
        "swagger": "2.0",
        "info": {"title": "T", "version": "1"},
        "paths": {
            "/a": {"post": {"operationId": "a", "responses": responses, **(operation or {})}}
        },
        **more,
    }


def read(folder: Path, document: dict[str, Any]) -> Contract:
    contract = load(written(folder, document))
    assert list(check_shape(contract.root, "3.0")) == []
    return contract


def post(folder: Path, operation: dict[str, Any], **more: Any) -> dict[str, Any]:
    found = read(folder, swagger(operation, **more)).operations[0].node.value
    assert isinstance(found, dict)
    return found


def parameter(folder: Path, **members: Any) -> dict[str, Any]:
    found: dict[str, Any] = post(folder, {"parameters": [{"name": "p", "in": "query", **members}]})
    converted: dict[str, Any] = found["parameters"][0]
    return converted


def errors_of(folder: Path, document: dict[str, Any]) -> tuple[Diagnostic, ...]:
    with pytest.raises(ContractError) as caught:
        load(written(folder, document))
    return caught.value.diagnostics


@pytest.mark.parametrize(
    ("format_", "style", "explode"),
    [
        (None, "form", False),
        ("csv", "form", False),
        ("multi", "form", True),
        ("ssv", "spaceDelimited", False),
        ("pipes", "pipeDelimited", False),
    ],
)
def test_an_array_keeps_the_form_it_has_in_the_query_string(
    tmp_path: Path, format_: str | None, style: str, explode: bool
) -> None:
    written_ = {"collectionFormat": format_} if format_ else {}
    found = parameter(tmp_path, type="array", items={"type": "integer"}, **written_)
    assert (found["style"], found["explode"]) == (style, explode)
    assert found["schema"] == {"type": "array", "items": {"type": "integer"}}


def test_an_array_that_no_style_can_write_is_a_string_and_a_finding(tmp_path: Path) -> None:
    items = {"type": "string"}
    tabbed = {"name": "p", "in": "query", "type": "array", "items": items}
    contract = read(tmp_path, swagger({"parameters": [{**tabbed, "collectionFormat": "tsv"}]}))
    assert contract.operations[0].parameters[0].schema.value == {"type": "string"}
    assert [each.kind for each in contract.remarks] == [RemarkKind.UNENFORCED]


def test_what_constrains_a_parameter_is_in_its_schema(tmp_path: Path) -> None:
    constraints = {"type": "integer", "minimum": 1, "exclusiveMinimum": True, "default": 5}
    found = parameter(tmp_path, **constraints, allowEmptyValue=True, **{"x-nullable": True})
    assert found["schema"] == {**constraints, "nullable": True}
    assert found["allowEmptyValue"] is True


def test_a_body_has_each_media_type_that_the_operation_consumes(tmp_path: Path) -> None:
    body = {"name": "b", "in": "body", "required": True, "schema": SCHEMA}
    found = post(tmp_path, {"parameters": [body], "consumes": ["a/b", "a/c"]}, consumes=["a/d"])
    assert found["requestBody"] == {
        "required": True,
        "content": {"a/b": {"schema": SCHEMA}, "a/c": {"schema": SCHEMA}},
    }
    shared = post(tmp_path, {"parameters": [body]}, consumes=["a/d"])
    assert list(shared["requestBody"]["content"]) == ["a/d"]
    neither = post(tmp_path, {"parameters": [body], "consumes": []}, consumes=["a/d"])
    assert list(neither["requestBody"]["content"]) == ["application/json"]


def test_form_fields_become_one_form(tmp_path: Path) -> None:
    fields = [
        {"name": "f", "in": "formData", "type": "file", "required": True},
        {"name": "n", "in": "formData", "type": "integer", "description": "How many."},
    ]
    found = post(tmp_path, {"parameters": fields, "consumes": ["multipart/form-data"]})
    assert found["requestBody"]["content"]["multipart/form-data"]["schema"] == {
        "type": "object",
        "properties": {
            "f": {"type": "string", "format": "binary"},
            "n": {"type": "integer", "description": "How many."},
        },
        "required": ["f"],
    }
    listed = {"name": "l", "in": "formData", "type": "array", "items": {"type": "string"}}
    form = post(tmp_path, {"parameters": [{**listed, "collectionFormat": "multi"}]})
    ((media_type, content),) = form["requestBody"]["content"].items()
    assert media_type == "application/x-www-form-urlencoded"
    assert content["encoding"] == {"l": {"style": "form", "explode": True}}


def test_parameters_of_the_path_are_replaced_by_those_of_the_operation(tmp_path: Path) -> None:
    document = swagger({"parameters": [{"name": "b", "in": "body", "schema": {"type": "string"}}]})
    document["paths"]["/a"]["parameters"] = [
        {"name": "other", "in": "body", "schema": {"type": "integer"}},
        {"name": "q", "in": "query", "type": "string"},
    ]
    (operation,) = read(tmp_path, document).operations
    assert operation.body is not None
    schema = operation.body.content[0].schema
    assert schema is not None
    assert schema.value == {"type": "string"}
    assert [each.name for each in operation.parameters] == ["q"]


def test_a_response_has_content_if_it_has_a_schema_or_an_example(tmp_path: Path) -> None:
    responses = {
        "200": {"description": "", "schema": SCHEMA, "examples": {"a/b": {"a": "x"}}},
        "201": {"description": "", "schema": {"type": "file"}},
        "204": {"description": "", "headers": {"X-A": {"type": "integer", "x-b": 1}}},
    }
    found = post(tmp_path, {"responses": responses, "produces": ["a/b"]})["responses"]
    assert found["200"]["content"] == {"a/b": {"schema": SCHEMA, "example": {"a": "x"}}}
    binary = {"type": "string", "format": "binary"}
    assert found["201"]["content"] == {"a/b": {"schema": binary}}
    assert found["204"] == {
        "description": "",
        "headers": {"X-A": {"schema": {"type": "integer"}, "x-b": 1}},
    }


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "x-nullable": True}, {"type": "string", "nullable": True}),
        (
            {"type": "string", "enum": ["a"], "x-nullable": True},
            {"type": "string", "enum": ["a", None], "nullable": True},
        ),
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"type": "null"}, {"nullable": True, "enum": [None]}),
        (
            {"type": ["string", "array"]},
            {"anyOf": [{"type": "string"}, {"type": "array", "items": {}}]},
        ),
        ({"type": "array"}, {"type": "array", "items": {}}),
        (
            {"type": "object", "discriminator": "kind", "required": ["kind"]},
            {
                "type": "object",
                "discriminator": {"propertyName": "kind"},
                "required": ["kind"],
            },
        ),
        (
            {"properties": {"discriminator": {"type": "string", "x-a": 1}}},
            {"properties": {"discriminator": {"type": "string", "x-a": 1}}},
        ),
        (
            {"additionalProperties": {"$ref": "#/definitions/A"}},
            {"additionalProperties": {"$ref": "#/components/schemas/A"}},
        ),
    ],
)
def test_a_schema_is_written_as_openapi_3_0_writes_it(
    tmp_path: Path, schema: dict[str, Any], expected: dict[str, Any]
) -> None:
    contract = read(tmp_path, swagger(definitions={"A": schema}))
    assert contract.root.value["components"]["schemas"]["A"] == expected


def test_security_and_servers_are_those_of_the_document(tmp_path: Path) -> None:
    scopes = {"read": "Reads."}
    definitions = {
        "basic": {"type": "basic"},
        "key": {"type": "apiKey", "name": "k", "in": "header", "x-a": 1},
        "app": {"type": "oauth2", "flow": "application", "tokenUrl": "/t", "scopes": scopes},
    }
    document = swagger(
        {"security": [{"my app": ["read"]}]},
        securityDefinitions={**definitions, "my app": definitions["app"]},
        security=[{"key": []}],
        host="h",
        basePath="/v1",
        schemes=["https", "http"],
    )
    contract = read(tmp_path, document)
    assert contract.servers == ("https://h/v1", "http://h/v1")
    assert contract.root.value["security"] == [{"key": []}]
    assert contract.operations[0].security == ({"my_app": ["read"]},)
    oauth = {"clientCredentials": {"tokenUrl": "/t", "scopes": scopes}}
    assert contract.root.value["components"]["securitySchemes"] == {
        "basic": {"type": "http", "scheme": "basic"},
        "key": {"type": "apiKey", "name": "k", "in": "header", "x-a": 1},
        "app": {"type": "oauth2", "flows": oauth},
        "my_app": {"type": "oauth2", "flows": oauth},
    }
    assert [each.detail for each in contract.remarks] == [
        "the security scheme 'my app' is called my_app"
    ]


def test_extensions_stay_where_they_are(tmp_path: Path) -> None:
    integration = {"x-amazon-apigateway-integration": {"type": "mock", "responses": {"x": {}}}}
    document = swagger(integration, **{"x-amazon-apigateway-policy": {"a": 1}})
    responses = {"200": {"description": "ok", "schema": SCHEMA}}
    document["paths"]["/a"]["x-amazon-apigateway-any-method"] = {
        "produces": ["a/b"],
        "responses": responses,
    }
    root = read(tmp_path, document).root.value
    assert root["x-amazon-apigateway-policy"] == {"a": 1}
    item = root["paths"]["/a"]
    assert item["post"].items() >= integration.items()
    converted = item["x-amazon-apigateway-any-method"]["responses"]["200"]
    assert converted["content"] == {"a/b": {"schema": SCHEMA}}


def test_other_files_are_parts_of_the_document(tmp_path: Path) -> None:
    """A schema of another file that refers to itself, a parameter, and a response."""
    (tmp_path / "parts.yaml").write_text(
        "Node: {type: object, x-nullable: true, properties: {next: {$ref: '#/Node'}}}\n"
        "Limit: {name: limit, in: query, type: integer, pattern: '('}\n"
        "Found: {description: ok, schema: {$ref: '#/Node'}}\n"
    )
    document = swagger(
        {
            "parameters": [{"$ref": "parts.yaml#/Limit"}],
            "responses": {"200": {"$ref": "parts.yaml#/Found"}},
        }
    )
    contract = read(tmp_path, document)
    (response,) = contract.operations[0].responses
    schema = response.content[0].schema
    assert schema is not None
    assert schema.followed().value == {
        "type": "object",
        "nullable": True,
        "properties": {"next": {"$ref": "#/components/schemas/Node"}},
    }
    place = contract.operations[0].parameters[0].schema.child("pattern")
    assert place is not None
    error = place.diagnostic("", "")
    assert (Path(error.file).name, error.line, error.pointer) == ("parts.yaml", 2, "/Limit/pattern")
    before = contract_hash(contract)
    with (tmp_path / "parts.yaml").open("a") as file:
        file.write("# another byte\n")
    assert contract_hash(load(tmp_path / "openapi.yaml")) != before


@pytest.mark.parametrize(
    ("operation", "pointer", "detail"),
    [
        ({"responses": {}}, "/paths/~1a/post/responses", "too few members"),
        ({"requestBody": {}}, "/paths/~1a/post", "Swagger 2.0 does not allow requestBody"),
        ({"security": [{"x": []}]}, "/paths/~1a/post/security/0", "no security scheme x"),
        (
            {"parameters": [{"name": "q", "in": "query"}]},
            "/paths/~1a/post/parameters/0",
            "type is missing",
        ),
        (
            {
                "parameters": [
                    {"name": "b", "in": "body", "schema": {}},
                    {"name": "f", "in": "formData", "type": "string"},
                ]
            },
            "/paths/~1a/post/parameters/0",
            "a body and form fields",
        ),
        (
            {"parameters": [{"name": "b", "in": "body", "schema": {"$ref": "#/definitions/B"}}]},
            "/paths/~1a/post/parameters/0/schema",
            "has no target",
        ),
        (
            {"parameters": [{"name": "i", "in": "path", "type": "string", "required": True}]},
            "/paths/~1a/post/parameters/0",
            "has no variable {i}",
        ),
    ],
)
def test_an_error_is_where_it_is_written(
    tmp_path: Path, operation: dict[str, Any], pointer: str, detail: str
) -> None:
    errors = errors_of(tmp_path, swagger(operation))
    assert (errors[0].pointer, detail in errors[0].detail) == (pointer, True), errors
    assert all(each.line for each in errors)


def test_a_name_that_a_component_cannot_have_is_replaced(tmp_path: Path) -> None:
    definitions = {"Page<A>": {"$ref": "#/definitions/Page_A"}, "Page_A": SCHEMA}
    contract = read(tmp_path, swagger(definitions=definitions))
    assert set(contract.root.value["components"]["schemas"]) == {"Page_A_2", "Page_A"}
    assert [each.detail for each in contract.remarks] == ["the schema 'Page<A>' is called Page_A_2"]
