"""Templates, as projects write them, become what the stage serves."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from openapi_first.stage.api.importer import read_document
from openapi_first.templates.files.errors import TemplateError
from openapi_first.templates.model import Template
from openapi_first.templates.read import Choices, read_template

SAM = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: live}
Globals:
  Function:
    Runtime: python3.12
    Timeout: 9
    Environment:
      Variables: {TABLE: !Ref Table}
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: !Ref Stage
      Auth:
        ApiKeyRequired: true
        UsagePlan: {CreateUsagePlan: PER_API}
  Read:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: read/
      Handler: app.handler
      Layers: [!Ref Shared]
      Events:
        Get:
          Type: Api
          Properties: {Path: "/things/{id}", Method: get, RestApiId: !Ref Api}
  Write:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: missing/
      Handler: app.handler
      Events:
        Post:
          Type: Api
          Properties: {Path: /things, Method: post}
        Web:
          Type: HttpApi
  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: layer/, CompatibleRuntimes: [python3.12]}
  Table:
    Type: AWS::Serverless::SimpleTable
"""


def read(folder: Path, template: str | dict[str, Any], **choices: Any) -> Template:
    path = folder / ("template.yaml" if isinstance(template, str) else "template.json")
    path.write_text(template if isinstance(template, str) else json.dumps(template))
    return read_template(path, Choices(**{"parameters": {}, "stack_name": "shop", **choices}))


@pytest.fixture
def sam(tmp_path: Path) -> Template:
    for name in ("read", "layer/python"):
        (tmp_path / name).mkdir(parents=True)
    return read(tmp_path, SAM)


def test_a_method_without_the_default_authorizer_is_open(tmp_path: Path) -> None:
    pool = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_x"
    found = read(
        tmp_path,
        f"""\
Transform: AWS::Serverless-2016-10-31
Globals:
  Api: {{Auth: {{DefaultAuthorizer: Pool, Authorizers: {{Pool: {{UserPoolArn: "{pool}"}}}}}}}}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: "def handler(event, context): pass"
      Handler: index.handler
      Runtime: python3.12
      Events:
        Closed: {{Type: Api, Properties: {{Path: /closed, Method: get}}}}
        Open: {{Type: Api, Properties: {{Path: /open, Method: get, Auth: {{Authorizer: NONE}}}}}}
""",
    )
    api = read_document(found.apis[0].document)
    protected = {each.resource: each.security.authorizer is not None for each in api.methods}
    assert protected == {"/closed": True, "/open": False}


def test_a_sam_template_has_its_explicit_and_its_implicit_api(sam: Template) -> None:
    found = {each.logical_id: each for each in sam.apis}
    assert {name: each.stage for name, each in found.items()} == {
        "Api": "live",
        "ServerlessRestApi": "Prod",
    }
    methods = {
        name: [
            (method.resource, method.http_method) for method in read_document(each.document).methods
        ]
        for name, each in found.items()
    }
    assert methods == {"Api": [("/things/{id}", "GET")], "ServerlessRestApi": [("/things", "POST")]}


def test_its_functions_have_their_code_layers_and_environment(
    sam: Template, tmp_path: Path
) -> None:
    first, second = sam.functions
    assert (first.logical_id, first.name, first.handler) == ("Read", "shop-Read", "app.handler")
    assert first.code == tmp_path / "read"
    assert first.layers == (tmp_path / "layer",)
    assert first.environment == {"TABLE": "shop-Table"}
    assert first.timeout == 9
    assert second.code is None
    assert "missing does not exist" in second.reason


