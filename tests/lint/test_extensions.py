"""`contract lint` says which extensions API Gateway reads, and where they can be imported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.findings.rule import Finding
from openapi_first.lint.lint import lint
from openapi_first.openapi.loader import load
from support.documents import operation, whole, written
from support.lint_breaks import integrated

PREFIX = "x-amazon-apigateway-"
NOT_FROM_HERE = {"cloudformation-function", "account-id", "template-variable"}


def found(folder: Path, document: dict[str, Any]) -> list[Finding]:
    return list(lint(Rendered.of(load(written(folder, document)))))


@pytest.mark.parametrize(
    ("edit", "rule", "detail"),
    [
        ({f"{PREFIX}polcy": {}}, "unknown-extension", f"{PREFIX}policy is similar"),
        ({f"{PREFIX}nobody-knows": 1}, "unknown-extension", "nobody-knows is unknown"),
        ({f"{PREFIX}auth": {}}, "unknown-extension", "belongs to: operation; this is: root"),
        ({f"{PREFIX}cors": {}}, "idle-extension", "cors"),
        (
            {"tags": [{"name": "a", f"{PREFIX}tag-value": "b"}]},
            "idle-extension",
            f"{PREFIX}tag-value",
        ),
    ],
)
def test_an_extension_that_the_import_does_not_read_is_reported(
    tmp_path: Path, edit: dict[str, Any], rule: str, detail: str
) -> None:
    of_extensions = [
        each for each in found(tmp_path, {**whole(), **edit}) if "extension" in each.rule.id
    ]
    assert [(each.rule.id, detail in each.detail) for each in of_extensions] == [(rule, True)]


def test_an_extension_that_is_carried_over_is_not_reported(tmp_path: Path) -> None:
    document = {
        **whole(),
        f"{PREFIX}policy": {"Version": "2012-10-17", "Statement": []},
        f"{PREFIX}request-validators": {"none": {"validateRequestBody": False}},
        f"{PREFIX}request-validator": "none",
        f"{PREFIX}gateway-responses": {"THROTTLED": {"statusCode": 420}},
        f"{PREFIX}binary-media-types": ["image/png"],
        "servers": [{"url": "/", f"{PREFIX}endpoint-configuration": {"vpcEndpointIds": ["a"]}}],
    }
    operation(document)[f"{PREFIX}auth"] = {"type": "AWS_IAM"}
    assert not [each for each in found(tmp_path, document) if "extension" in each.rule.id]


@pytest.mark.parametrize(
    ("integration", "rules"),
    [
        ({"type": "mock"}, set()),
        ({"uri": {"Fn::Sub": "${A.Arn}"}}, {"cloudformation-function"}),
        (
            {"type": "aws", "uri": "arn:aws:apigateway:us-east-1:sqs:path/123456789012/q"},
            {"account-id"},
        ),
        ({"uri": "arn:aws:lambda:us-east-1:123456789012:function:f/invocations"}, {"account-id"}),
        ({"type": "http", "uri": "${endpoint}/a"}, {"template-variable"}),
        ({"type": "http", "uri": "https://${stageVariables.host}/a"}, set()),
        (
            {"uri": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:f"},
            set(),
        ),
        ({"type": "mock", "requestTemplates": {"application/json": "${velocity}"}}, set()),
        ({"type": "mock", "responses": {"default": {"Ref": "A"}}}, {"cloudformation-function"}),
    ],
)
def test_it_says_where_an_integration_of_its_own_can_be_imported(
    tmp_path: Path, integration: dict[str, Any], rules: set[str]
) -> None:
    reported = {each.rule.id for each in found(tmp_path, integrated(**integration))}
    assert reported & NOT_FROM_HERE == rules
    assert "own-integration" in reported


def test_what_the_lambda_would_validate_is_not_promised_for_an_integration_of_its_own(
    tmp_path: Path,
) -> None:
    document = integrated(type="http_proxy", uri="https://example.com")
    operation(document)["parameters"][0]["schema"]["maxLength"] = 5
    operation(document)["responses"]["200"]["content"] = {
        "application/json": {"schema": {"type": "object"}}
    }
    assert not [each for each in found(tmp_path, document) if each.rule.verdict.name == "LAMBDA"]


@pytest.mark.parametrize(
    ("integration", "rule"),
    [
        ({"responseTransferMode": "STREAM"}, "response-streaming"),
        ({"timeoutInMillis": 29_001}, "integration-timeout"),
        ({"timeoutInMillis": 29_000}, None),
        ({"timeoutInMillis": 300_000, "responseTransferMode": "STREAM"}, "response-streaming"),
    ],
)
def test_settings_of_the_functions_integration_are_held_against_what_it_can_do(
    tmp_path: Path, integration: dict[str, Any], rule: str | None
) -> None:
    of_settings = {"response-streaming", "integration-timeout"}
    reported = {each.rule.id for each in found(tmp_path, integrated(**integration))}
    assert reported & of_settings == ({rule} if rule else set())
