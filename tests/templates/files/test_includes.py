"""Files that a template includes are a part of it, and errors in them have their own places."""

from __future__ import annotations

from pathlib import Path

import pytest

from openapi_first.stage.api.importer import read_document
from openapi_first.templates.files.errors import TemplateError
from openapi_first.templates.read import Choices, read_template

DOCUMENT = """\
openapi: 3.0.1
info: {title: a, version: "1"}
paths:
  /a:
    get:
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        uri:
          Fn::Sub: "arn:aws:apigateway:${AWS::Region}:lambda:path/1/functions/${F.Arn}/invocations"
"""
FUNCTION = "  F: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: x}}}\n"
INCLUDED = "!Transform {Name: AWS::Include, Parameters: {Location: api.yaml}}"
WAYS = {
    "body": f"AWS::ApiGateway::RestApi, Properties: {{Body: {INCLUDED}}}",
    "fn-transform": (
        "AWS::ApiGateway::RestApi, Properties: {Body: "
        "{'Fn::Transform': {Name: AWS::Include, Parameters: {Location: api.yaml}}}}"
    ),
    "definition-body": (
        f"AWS::Serverless::Api, Properties: {{StageName: v1, DefinitionBody: {INCLUDED}}}"
    ),
    "definition-uri": (
        "AWS::Serverless::Api, Properties: {StageName: v1, DefinitionUri: api.yaml}"
    ),
    "parameter": (
        "AWS::Serverless::Api, Properties: {StageName: v1, DefinitionUri: !Sub '${Name}.yaml'}"
    ),
}


def write(folder: Path, way: str, document: str) -> Path:
    path = folder / "template.yaml"
    (folder / "api.yaml").write_text(document)
    path.write_text(
        "Transform: AWS::Serverless-2016-10-31\n"
        "Parameters: {Name: {Type: String, Default: api}}\n"
        f"Resources:\n  Api: {{Type: {WAYS[way]}}}\n{FUNCTION}"
    )
    return path


@pytest.mark.parametrize("way", WAYS)
def test_the_document_of_an_api_may_be_in_a_file(way: str, tmp_path: Path) -> None:
    found = read_template(write(tmp_path, way, DOCUMENT), Choices(parameters={}))
    (method,) = read_document(found.apis[0].document).methods
    assert method.integration.uri.endswith("-F/invocations")
    assert (tmp_path / "api.yaml").resolve() in found.files


@pytest.mark.parametrize("way", WAYS)
def test_an_error_in_the_file_has_its_line_there(way: str, tmp_path: Path) -> None:
    path = write(tmp_path, way, DOCUMENT.replace("${F.Arn}", "${G.Arn}"))
    with pytest.raises(TemplateError) as caught:
        read_template(path, Choices(parameters={}))
    (diagnostic,) = caught.value.diagnostics
    assert (Path(diagnostic.file).name, diagnostic.line) == ("api.yaml", 10)


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("s3://bucket/api.yaml", "only local files are"),
        ("nothing.yaml", "nothing.yaml does not exist"),
        ("loop.yaml", "the include is circular"),
        ("template.yaml", "the include is circular"),
        ("broken.yaml", "is not YAML"),
    ],
)
def test_what_cannot_be_included_is_reported(location: str, message: str, tmp_path: Path) -> None:
    include = f"{{'Fn::Transform': {{Name: AWS::Include, Parameters: {{Location: '{location}'}}}}}}"
    (tmp_path / "loop.yaml").write_text(f"a: {include}\n")
    (tmp_path / "broken.yaml").write_text("a: [")
    path = tmp_path / "template.yaml"
    path.write_text(f"Resources:\n  A: {{Type: AWS::S3::Bucket, Properties: {include}}}\n")
    with pytest.raises(TemplateError, match=message):
        read_template(path, Choices(parameters={}))


def test_of_a_repeated_key_the_last_value_counts_and_is_noted(tmp_path: Path) -> None:
    path = write(tmp_path, "body", DOCUMENT.replace("POST", "GET\n        httpMethod: POST"))
    path.write_text(path.read_text().replace("{Type: String,", "{Type: String, Default: other,"))
    found = read_template(path, Choices(parameters={}))
    (method,) = read_document(found.apis[0].document).methods
    assert method.integration.http_method == "POST"
    repeated = "the key is repeated; its last value counts"
    below = "(#/paths/~1a/get/x-amazon-apigateway-integration/httpMethod)"
    assert f"{path}:2: {repeated} (#/Parameters/Name/Default)" in found.notes
    assert f"{tmp_path / 'api.yaml'}:9: {repeated} {below}" in found.notes