def test_a_variable_that_no_process_can_have_is_left_out_and_noted(tmp_path: Path) -> None:
    variables = {"GOOD": "1", "A=B": "1", "": "1", "A-B": "1", "NUL": "a\0b"}
    properties = {"Handler": "a.b", "Environment": {"Variables": variables}}
    resource = {"Type": "AWS::Lambda::Function", "Properties": properties}
    found = read(tmp_path, {"Resources": {"F": resource}})
    assert found.functions[0].environment == {"GOOD": "1"}
    assert [each.split("variable ")[1].split(" is")[0] for each in found.notes] == [
        "'A=B'",
        "''",
        "'A-B'",
        "'NUL'",
    ]


def test_the_uri_of_an_integration_has_the_name_of_its_function(sam: Template) -> None:
    (method,) = read_document(sam.apis[0].document).methods
    assert ":function:shop-Read/invocations" in method.integration.uri


def test_its_keys_and_plans_belong_to_the_stage(sam: Template) -> None:
    api = next(each for each in sam.apis if each.logical_id == "Api")
    (key,) = api.api_keys
    (plan,) = api.usage_plans.values()
    assert plan["KeyIds"] == [key]
    assert read_document(api.document).methods[0].security.api_key_required


def test_its_tables_are_parameters_of_create_table(sam: Template) -> None:
    (table,) = sam.tables
    assert table.parameters["TableName"] == table.name == "shop-Table"
    assert table.parameters["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]


def test_what_is_not_served_is_noted_with_its_place(sam: Template) -> None:
    assert [each for each in sam.notes if "HTTP APIs are not REST APIs" in each]


def test_a_method_that_there_is_not_is_noted_with_its_place(tmp_path: Path) -> None:
    written = SAM.replace("Method: get", "Method: '*'").replace("Method: post", "Method: fetch")
    notes = read(tmp_path, written).notes
    assert len([each for each in notes if "'*' is not a method" in each]) == 1
    assert len([each for each in notes if "'fetch' is not a method" in each]) == 1


def test_one_api_is_chosen_by_its_logical_id(tmp_path: Path) -> None:
    assert [each.logical_id for each in read(tmp_path, SAM, api="Api").apis] == ["Api"]
    with pytest.raises(TemplateError, match="there is no REST API Other"):
        read(tmp_path, SAM, api="Other")
    with pytest.raises(TemplateError, match="Api has no stage x"):
        read(tmp_path, SAM, stage="x")


def test_every_missing_parameter_is_reported_at_once(tmp_path: Path) -> None:
    template = "Parameters:\n  A: {Type: String}\n  B: {Type: Number}\nResources: {}\n"
    with pytest.raises(TemplateError) as caught:
        read(tmp_path, template)
    assert [(each.line, each.pointer) for each in caught.value.diagnostics] == [
        (2, "/Parameters/A"),
        (3, "/Parameters/B"),
    ]
    assert "--parameter A=VALUE" in str(caught.value)
    assert read(tmp_path, template, parameters={"A": "x", "B": "1"}) is not None
    with pytest.raises(TemplateError, match="there is no parameter Bb"):
        read(tmp_path, template, parameters={"A": "x", "B": "1", "Bb": "1"})


def test_an_environment_that_no_samconfig_has_is_an_error(tmp_path: Path) -> None:
    template = "Resources: {}\n"
    with pytest.raises(TemplateError, match=r"samconfig has no environment prod\s+Add it"):
        read(tmp_path, template, environment="prod")
    (tmp_path / "samconfig.toml").write_text("[prod.deploy.parameters]\n")
    read(tmp_path, template, environment="prod")
    with pytest.raises(TemplateError, match=r"samconfig\.toml: samconfig has no environment prd"):
        read(tmp_path, template, environment="prd")


def test_a_resource_whose_condition_is_false_is_left_out(tmp_path: Path) -> None:
    template = """\
Conditions: {Never: !Equals [a, b]}
Resources:
  F: {Type: AWS::Lambda::Function, Condition: Never, Properties: {Code: {ZipFile: x}}}
  G: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: x}, Handler: index.h}}
"""
    assert [each.logical_id for each in read(tmp_path, template).functions] == ["G"]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("Resources: []", "this is not a template"),
        ("Resources: {A: {Properties: {}}}", "has no Type"),
        (
            "Parameters: {'Fn::Transform': {Name: AWS::Include}}\nResources: {}",
            "AWS takes no Fn::Transform in Parameters",
        ),
        ("Resources: {A: {Type: AWS::Serverless::Function}}", "needs the SAM transform"),
        (
            "Resources: {A: {Type: AWS::Lambda::Function, Properties: {Handler: !Ref Nope}}}",
            "there is no parameter and no resource Nope",
        ),
        (
            "Resources: {A: {Type: AWS::Lambda::Function, Properties: {Timeout: many}}}",
            "not a positive number",
        ),
        (
            "Transform: AWS::Serverless-2016-10-31\n"
            "Resources: {A: {Type: AWS::Serverless::Function, Properties: {Runtime: []}}}",
            "Resource with id [A] is invalid",
        ),
        (
            "Conditions: {A: !Condition B, B: !Condition A}\n"
            "Resources: {F: {Type: AWS::Lambda::Function, Condition: A}}",
            "refers to itself: A -> B -> A",
        ),
        (
            "Resources:\n"
            "  A: {Type: AWS::Lambda::Function, Properties: {FunctionName: !Ref B}}\n"
            "  B: {Type: AWS::Lambda::Function, Properties: {FunctionName: !Ref A}}\n",
            "refer to each other: B -> A -> B",
        ),
    ],
)
def test_bad_input_is_an_error_with_its_place(template: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        read(tmp_path, template)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / 'template.yaml'}")


