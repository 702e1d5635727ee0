"""Integrations that only AWS can perform are explained, and do not stop the stage."""

from __future__ import annotations

from typing import Any

import pytest

from openapi_first.stage.api.importer import read_document
from openapi_first.stage.api.rest_api import RestApi, StageDocumentError

LAMBDA = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations"
SQS = "arn:aws:apigateway:us-east-1:sqs:path/q"


@pytest.mark.parametrize(
    ("integration", "words"),
    [
        ({"type": "aws", "uri": SQS}, "an AWS service (sqs)"),
        ({"type": "aws", "uri": {"Fn::Sub": SQS.replace("us-east-1", "${AWS::Region}")}}, "(sqs)"),
        ({"type": "aws_proxy", "integrationSubtype": "SQS-SendMessage"}, "(SQS-SendMessage)"),
        ({"type": "http_proxy", "uri": {"Fn::Sub": "http://${Host}/"}}, "of CloudFormation"),
        ({"type": "aws_proxy", "uri": {"Ref": "Uri"}, "credentials": {"Ref": "Role"}}, "of Cloud"),
        ({"Fn::Transform": {"Name": "AWS::Include"}}, "a function of CloudFormation"),
        (
            {"type": "aws", "uri": LAMBDA, "requestTemplates": {"a/b": "$input.body"}},
            "its mapping template for a/b has VTL",
        ),
        (
            {
                "type": "http",
                "uri": "http://127.0.0.1/",
                "responses": {
                    "default": {"statusCode": 200, "responseTemplates": {"a/b": "#set($a = 1)"}}
                },
            },
            "its mapping template for a/b has VTL",
        ),
    ],
)
def test_an_integration_that_only_aws_performs_is_explained(
    integration: dict[str, Any], words: str
) -> None:
    api = read_document(
        {
            "openapi": "3.0.1",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"x-amazon-apigateway-integration": integration}}},
        }
    )
    (warning,) = api.warnings
    assert words in warning
    assert warning.endswith("its method responds with 500")
    assert api.methods[0].integration.kind == "unsupported"
    assert words in api.methods[0].integration.reason


def _read(integration: dict[str, Any], responses: Any = None) -> RestApi:
    whole = {"httpMethod": "POST", **integration}
    operation = {"responses": responses or {}, "x-amazon-apigateway-integration": whole}
    return read_document(
        {
            "openapi": "3.0.1",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": operation}},
        }
    )


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"type": "grpc"}, "/type: 'grpc' is not an integration type"),
        ({"uri": ""}, "/uri: http needs the endpoint's URI"),
        ({"contentHandling": "CONVERT"}, "/contentHandling: must be CONVERT_TO_TEXT or"),
        ({"passthroughBehavior": "always"}, "/passthroughBehavior: 'always' is unknown"),
        ({"responseTransferMode": "CHUNKED"}, "/responseTransferMode: must be BUFFERED or"),
        ({"responseTransferMode": "STREAM"}, "only an integration of type aws_proxy or http_proxy"),
        ({"timeoutInMillis": 10}, "/timeoutInMillis: must be a whole number of milliseconds"),
        ({"requestParameters": {"header.X": "'a'"}}, "is not integration.request.<header|path|"),
        (
            {"requestParameters": {"integration.request.header.X": "method.request.body.a[*]"}},
            "is not a mapping expression",
        ),
        ({"responses": {"(": {"statusCode": 200}}}, "the selection pattern '(' cannot be"),
        ({"responses": {"default": {}}}, "a response of an integration needs a statusCode"),
        (
            {
                "responses": {
                    "default": {
                        "statusCode": 200,
                        "responseParameters": {"method.response.header.A B": "'a'"},
                    }
                }
            },
            "is not method.response.header.<name>",
        ),
    ],
)
def test_what_an_integration_may_not_say_is_a_problem_with_its_place(
    changes: dict[str, Any], place: str
) -> None:
    with pytest.raises(StageDocumentError) as caught:
        _read({"type": "http", "uri": "http://127.0.0.1/", **changes})
    assert any(place in problem for problem in caught.value.problems)


def test_a_stream_and_its_uri_belong_together() -> None:
    streaming = LAMBDA.replace("2015-03-31", "2021-11-15").replace(
        "/inv", "/response-streaming-inv"
    )
    stream = {"responseTransferMode": "STREAM", "timeoutInMillis": 600_000}
    assert _read({"type": "aws_proxy", "uri": streaming, **stream}).warnings == ()
    for integration in ({"uri": LAMBDA, **stream}, {"uri": streaming}):
        (warning,) = _read({"type": "aws_proxy", **integration}).warnings
        assert "STREAM needs a URI that ends in" in warning


def test_a_status_that_the_operation_does_not_declare_is_a_warning() -> None:
    responses = {"default": {"statusCode": 200}, "4..": {"statusCode": "404"}}
    integration = {"type": "http", "uri": "http://127.0.0.1/", "responses": responses}
    # YAML reads a status that is not quoted as a number.
    (warning,) = _read(integration, {200: {"description": "a"}}).warnings
    assert "/responses/4../statusCode: AWS refuses to import it, since 404 is not" in warning


@pytest.mark.parametrize("template", ['{"$ref": "#/a"}', "$price #endpoint", "$context.stage"])
def test_what_vtl_prints_as_it_is_needs_no_vtl(template: str) -> None:
    responses = {
        "default": {"statusCode": 200, "responseTemplates": {"application/json": template}}
    }
    integration = {"type": "mock", "requestTemplates": {}, "responses": responses}
    assert _read(integration).methods[0].integration.kind == "mock"


