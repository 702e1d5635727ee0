"""Each intrinsic function gives what AWS documents for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openapi_first.documents.source import Source, SourceFiles
from openapi_first.templates.files.errors import Problems
from openapi_first.templates.intrinsics.resolver import Resolver
from openapi_first.templates.intrinsics.scope import Scope

TEMPLATE: dict[str, Any] = {
    "Mappings": {"M": {"eu-west-1": {"size": "large"}}},
    "Conditions": {
        "Yes": {"Fn::Equals": ["1", 1]},
        "No": {"Fn::Not": [{"Condition": "Yes"}]},
        "Both": {"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]},
        "Any": {"Fn::Or": [{"Condition": "Yes"}, {"Condition": "No"}]},
    },
    "Resources": {
        "F": {"Type": "AWS::Lambda::Function"},
        "Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${P}-q"}}},
        "T": {"Type": "AWS::DynamoDB::Table"},
        "X": {"Type": "Acme::Thing::Unknown"},
        "Gone": {"Type": "AWS::SNS::Topic", "Condition": "No"},
    },
}


def resolver() -> Resolver:
    problems = Problems(Source(Path("t.yaml"), b"", TEMPLATE, dict, SourceFiles()))
    parameters = {"P": "prod", "L": ["a", "b"]}
    exports = {"net-Vpc": lambda: "vpc-1"}
    return Resolver(
        Scope(TEMPLATE, problems, parameters, "eu-west-1", "111122223333", "s", {}, exports)
    )


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ({"Ref": "P"}, "prod"),
        ({"Ref": "L"}, ["a", "b"]),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
        ({"Ref": "F"}, "s-F"),
        ({"Ref": "Q"}, "https://sqs.eu-west-1.amazonaws.com/111122223333/prod-q"),
        ({"Fn::GetAtt": ["F", "Arn"]}, "arn:aws:lambda:eu-west-1:111122223333:function:s-F"),
        ({"Fn::GetAtt": "Q.QueueName"}, "prod-q"),
        ({"Fn::Sub": "${P}/${!P}/${Q.Arn}"}, "prod/${P}/arn:aws:sqs:eu-west-1:111122223333:prod-q"),
        ({"Fn::Sub": ["${a}-${P}", {"a": {"Ref": "P"}}]}, "prod-prod"),
        ({"Fn::Join": ["-", ["a", {"Ref": "P"}]]}, "a-prod"),
        ({"Fn::Join": [",", {"Ref": "L"}]}, "a,b"),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::Select": ["0", {"Ref": "L"}]}, "a"),
        ({"Fn::If": ["Yes", 1, 2]}, 1),
        ({"Fn::If": ["Both", 1, 2]}, 2),
        ({"Fn::If": ["Any", 1, 2]}, 1),
        ({"a": {"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}, "b": 2}, {"b": 2}),
        ([1, {"Ref": "AWS::NoValue"}], [1]),
        ({"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "size"]}, "large"),
        ({"Fn::FindInMap": ["M", "x", "y", {"DefaultValue": "d"}]}, "d"),
        ({"Fn::ImportValue": "net-Vpc"}, "vpc-1"),
        ({"Fn::Base64": "a"}, "YQ=="),
        ({"Fn::GetAZs": ""}, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]),
        ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"Fn::Length": {"Ref": "L"}}, 2),
        ({"Fn::ToJsonString": {"a": {"Ref": "P"}}}, '{"a":"prod"}'),
        ({"Condition": {"StringEquals": {}}}, {"Condition": {"StringEquals": {}}}),
        ({"Ref": "AWS::Region", "other": 1}, {"Ref": "AWS::Region", "other": 1}),
    ],
)
def test_a_function_has_its_documented_value(written: Any, value: Any) -> None:
    found = resolver()
    assert found.value(written, "/x") == value
    assert not found.scope.problems.errors


@pytest.mark.parametrize(
    "written",
    [
        {"Fn::GetAtt": ["F"]},
        {"Fn::GetAtt": 1},
        {"Fn::Sub": {}},
        {"Fn::Sub": ["a"]},
        {"Fn::Sub": "${Nope}"},
        {"Fn::Join": ["-"]},
        {"Fn::Join": ["-", "a"]},
        {"Fn::Join": ["-", [{"Ref": "L"}]]},
        {"Fn::Select": [2, ["a"]]},
        {"Fn::Select": [-1, ["a"]]},
        {"Fn::Select": []},
        {"Fn::Split": ["", "a"]},
        {"Fn::If": ["Nope", 1, 2]},
        {"Fn::If": [{}, 1, 2]},
        {"Fn::FindInMap": ["M", "x", "y"]},
        {"Fn::FindInMap": None},
        {"Fn::Cidr": ["10.0.0.0/30", 8, 1]},
        {"Fn::Cidr": ["no", 1, 1]},
        {"Fn::Length": "a"},
        {"Fn::Nope": 1},
        {"Ref": "Nope"},
    ],
)
def test_a_wrong_argument_is_reported_at_its_place(written: Any) -> None:
    found = resolver()
    found.value(written, "/x")
    assert found.scope.problems.errors
    assert all(each.pointer.startswith("/x") for each in found.scope.problems.errors)


@pytest.mark.parametrize(
    "written",
    [
        {"Fn::GetAtt": ["X", "Arn"]},
        {"Fn::GetAtt": ["F", "Colour"]},
        {"Fn::ImportValue": "unknown"},
        "{{resolve:ssm:/a}}",
    ],
)
def test_a_value_that_only_aws_knows_is_noted(written: Any) -> None:
    found = resolver()
    assert isinstance(found.value(written, "/x"), str)
    assert found.scope.problems.notes
    assert not found.scope.problems.errors


@pytest.mark.parametrize(
    "written", [{"Ref": "Gone"}, {"Fn::GetAtt": "Gone.TopicArn"}, {"Fn::Sub": "x ${Gone}"}]
)
def test_a_reference_to_a_resource_that_a_condition_leaves_out_is_noted(written: Any) -> None:
    found = resolver()
    found.value({"Fn::If": ["No", written, ""]}, "/Resources/F/Properties/Name")
    assert not found.scope.problems.notes
    found.value(written, "/Resources/F/Properties/Name")
    (note,) = found.scope.problems.notes
    assert "the condition No leaves Gone out, and AWS refuses a reference" in note
