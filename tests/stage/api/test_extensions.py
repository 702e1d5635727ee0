"""Integrations that only AWS can perform are explained, and do not stop the stage."""

from __future__ import annotations

from typing import Any

import pytest

from openapi_first.stage.api.importer import read_document

SQS = "arn:aws:apigateway:us-east-1:sqs:path/q"


@pytest.mark.parametrize(
    ("integration", "words"),
    [
        ({"type": "aws", "uri": SQS}, "an AWS service (sqs)"),
        ({"type": "aws", "uri": {"Fn::Sub": SQS.replace("us-east-1", "${AWS::Region}")}}, "(sqs)"),
        ({"type": "aws_proxy", "integrationSubtype": "SQS-SendMessage"}, "(SQS-SendMessage)"),
        ({"type": "http_proxy", "uri": "http://a/", "connectionType": "vpc_link"}, "a VPC link"),
        ({"type": "http_proxy", "uri": {"Fn::Sub": "http://${Host}/"}}, "of CloudFormation"),
        ({"type": "aws_proxy", "uri": {"Ref": "Uri"}, "credentials": {"Ref": "Role"}}, "of Cloud"),
        ({"Fn::Transform": {"Name": "AWS::Include"}}, "a function of CloudFormation"),
        ({"type": "aws", "uri": "arn:aws:apigateway:us-east-1:lambda:path/f"}, "VTL"),
        ({"type": "http", "uri": "http://127.0.0.1/"}, "VTL"),
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