def test_a_sam_template_that_aws_would_not_take_is_refused_before_it_is_translated(
    tmp_path: Path,
) -> None:
    resources = {f"F{index}": {"Type": "AWS::Serverless::Function"} for index in range(501)}
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}
    with pytest.raises(TemplateError, match="501 resources"):
        read(tmp_path, template)


def test_a_template_of_ten_thousand_resources_is_read(tmp_path: Path) -> None:
    resources = {f"B{index}": {"Type": "AWS::S3::Bucket"} for index in range(10_000)}
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"ZipFile": ""},
            "Environment": {"Variables": {"B": {"Ref": "B9999"}}},
        },
    }
    found = read(tmp_path, {"Resources": {**resources, "F": function}})
    assert found.functions[0].environment == {"B": "shop-b9999"}


ODD: list[Any] = [None, -1, "", [], {}, True, [None], {"a": None}, {"Ref": 1}, {"Fn::GetAtt": []}]
PLACES = [
    ("Parameters", "P", "Default"),
    ("Parameters", "P"),
    ("Conditions", "C"),
    ("Resources", "F", "Type"),
    ("Resources", "F", "Condition"),
    ("Resources", "F", "Properties"),
    ("Resources", "F", "Properties", "Code"),
    ("Resources", "F", "Properties", "Layers"),
    ("Resources", "F", "Properties", "Environment"),
    ("Resources", "A", "Properties", "EndpointConfiguration"),
    ("Resources", "A", "Properties", "Body"),
    ("Resources", "T", "Properties", "KeySchema"),
    ("Transform",),
    ("Outputs",),
]


@pytest.mark.parametrize("place", PLACES, ids="/".join)
def test_an_odd_value_is_read_or_reported(place: tuple[str, ...], tmp_path: Path) -> None:
    for odd in [*ODD, ODD]:
        template: dict[str, Any] = {
            "Parameters": {"P": {"Type": "String", "Default": "a"}},
            "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "a"]}},
            "Resources": {
                "F": {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"ZipFile": "x"}}},
                "A": {"Type": "AWS::ApiGateway::RestApi", "Properties": {}},
                "T": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
            },
        }
        owner = template
        for step in place[:-1]:
            owner = owner[step]
        owner[place[-1]] = odd
        with contextlib.suppress(TemplateError):
            read(tmp_path, template)
