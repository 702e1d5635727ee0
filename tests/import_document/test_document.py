"""The import document says what API Gateway can enforce, and nothing of an account."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from openapi_first.documents.errors import ContractError
from openapi_first.import_document.document import import_document
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.openapi.loader import load
from support.documents import operation, whole, written

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return import_document(load(ROOT / "openapi.yaml"))


def methods(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, value)
        for path, item in document["paths"].items()
        for method, value in item.items()
    ]


def test_the_same_contract_gives_the_same_bytes(document: dict[str, Any]) -> None:
    again = import_document(load(ROOT / "openapi.yaml"))
    assert json.dumps(again) == json.dumps(document)


@pytest.mark.parametrize("origins", [("*",), ("https://a.example", "https://b.example")])
@pytest.mark.parametrize("path", ["/items/{id}", "/a/{one}/{two}.json/b"])
def test_it_is_valid_for_tools_that_read_openapi_with_its_preflights(
    tmp_path: Path, path: str, origins: tuple[str, ...]
) -> None:
    contract = whole()
    contract["paths"][path] = {"delete": contract["paths"].pop("/things/{id}")["get"]}
    contract["paths"][path]["delete"]["parameters"] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall("{(.*?)}", path)
    ]
    settings = GatewaySettings(allow_origins=origins)
    document = import_document(load(written(tmp_path, contract)), settings)
    validate(document)
    assert "options" in next(iter(document["paths"].values()))


def test_it_names_no_account_region_or_function(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    assert not re.search(r"\d{12}:|us-|eu-", text)
    uri = document["paths"]["/items"]["get"]["x-amazon-apigateway-integration"]["uri"]
    assert uri == (
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
        "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
        "${stageVariables.function}/invocations"
    )


def test_every_operation_asks_for_the_key_and_no_preflight_does(document: dict[str, Any]) -> None:
    for path, method, value in methods(document):
        expected = None if method == "options" else [{"apiKey": []}]
        assert value.get("security") == expected, (path, method)


def test_models_have_alphanumeric_names_and_all_that_are_named_exist(
    document: dict[str, Any],
) -> None:
    schemas = document["components"]["schemas"]
    assert all(re.fullmatch("[A-Za-z0-9]+", name) for name in schemas)
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert named == set(schemas)


def test_models_are_draft_4(document: dict[str, Any]) -> None:
    from jsonschema import Draft4Validator

    for schema in document["components"]["schemas"].values():
        Draft4Validator.check_schema(schema)
        text = json.dumps(schema)
        for keyword in ("nullable", "readOnly", "discriminator", "example", '"format"'):
            assert keyword not in text


def test_parameters_stand_on_the_operation_with_what_the_gateway_takes(
    document: dict[str, Any],
) -> None:
    for _, _, value in methods(document):
        for parameter in value.get("parameters", []):
            assert set(parameter) <= {"name", "in", "required", "description", "schema"}
            assert parameter["schema"] == {"type": "string"}
    (parameter, _) = document["paths"]["/items/{id}"]["get"]["parameters"]
    assert (parameter["name"], parameter["in"], parameter["required"]) == ("id", "path", True)


def test_path_item_parameters_are_moved_to_the_operation(tmp_path: Path) -> None:
    contract = whole()
    item = contract["paths"]["/things/{id}"]
    item["parameters"] = operation(contract).pop("parameters")
    rendered = import_document(load(written(tmp_path, contract)))
    assert rendered["paths"]["/things/{id}"]["get"]["parameters"][0]["name"] == "id"


def test_a_preflight_allows_the_headers_that_the_contract_uses(document: dict[str, Any]) -> None:
    integration = document["paths"]["/items"]["options"]["x-amazon-apigateway-integration"]
    parameters = integration["responses"]["default"]["responseParameters"]
    assert parameters["method.response.header.Access-Control-Allow-Headers"] == (
        "'Content-Type,Idempotency-Key,x-api-key'"
    )
    assert parameters["method.response.header.Access-Control-Allow-Methods"] == (
        "'GET,OPTIONS,POST'"
    )


def test_each_listed_gateway_response_repeats_the_headers_and_its_status(
    document: dict[str, Any],
) -> None:
    responses = document["x-amazon-apigateway-gateway-responses"]
    assert "REQUEST_TOO_LARGE" not in responses
    for name, response in responses.items():
        parameters = response["responseParameters"]
        assert parameters["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"
        assert "ETag" in parameters["gatewayresponse.header.Access-Control-Expose-Headers"]
        assert parameters["gatewayresponse.header.X-Content-Type-Options"] == "'nosniff'"
        if name.startswith("DEFAULT_"):
            assert "statusCode" not in response
        else:
            assert isinstance(response["statusCode"], str)
    assert responses["MISSING_AUTHENTICATION_TOKEN"]["statusCode"] == "404"


def test_templates_are_problem_details_once_the_variables_are_filled_in(
    document: dict[str, Any],
) -> None:
    schema = load(ROOT / "openapi.yaml").root.value["components"]["schemas"]["Problem"]
    for response in document["x-amazon-apigateway-gateway-responses"].values():
        text = response["responseTemplates"]["application/json"]
        filled = text.replace("$context.error.messageString", '"m"')
        filled = filled.replace("$context.error.validationErrorString", "v")
        problem = json.loads(filled.replace("$context.requestId", "r"))
        assert set(schema["required"]) <= set(problem) <= set(schema["properties"])
        if "statusCode" in response:
            assert problem["status"] == int(response["statusCode"])


def test_an_inline_body_becomes_a_model_with_a_stable_name(tmp_path: Path) -> None:
    contract = whole()
    contract["paths"]["/things/{id}"]["put"] = {
        **operation(contract),
        "operationId": "put-thing",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object", "required": ["a"]}}},
        },
    }
    rendered = import_document(load(written(tmp_path, contract)))
    assert rendered["components"]["schemas"] == {
        "putthingRequest3e296f": {"type": "object", "required": ["a"]}
    }


def test_what_the_importer_refuses_is_refused_with_its_place(tmp_path: Path) -> None:
    contract = whole()
    contract["paths"]["/things/{id}"]["trace"] = {**operation(contract), "operationId": "trace"}
    contract["paths"]["/things/{id}//b"] = {"get": {**operation(contract), "operationId": "other"}}
    with pytest.raises(ContractError) as caught:
        import_document(load(written(tmp_path, contract)))
    assert [fault.pointer for fault in caught.value.diagnostics] == [
        "/paths/~1things~1{id}/trace",
        "/paths/~1things~1{id}~1~1b",
    ]


def test_what_the_importer_would_refuse_and_the_lambda_can_do_is_left_to_the_lambda(
    tmp_path: Path,
) -> None:
    contract = whole()
    body = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    operation(contract)["requestBody"] = body
    operation(contract)["parameters"].append(
        {"name": "filter[a]", "in": "query", "required": True, "schema": {"type": "string"}}
    )
    rendered = import_document(load(written(tmp_path, contract)))["paths"]["/things/{id}"]["get"]
    assert "requestBody" not in rendered
    assert [each["name"] for each in rendered["parameters"]] == ["id"]


def test_every_model_is_named_by_a_method_or_another_model(tmp_path: Path) -> None:
    """Members beside a closed object without a type are written out, and leave no model behind."""
    contract = whole()
    contract["components"] = {"schemas": {"Part": {"type": "string", "maxLength": 3}}}
    part = {"$ref": "#/components/schemas/Part"}
    contract["paths"]["/things/{id}"]["put"] = {
        **operation(contract),
        "operationId": "putThing",
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"properties": {"a": part}, "additionalProperties": False}
                }
            },
        },
    }
    rendered = import_document(load(written(tmp_path, contract)))
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(rendered)))
    assert named == set(rendered["components"]["schemas"])
