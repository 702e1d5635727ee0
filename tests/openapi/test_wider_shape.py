"""Headers that API Gateway accepts without a schema are any string."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openapi_spec_validator
import pytest
from jsonschema.validators import validator_for

from openapi_first.documents.errors import ContractError
from openapi_first.openapi.loader import load
from openapi_first.openapi.wider_shape import narrowed, widened
from support.compiled import contract_of, event, serve
from support.documents import operation, whole, written

ANY = "x-amazon-apigateway-any-method"
VERSIONS = pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
BARE: list[dict[str, Any]] = [{}, {"description": "a"}, {"type": "integer"}, {"required": True}]


@VERSIONS
@pytest.mark.parametrize("header", BARE)
def test_a_header_without_a_schema_is_any_string(
    tmp_path: Path, version: str, header: dict[str, Any]
) -> None:
    document = {**whole(), "openapi": version}
    operation(document)["responses"]["200"]["headers"] = {"X-A": header}
    operation(document)["parameters"].append({"name": "X-B", "in": "header"})
    (only,) = load(written(tmp_path, document)).operations
    assert only.responses[0].headers[0].schema.value == {"type": "string"}
    assert only.parameters[1].schema.value == {"type": "string"}


@VERSIONS
@pytest.mark.parametrize("place", ["query", "path", "cookie"])
def test_another_parameter_without_a_schema_is_an_error(
    tmp_path: Path, version: str, place: str
) -> None:
    document = {**whole(), "openapi": version}
    operation(document)["parameters"].append({"name": "q", "in": place, "required": True})
    with pytest.raises(ContractError, match="schema is missing"):
        load(written(tmp_path, document))


@VERSIONS
def test_a_header_with_both_or_with_a_misspelt_member_is_an_error(
    tmp_path: Path, version: str
) -> None:
    for header in ({"schema": {}, "content": {"text/plain": {"schema": {}}}}, {"schem": {}}):
        document = {**whole(), "openapi": version}
        operation(document)["responses"]["200"]["headers"] = {"X-A": header}
        with pytest.raises(ContractError, match="X-A"):
            load(written(tmp_path, document))


def test_the_function_gets_the_header_as_a_string(tmp_path: Path) -> None:
    contract = contract_of(parameters=[{"name": "X-A", "in": "header"}])
    handler, seen = serve(tmp_path, contract)
    assert handler(event(headers={"X-A": "5"}), None)["statusCode"] == 200
    assert seen == [{"x_a": "5"}]


@pytest.mark.parametrize("header", BARE)
def test_a_narrowed_document_is_one_of_openapi(header: dict[str, Any]) -> None:
    document = whole()
    operation(document)["responses"]["200"]["headers"] = {"X-A": header}
    operation(document)["parameters"].append({"name": "X-B", "in": "header"})
    document["components"] = {
        "headers": {"one": header},
        "responses": {"one": {"description": "", "headers": {"X-C": header}}},
    }
    document["paths"]["/own"] = {"get": {"x-amazon-apigateway-integration": {"type": "mock"}}}
    before = str(document)
    openapi_spec_validator.validate(narrowed(document))
    assert str(document) == before


@pytest.mark.parametrize("version", ["v2.0", "v3.0", "v3.1", "v3.2"])
def test_the_schema_of_each_version_has_the_operation_for_any_method(version: str) -> None:
    resources = Path(openapi_spec_validator.__file__).parent / "resources" / "schemas"
    shape = widened(json.loads((resources / version / "schema.json").read_bytes()))
    number = version.removeprefix("v")
    document: dict[str, Any] = {
        "swagger" if number == "2.0" else "openapi": number if number == "2.0" else f"{number}.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {ANY: {"x-amazon-apigateway-integration": {}}}},
    }
    validator = validator_for(shape)(shape)
    assert list(validator.iter_errors(document)) == []
    document["paths"]["/a"][ANY] = []
    assert list(validator.iter_errors(document)) != []
