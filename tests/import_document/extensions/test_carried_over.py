"""What a contract says to API Gateway is in its import document, as it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.documents.errors import ContractError
from openapi_first.import_document.document import import_document
from openapi_first.import_document.extensions.carried_over import is_kept, merged
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.lint import lint
from openapi_first.openapi.gateway_extensions import sites
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract
from support.documents import operation, whole, written

PREFIX = "x-amazon-apigateway-"
INTEGRATION = f"{PREFIX}integration"
ANY = f"{PREFIX}any-method"
MOCK = {"type": "mock", "requestTemplates": {"application/json": '{"statusCode": 200}'}}
OTHER = "arn:aws:apigateway:eu-west-1:lambda:path/functions/other/invocations"
RESPONSES = {"200": {"description": ""}}
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text("ab${}:", max_size=4))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("ab", max_size=2), inner, max_size=3)
    ),
    max_leaves=6,
)


def rendered(folder: Path, document: dict[str, Any]) -> tuple[Contract, dict[str, Any]]:
    contract = load(written(folder, document))
    return contract, import_document(contract)


def thing(document: dict[str, Any], method: str = "get") -> dict[str, Any]:
    """The method of the import document of `whole()`."""
    found: dict[str, Any] = document["paths"]["/things/{id}"][method]
    return found


def lost(contract: Contract, document: dict[str, Any]) -> list[str]:
    """The extensions of the contract that the import document does not have in full."""
    found = []
    for site in sites(contract.root):
        made: Any = document
        for step in site.steps:
            made = made[step]
        for key, node in site.extensions():
            if key != ANY and not (key in made and is_kept(node.value, made[key])):
                found.append(f"{node.pointer}")
    return found


def test_every_extension_is_carried_over_wherever_it_is(tmp_path: Path) -> None:
    document = {
        **whole(),
        f"{PREFIX}policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Deny"}]},
        f"{PREFIX}security-policy": "SecurityPolicy_TLS13_1_2_2021_06",
        f"{PREFIX}endpoint-access-mode": "STRICT",
        f"{PREFIX}endpoint-configuration": {"disableExecuteApiEndpoint": True},
        f"{PREFIX}minimum-compression-size": 1024,
        f"{PREFIX}api-key-source": "AUTHORIZER",
        f"{PREFIX}documentation": {"version": "1", "documentationParts": []},
        f"{PREFIX}cors": {"allowOrigins": ["*"]},
        f"{PREFIX}nobody-knows": [1],
        "servers": [
            {"url": "/", f"{PREFIX}endpoint-configuration": {"vpcEndpointIds": ["vpce-1"]}}
        ],
        "tags": [{"name": "a", f"{PREFIX}tag-value": "b"}],
        "components": {
            f"{PREFIX}integrations": {"one": MOCK},
            "securitySchemes": {
                "signed": {
                    "type": "apiKey",
                    "name": "Authorization",
                    "in": "header",
                    f"{PREFIX}authtype": "awsSigv4",
                }
            },
        },
    }
    document["paths"]["/things/{id}"][f"{PREFIX}of-a-path"] = 1
    operation(document)[f"{PREFIX}auth"] = {"type": "AWS_IAM"}
    operation(document)[INTEGRATION] = {"timeoutInMillis": 1000}
    operation(document)["security"] = [{"signed": []}]
    assert lost(*rendered(tmp_path, document)) == []


@pytest.mark.parametrize(
    "integration",
    [
        MOCK,
        {"uri": OTHER, "httpMethod": "POST", "type": "AWS_PROXY"},
        {"uri": {"Fn::Sub": "${Other.Arn}"}, "type": "aws_proxy"},
        {"type": "http_proxy", "uri": "https://example.com/{id}", "httpMethod": "ANY"},
        {"type": "http_proxy", "uri": {"Fn::Sub": "${Host}"}, "connectionId": {"Ref": "Link"}},
        {"type": "aws", "uri": "arn:aws:apigateway:eu-west-1:sqs:path/q", "credentials": "arn:x"},
        {"Fn::Transform": {"Name": "AWS::Include"}},
    ],
)
def test_an_integration_of_its_own_stays_as_it_is_written(
    tmp_path: Path, integration: dict[str, Any]
) -> None:
    document = whole()
    operation(document)[INTEGRATION] = integration
    contract, made = rendered(tmp_path, document)
    assert thing(made)[INTEGRATION] == integration
    assert contract.served == ()
    # It is not ours to open for browsers.
    assert "options" not in made["paths"]["/things/{id}"]


@pytest.mark.parametrize(
    "settings",
    [
        {"timeoutInMillis": 1000},
        {"cacheKeyParameters": ["method.request.path.id"], "cacheNamespace": "things"},
        {"contentHandling": "CONVERT_TO_TEXT", "type": "aws_proxy"},
        {"responseTransferMode": "STREAM"},
        {"uri": "arn:x:${stageVariables.function}/invocations", "httpMethod": "POST"},
        {},
    ],
)
def test_settings_of_the_functions_integration_are_merged_into_it(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    document = whole()
    operation(document)[INTEGRATION] = settings
    contract, made = rendered(tmp_path, document)
    assert [each.id for each in contract.served] == ["getThing"]
    integration = thing(made)[INTEGRATION]
    assert settings.items() <= integration.items()
    assert integration["type"] == "aws_proxy"
    assert "${stageVariables.function}" in integration["uri"]
    assert "options" in made["paths"]["/things/{id}"]


def test_an_integration_that_only_http_apis_have_is_an_error(tmp_path: Path) -> None:
    document = whole()
    wrong: list[dict[str, Any]] = [
        {"type": "aws_proxy", "integrationSubtype": "SQS-SendMessage"},
        {"uri": OTHER},
    ]
    for integration in wrong:
        operation(document)[INTEGRATION] = integration
        with pytest.raises(ContractError, match=r"the integration of GET .* has no"):
            rendered(tmp_path, document)


def test_an_integration_behind_a_reference_is_written_in_its_place(tmp_path: Path) -> None:
    document = {**whole(), "components": {f"{PREFIX}integrations": {"one": MOCK}}}
    operation(document)[INTEGRATION] = {"$ref": f"#/components/{PREFIX}integrations/one"}
    contract, made = rendered(tmp_path, document)
    assert thing(made)[INTEGRATION] == MOCK
    assert contract.served == ()


def test_the_operation_for_any_method_has_its_key_and_its_own_integration(tmp_path: Path) -> None:
    document = whole()
    item = document["paths"]["/things/{id}"]
    item[ANY] = {**item["get"], INTEGRATION: MOCK}
    del item[ANY]["operationId"]
    del item[ANY]["responses"]  # which API Gateway does not need
    _, made = rendered(tmp_path, document)
    assert thing(made, ANY)[INTEGRATION] == MOCK
    assert thing(made)[INTEGRATION]["type"] == "aws_proxy"
    # The integration answers OPTIONS.
    assert made["paths"]["/things/{id}"].keys() == {"get", ANY}


def test_the_contracts_gateway_responses_win_type_by_type(tmp_path: Path) -> None:
    own = {"statusCode": 420, "responseTemplates": {"text/plain": "slow"}}
    document = {**whole(), f"{PREFIX}gateway-responses": {"THROTTLED": own}}
    _, made = rendered(tmp_path, document)
    responses = made[f"{PREFIX}gateway-responses"]
    assert responses["THROTTLED"] == own
    assert responses["UNAUTHORIZED"]["statusCode"] == "401"


def test_binary_media_types_are_merged_with_those_of_the_operations(tmp_path: Path) -> None:
    document = {**whole(), f"{PREFIX}binary-media-types": ["font/woff", "image/png"]}
    operation(document)["responses"]["200"]["content"] = {"image/png": {}, "image/gif": {}}
    _, made = rendered(tmp_path, document)
    types = made[f"{PREFIX}binary-media-types"]
    assert types == ["font/woff", "image/png", "image/gif"]


def test_an_api_of_binary_media_only_converts_the_bodies_of_its_preflights(tmp_path: Path) -> None:
    document = {**whole(), f"{PREFIX}binary-media-types": ["*/*"]}
    _, made = rendered(tmp_path, document)
    assert thing(made, "options")[INTEGRATION]["contentHandling"] == "CONVERT_TO_TEXT"


def test_every_operation_is_validated_by_its_own_validator_or_by_all(tmp_path: Path) -> None:
    validators = {"Validate body": {"validateRequestBody": True}}
    document = {**whole(), f"{PREFIX}request-validators": validators}
    operation(document)[f"{PREFIX}request-validator"] = "Validate body"
    _, made = rendered(tmp_path, document)
    assert made[f"{PREFIX}request-validators"].keys() == {"all", "Validate body"}
    assert made[f"{PREFIX}request-validator"] == "all"
    assert thing(made)[f"{PREFIX}request-validator"] == "Validate body"


@given(VALUES, VALUES)
def test_what_is_written_is_kept_whatever_is_generated(written: Any, generated: Any) -> None:
    assert is_kept(written, merged(written, generated))


def test_the_import_document_of_an_import_document_is_the_same(tmp_path: Path) -> None:
    document = whole()
    document["paths"]["/own"] = {"get": {INTEGRATION: {**MOCK, "timeoutInMillis": 50}}}
    _, first = rendered(tmp_path, document)
    (tmp_path / "again").mkdir()
    _, second = rendered(tmp_path / "again", first)
    assert second == first


@pytest.mark.parametrize("path", ["/things/{other}/more", "/things/{other}.json/more"])
def test_settings_name_the_variables_of_the_resource(tmp_path: Path, path: str) -> None:
    """Or API Gateway would refuse the import, or cache one response for all."""
    document = whole()
    variable = {"name": "other", "in": "path", "required": True, "schema": {"type": "string"}}
    of_path, of_query = "method.request.path.other", "method.request.querystring.other"
    document["paths"][path] = {
        "get": {
            "parameters": [variable],
            "responses": RESPONSES,
            INTEGRATION: {
                "cacheKeyParameters": [of_path, of_query],
                "requestParameters": {"integration.request.path.other": of_path},
            },
        }
    }
    contract, made = rendered(tmp_path, document)
    integration = made["paths"]["/things/{id}/more"]["get"][INTEGRATION]
    assert integration["cacheKeyParameters"] == ["method.request.path.id", of_query]
    expected = {"integration.request.path.other": "method.request.path.id"}
    assert integration["requestParameters"] == expected
    assert "lost-extension" not in {each.rule.id for each in lint(Rendered.of(contract))}
