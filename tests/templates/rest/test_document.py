"""A REST API that a template declares resource by resource becomes the document of the same API."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from openapi_first.stage.api.importer import read_document
from openapi_first.stage.policies.policy import Policy
from openapi_first.templates.files.errors import TemplateError
from openapi_first.templates.model import DeclaredApi
from openapi_first.templates.read import Choices, read_template

ROOT = {"Fn::GetAtt": ["Api", "RootResourceId"]}
MOCK = {"Type": "MOCK", "IntegrationResponses": [{"StatusCode": 200, "SelectionPattern": 200}]}
ALL: dict[str, tuple[str, dict[str, Any]]] = {
    "Things": ("Resource", {"ParentId": ROOT, "PathPart": "things"}),
    "One": ("Resource", {"ParentId": {"Ref": "Things"}, "PathPart": "{id}"}),
    "Thing": ("Model", {"Name": "Thing", "Schema": {"$schema": "x", "type": "object"}}),
    "Check": ("RequestValidator", {"ValidateRequestBody": "true"}),
    "Token": (
        "Authorizer",
        {
            "Type": "TOKEN",
            "Name": "Token",
            "AuthorizerUri": "arn:x",
            "IdentitySource": "method.request.header.X-Token",
            "AuthorizerResultTtlInSeconds": 0,
        },
    ),
    "Denied": ("GatewayResponse", {"ResponseType": "ACCESS_DENIED", "StatusCode": "418"}),
    "Post": (
        "Method",
        {
            "ResourceId": {"Ref": "Things"},
            "HttpMethod": "POST",
            "AuthorizationType": "CUSTOM",
            "AuthorizerId": {"Ref": "Token"},
            "ApiKeyRequired": True,
            "RequestModels": {"application/json": {"Ref": "Thing"}},
            "RequestParameters": {"method.request.querystring.q": True},
            "RequestValidatorId": {"Ref": "Check"},
            "Integration": MOCK,
            "MethodResponses": [{"StatusCode": 200, "ResponseModels": {"a/b": "Empty"}}],
        },
    ),
    "Get": (
        "Method",
        {
            "ResourceId": {"Ref": "One"},
            "HttpMethod": "ANY",
            "AuthorizationType": "AWS_IAM",
            "Integration": MOCK,
        },
    ),
    "Deployed": ("Deployment", {"StageName": "v1", "StageDescription": {"Variables": {"a": 1}}}),
}


def api_of(folder: Path, pieces: dict[str, Any], **properties: Any) -> DeclaredApi:
    resources: dict[str, Any] = {
        name: {
            "Type": f"AWS::ApiGateway::{kind}",
            "Properties": {"RestApiId": {"Ref": "Api"}, **members},
        }
        for name, (kind, members) in pieces.items()
    }
    resources["Api"] = {"Type": "AWS::ApiGateway::RestApi", "Properties": properties}
    path = folder / "template.json"
    path.write_text(json.dumps({"Resources": resources}))
    (api,) = read_template(path, Choices(parameters={})).apis
    return api


def test_every_piece_is_in_the_document(tmp_path: Path) -> None:
    declared = api_of(tmp_path, ALL, BinaryMediaTypes=["image/*"], ApiKeySourceType="HEADER")
    api = read_document(declared.document)
    post, one = api.methods
    assert (post.resource, post.http_method) == ("/things", "POST")
    assert (one.resource, one.http_method) == ("/things/{id}", "ANY")
    assert post.security.api_key_required
    assert post.security.authorizer is not None
    assert post.security.authorizer.identity == ("method.request.header.X-Token",)
    assert post.security.authorizer.ttl_seconds == 0
    assert one.security.signed
    assert list(post.models) == ["application/json"]
    assert [each.name for each in post.required] == ["q"]
    assert (post.validator.body, post.validator.parameters) == (True, False)
    assert api.gateway_responses["ACCESS_DENIED"].status == 418
    assert api.binary_media_types == ("image/*",)
    assert (declared.stage, declared.stage_variables) == ("v1", {"a": "1"})


def test_pieces_are_added_to_the_body_of_an_api(tmp_path: Path) -> None:
    body = {"openapi": "3.0.1", "info": {"title": "a", "version": "1"}, "paths": {}}
    declared = api_of(tmp_path, ALL, Body=body, Policy='{"Statement": []}')
    api = read_document(declared.document)
    assert len(api.methods) == 2
    assert api.policy == Policy(())


@pytest.mark.parametrize(
    ("body", "valid"),
    [
        ({}, True),
        ({"tags": ["a", "b"], "next": {"id": 1}}, True),
        ({"tags": []}, False),
        ({"tags": ["a", "b", "c"]}, False),
        ({"note": None}, True),
        ({"note": 1}, False),
        ({"id": 0}, False),
        ({"next": {"id": 0}}, False),
        ({"other": {"pattern": 1}}, False),
    ],
)
def test_a_model_of_a_template_is_json_schema_which_no_import_reduces(
    body: Any, valid: bool, tmp_path: Path
) -> None:
    schema = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "object",
        "definitions": {
            "id": {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
            "pattern": {"type": "object", "properties": {"pattern": {"type": "string"}}},
        },
        "properties": {
            "tags": {"type": "array", "minItems": 1, "maxItems": 2},
            "note": {"type": ["string", "null"]},
            "id": {"$ref": "#/definitions/id"},
            "next": {"$ref": "#"},
            "other": {"$ref": "#/definitions/pattern"},
        },
    }
    pieces = {**ALL, "Thing": ("Model", {"Name": "Thing", "Schema": schema})}
    api = read_document(api_of(tmp_path, pieces).document)
    (model,) = api.methods[0].models.values()
    assert (asyncio.run(model.violations(json.dumps(body).encode())) is None) == valid
    assert not [each for each in api.warnings if "schemas" in each]


@pytest.mark.parametrize(
    ("info", "named", "title"),
    [({"title": "a"}, {"Name": "b"}, "a"), ({}, {"Name": "b"}, "b"), ({}, {}, "Api")],
)
def test_an_api_whose_body_has_no_title_has_its_name(
    info: dict[str, str], named: dict[str, str], title: str, tmp_path: Path
) -> None:
    body = {"openapi": "3.0.1", "info": info, "paths": {}}
    declared = api_of(tmp_path, ALL, Body=body, **named)
    assert declared.document["info"]["title"] == title
    assert declared.document["info"]["version"]


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("Post", {"ResourceId": "elsewhere"}, "the resource of Post is not in this template"),
        ("Post", {"HttpMethod": "TRACE"}, "'TRACE' is not a method"),
        ("Post", {"AuthorizerId": "x"}, "the authorizer of Post is not in this template"),
        ("Post", {"RequestValidatorId": "x"}, "the validator of Post is not in this template"),
        ("Post", {"RequestParameters": {"q": True}}, "'q' is not a request parameter"),
        ("One", {"ParentId": {"Ref": "One"}}, "the parent of One is not above it"),
        ("Things", {"ParentId": {"Ref": "One"}}, "is not above it"),
        ("Thing", {"Schema": "{"}, "the schema of Thing is not JSON"),
    ],
)
def test_a_piece_that_does_not_fit_is_reported(
    name: str, change: dict[str, Any], message: str, tmp_path: Path
) -> None:
    kind, members = ALL[name]
    with pytest.raises(TemplateError, match=message):
        api_of(tmp_path, {**ALL, name: (kind, {**members, **change})})
