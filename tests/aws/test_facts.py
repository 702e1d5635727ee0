"""The tables agree with AWS's own model of its API, and their users agree with each other."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import botocore
import pytest

from extension_table import PAGE, page_with_table
from openapi_first.aws import extensions, names
from openapi_first.aws.authorizers import (
    ALGORITHMS,
    AUTHORIZERS,
    DEFAULT_TTL_SECONDS,
    LONGEST_TTL_SECONDS,
)
from openapi_first.aws.extensions import EXTENSIONS, Place, Treatment
from openapi_first.aws.gateway_responses import (
    DEFAULT_4XX,
    DEFAULT_5XX,
    GATEWAY_RESPONSES,
    INTEGRATION_FAILURE,
    MISSING_AUTHENTICATION_TOKEN,
    REQUEST_TOO_LARGE,
)
from openapi_first.conformance.coverage.observed_points import gateway_points
from openapi_first.conformance.model.messages import Response
from openapi_first.drift.canonical_methods import security_of
from openapi_first.drift.canonical_responses import gateway_responses as that_differ
from openapi_first.import_document.document import import_document
from openapi_first.import_document.gateway_responses import gateway_responses
from openapi_first.openapi.loader import load
from openapi_first.stage.api.importer import read_document
from openapi_first.stage.messages.gateway_errors import GatewayError
from support.documents import operation, whole, written


@pytest.fixture(scope="module")
def model() -> Any:
    """The shapes of the API that configures API Gateway, as AWS publishes them."""
    folder = Path(botocore.__file__).parent / "data" / "apigateway" / "2015-07-09"
    with gzip.open(folder / "service-2.json.gz") as file:
        return json.load(file)["shapes"]


def test_the_types_of_gateway_responses_are_those_of_the_api(model: Any) -> None:
    assert set(GATEWAY_RESPONSES) == set(model["GatewayResponseType"]["enum"])


def test_kinds_and_algorithms_of_authorizers_are_those_of_the_api(model: Any) -> None:
    assert {name.upper() for name in AUTHORIZERS} == set(model["AuthorizerType"]["enum"])
    assert set(ALGORITHMS) == set(model["JwtSigningAlgorithm"]["enum"])


def test_results_of_authorizers_are_cached_as_long_as_the_api_says(model: Any) -> None:
    member = model["CreateAuthorizerRequest"]["members"]["authorizerResultTtlInSeconds"]
    assert f"the default value is {DEFAULT_TTL_SECONDS}" in member["documentation"]
    assert f"The maximum value is {LONGEST_TTL_SECONDS}" in member["documentation"]


def test_every_type_with_a_status_is_in_the_group_of_its_class() -> None:
    for kind in GATEWAY_RESPONSES.values():
        groups = {4: DEFAULT_4XX.name, 5: DEFAULT_5XX.name}
        assert kind.group == (groups[kind.status // 100] if kind.status else None)


def test_the_import_document_changes_one_status_and_leaves_out_two_types() -> None:
    rendered = gateway_responses("*", "ETag")
    left_out = {REQUEST_TOO_LARGE.name, INTEGRATION_FAILURE.name}
    assert set(rendered) == set(GATEWAY_RESPONSES) - left_out
    changed = {
        name
        for name, each in rendered.items()
        if each.get("statusCode") != (str(GATEWAY_RESPONSES[name].status or "") or None)
    }
    assert changed == {MISSING_AUTHENTICATION_TOKEN.name}


@pytest.mark.parametrize("name", GATEWAY_RESPONSES)
def test_a_type_that_is_written_as_it_is_by_default_is_not_drift(name: str) -> None:
    status = GATEWAY_RESPONSES[name].status
    written_out = {name: {"statusCode": str(status)} if status else {}}
    assert that_differ(written_out) == {}
    assert that_differ({name: {"statusCode": "418"}})


@pytest.mark.parametrize(
    "error",
    [
        GatewayError.access_denied("no", "a policy denies it"),
        GatewayError.invalid_api_key(),
        GatewayError.invalid_body("[]", "application/json"),
        GatewayError.missing_authentication_token("no such path"),
        GatewayError.missing_parameters(["limit"]),
        GatewayError.quota_exceeded("key", "plan"),
        GatewayError.throttled("key", "plan"),
        GatewayError.unauthorized("no"),
        # Contract tests looked for an UnsupportedMediaTypeException, which was never seen.
        GatewayError.unsupported_media_type(),
    ],
    ids=lambda error: error.type,
)
def test_contract_tests_recognise_what_the_stage_answers(error: GatewayError) -> None:
    body = json.dumps({"message": error.message}).encode()
    response = Response(error.status, (("x-amzn-ErrorType", error.error_type),), body)
    assert [point.subject for point in gateway_points(response)] == [error.type]


def test_a_failed_function_is_not_taken_for_one_of_three_types() -> None:
    for error in (GatewayError.integration_failed(502, ""), GatewayError.integration_timeout("")):
        response = Response(error.status, (("x-amzn-ErrorType", error.error_type),), b"{}")
        assert list(gateway_points(response)) == []


def test_a_required_parameter_with_a_colon_is_imported_and_required(tmp_path: Path) -> None:
    """The control plane accepts ^[a-zA-Z0-9:._$-]+$; the importer left the colon out."""
    contract = whole()
    parameter = {"name": "filter:x", "in": "query", "required": True, "schema": {"type": "string"}}
    operation(contract)["parameters"].append(parameter)
    document = import_document(load(written(tmp_path, contract)))
    method = document["paths"]["/things/{id}"]["get"]
    assert [each["name"] for each in method["parameters"]] == ["id", "filter:x"]
    required = read_document(document).methods[0].required
    assert [each.name for each in required] == ["id", "filter:x"]


@pytest.mark.parametrize("name", ["filter[x]", "a b", "ä", ""])
def test_other_names_of_parameters_are_refused(name: str) -> None:
    assert not names.PARAMETER_NAME.fullmatch(name)


@pytest.mark.parametrize("kind", ["AWS_IAM", "aws_iam"])
def test_the_case_of_the_authorization_type_does_not_matter(kind: str) -> None:
    """AWS: swagger-extensions-auth."""
    assert security_of({extensions.AUTH: {"type": kind}}, {}) == {"iam": True}


def test_the_page_of_extensions_has_all_of_them() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page_with_table(page) == page, "run make lint-rules"
    assert all(f"`{key}`" in page for key in EXTENSIONS)


def test_every_extension_of_awss_list_has_a_place_and_a_treatment() -> None:
    of_rest_apis = (
        *("any-method", "api-key-source", "auth", "authorizer", "authtype"),
        *("binary-media-types", "documentation", "endpoint-access-mode"),
        *("endpoint-configuration", "gateway-responses", "integration"),
        *("minimum-compression-size", "policy", "request-validator", "request-validators"),
        "security-policy",
    )
    of_http_apis = ("cors", "importexport-version", "integrations", "tag-value")
    keys = {f"x-amazon-apigateway-{name}" for name in (*of_rest_apis, *of_http_apis)}
    assert set(EXTENSIONS) == keys
    for key, extension in EXTENSIONS.items():
        assert extension.key == key
        assert extension.places <= set(Place)
        assert extension.places
        reported = key.rpartition("apigateway-")[2] in of_http_apis
        assert (extension.treatment is Treatment.REPORTED) == reported