@pytest.mark.parametrize("status", [200, "200"])
def test_a_mapped_header_may_be_declared_under_a_number(status: Any) -> None:
    parameters = {"method.response.header.X-Own": "'a'"}
    responses = {"default": {"statusCode": 200, "responseParameters": parameters}}
    declared = {status: {"description": "a", "headers": {"x-own": {}}}}
    (response,) = (
        _read({"type": "mock", "responses": responses}, declared).methods[0].integration.responses
    )
    assert response.headers == (("X-Own", "'a'"),)


def test_a_mapping_that_is_not_a_string_is_a_warning_as_recorded() -> None:
    parameters = {"integration.request.header.nothing": True, "integration.request.header.A": "'a'"}
    api = _read({"type": "http", "uri": "http://127.0.0.1/", "requestParameters": parameters})
    assert api.methods[0].integration.request_parameters == (("header", "A", "'a'"),)
    (warning,) = (each for each in api.warnings if "nothing" in each)
    assert warning.endswith("header.nothing: it is not mapped, since it is not a string")


@pytest.mark.parametrize("expression", [None, "", "a", "integration.response.body..a", 1])
def test_one_mistake_in_a_mapping_is_one_problem(expression: object) -> None:
    parameters = {"method.response.header.A": expression}
    responses = {"default": {"statusCode": "200", "responseParameters": parameters}}
    integration = {"type": "http", "uri": "http://127.0.0.1/", "responses": responses}
    with pytest.raises(StageDocumentError) as raised:
        _read(integration, {"200": {"headers": {"A": {}}}})
    assert len(raised.value.problems) == 1


@pytest.mark.parametrize("status", ["999", "x", None])
def test_one_mistake_in_a_status_is_one_problem(status: object) -> None:
    responses = {"default": {"statusCode": status}}
    with pytest.raises(StageDocumentError) as raised:
        _read({"type": "http", "uri": "http://127.0.0.1/", "responses": responses})
    assert len(raised.value.problems) == 1


@pytest.mark.parametrize("kind", ["aws", "aws_proxy", "http", "http_proxy", "mock"])
def test_aws_needs_a_method_of_an_integration_but_a_mock(kind: str) -> None:
    uri = LAMBDA if kind.startswith("aws") else "http://127.0.0.1/"
    warnings = _read({"type": kind, "uri": uri, "httpMethod": None}).warnings
    about = [each for each in warnings if "/httpMethod: AWS refuses" in each]
    assert len(about) == (kind != "mock")


@pytest.mark.parametrize("method", ["FETCH", "TRACE", "", " GET"])
def test_a_method_that_api_gateway_does_not_have_is_a_problem(method: str) -> None:
    with pytest.raises(StageDocumentError, match="integration/httpMethod: ") as raised:
        _read({"type": "http_proxy", "uri": "http://127.0.0.1/", "httpMethod": method})
    assert len(raised.value.problems) == 1


@pytest.mark.parametrize(
    ("expression", "declared"),
    [
        ("method.request.querystring.q", True),
        ("method.request.multivaluequerystring.q", True),
        ("method.request.header.x-h", True),
        ("method.request.path.p", True),
        ("method.request.querystring.p", False),
        ("method.request.header.q", False),
        ("method.request.path.other", False),
        ("method.request.body.q", True),
        ("context.q", True),
        ("'method.request.path.other'", True),
    ],
)
def test_a_mapped_parameter_must_be_declared_by_the_operation(
    expression: str, declared: bool
) -> None:
    operation = {
        "parameters": [
            {"$ref": "#/components/parameters/q"},
            {"in": "header", "name": "X-H"},
            {"in": "path", "name": "p", "required": True},
        ],
        "responses": {},
        "x-amazon-apigateway-integration": {
            "type": "http_proxy",
            "httpMethod": "GET",
            "uri": "http://127.0.0.1/",
            "requestParameters": {"integration.request.header.A": expression},
        },
    }
    document = {
        "openapi": "3.0.1",
        "info": {"title": "t", "version": "1"},
        "components": {"parameters": {"q": {"in": "query", "name": "q"}}},
        "paths": {"/a/{p}": {"get": operation}},
    }
    about = [each for each in read_document(document).warnings if "AWS refuses" in each]
    assert len(about) == (not declared)
    assert all("/requestParameters/integration.request.header.A: " in each for each in about)


def test_a_parameter_that_does_not_resolve_is_one_problem() -> None:
    mapped = {"integration.request.header.A": "method.request.header.a"}
    operation = {
        "parameters": [{"$ref": "#/components/parameters/none"}],
        "x-amazon-apigateway-integration": {
            "type": "http_proxy",
            "httpMethod": "GET",
            "uri": "http://127.0.0.1/",
            "requestParameters": mapped,
        },
    }
    info = {"title": "t", "version": "1"}
    with pytest.raises(StageDocumentError) as raised:
        read_document({"openapi": "3.0.1", "info": info, "paths": {"/a": {"get": operation}}})
    assert len([each for each in raised.value.problems if "does not resolve" in each]) == 1


@pytest.mark.parametrize("name", ["X Y", "X:Y", "é", "X\r\nY", "(a)"])
def test_a_mapped_header_has_a_name_that_http_allows(name: str) -> None:
    parameters = {f"integration.request.header.{name}": "'a'"}
    with pytest.raises(StageDocumentError, match="cannot be the name of a header"):
        _read({"type": "http", "uri": "http://127.0.0.1/", "requestParameters": parameters})
