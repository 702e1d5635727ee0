"""What `cdk synth` writes is read: its stacks, their assets, and what they import."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from openapi_first.templates.files.errors import TemplateError
from openapi_first.templates.files.recognition import recognise
from openapi_first.templates.read import Choices, read_template

STORE = {
    "Resources": {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            },
        }
    },
    "Outputs": {"Name": {"Value": {"Ref": "Table"}, "Export": {"Name": "Store:Table"}}},
}
URI = {
    "Fn::Join": [
        "",
        [
            "arn:aws:apigateway:",
            {"Ref": "AWS::Region"},
            ":lambda:path/2015-03-31/functions/",
            {"Fn::GetAtt": ["Fn", "Arn"]},
            "/invocations",
        ],
    ]
}
API = {
    "Resources": {
        "Rest": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "Rest"}},
        "Method": {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "RestApiId": {"Ref": "Rest"},
                "ResourceId": {"Fn::GetAtt": ["Rest", "RootResourceId"]},
                "HttpMethod": "ANY",
                "Integration": {"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": URI},
            },
        },
        "Stage": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {
                "RestApiId": {"Ref": "Rest"},
                "StageName": "prod",
            },
        },
        "Fn": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Handler": "app.handler",
                "Code": {"S3Bucket": "cdk-assets", "S3Key": "abc123.zip"},
                "Environment": {"Variables": {"TABLE": {"Fn::ImportValue": "Store:Table"}}},
            },
        },
    },
}


def write(folder: Path, manifest: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def stack(name: str, environment: str = "aws://unknown-account/unknown-region") -> dict[str, Any]:
    return {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "properties": {"templateFile": f"{name}.template.json", "stackName": name},
    }


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    folder = write(
        tmp_path / "cdk.out",
        {
            "artifacts": {
                "Api": stack("Api", "aws://111122223333/eu-west-1"),
                "Store": stack("Store", "aws://111122223333/eu-west-1"),
                "Api.assets": {
                    "type": "cdk:asset-manifest",
                    "properties": {"file": "Api.assets.json"},
                },
                "Nested": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "nested"}},
                "Tree": {"type": "cdk:tree"},
            }
        },
    )
    (folder / "asset.abc123").mkdir()
    (folder / "Api.assets.json").write_text(
        json.dumps({"files": {"abc123": {"source": {"path": "asset.abc123", "packaging": "zip"}}}})
    )
    (folder / "Api.template.json").write_text(json.dumps(API))
    (folder / "Store.template.json").write_text(json.dumps(STORE))
    nested = write(folder / "nested", {"artifacts": {"S": stack("Nested-S")}})
    (nested / "Nested-S.template.json").write_text(json.dumps(STORE))
    return folder


def test_the_stacks_of_an_app_are_read_together(assembly: Path) -> None:
    assert recognise(assembly) == "cdk.out"
    found = read_template(assembly, Choices(parameters={}))
    (api,) = found.apis
    (function,) = found.functions
    assert (api.logical_id, api.stage) == ("Rest", "prod")
    assert function.code == assembly / "asset.abc123"
    assert function.environment == {"TABLE": "Store-Table"}
    assert "arn:aws:lambda:eu-west-1:111122223333:function:Api-Fn" in json.dumps(api.document)
    assert [(each.logical_id, each.name) for each in found.tables] == [
        ("Table", "Store-Table"),
        ("Nested-S/Table", "Nested-S-Table"),
    ]


@pytest.mark.parametrize("text", ["{", "[]", '{"artifacts": []}', '{"artifacts": {"a": 1}}'])
def test_a_broken_manifest_is_reported(text: str, assembly: Path) -> None:
    (assembly / "manifest.json").write_text(text)
    with pytest.raises(TemplateError, match="cdk synth"):
        read_template(assembly, Choices(parameters={}))


def test_an_assembly_inside_itself_is_reported(assembly: Path) -> None:
    artifact = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}
    write(assembly, {"artifacts": {"Self": artifact}})
    with pytest.raises(TemplateError, match="nested too deeply"):
        read_template(assembly, Choices(parameters={}))
