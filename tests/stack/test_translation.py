"""What CloudFormation makes of template.yaml, by SAM's own translator (`make test-stack`)."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

from stack.deployed import deployed
from stack.template import alternatives, read, statements
from stack.translation import of_type, references, the, translated


def needed(template: dict[str, Any], name: str) -> set[str]:
    """All resources that are there before this one."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        resource = template["Resources"].get(waiting.pop())
        if resource is None:
            continue
        explicit = resource.get("DependsOn", [])
        after = {explicit} if isinstance(explicit, str) else set(explicit)
        parts = [resource.get(part) for part in ("Properties", "UpdatePolicy", "Metadata")]
        after |= set(references(parts))
        waiting += after - found
        found |= after
    return found & template["Resources"].keys()


def test_there_is_one_stage_and_it_is_regional(template: dict[str, Any]) -> None:
    _, stage = the(template, "AWS::ApiGateway::Stage")
    assert stage["Properties"]["StageName"] == {"Ref": "StageName"}
    _, deployment = the(template, "AWS::ApiGateway::Deployment")
    assert "StageName" not in deployment["Properties"], "SAM's second stage"
    _, api = the(template, "AWS::ApiGateway::RestApi")
    assert deployed(template).properties("Api")["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert api["Properties"]["Mode"] == "overwrite"
    assert "BodyS3Location" in api["Properties"]


def test_the_stage_calls_the_alias_and_the_permission_is_on_it(template: dict[str, Any]) -> None:
    alias, resource = the(template, "AWS::Lambda::Alias")
    assert resource["Properties"]["Name"] == "live"
    _, stage = the(template, "AWS::ApiGateway::Stage")
    assert stage["Properties"]["Variables"] == {"function": {"Fn::Sub": "${Function}:live"}}
    _, permission = the(template, "AWS::Lambda::Permission")
    assert permission["Properties"]["FunctionName"] == {"Ref": alias}
    assert permission["Properties"]["Principal"] == "apigateway.amazonaws.com"
    assert permission["Properties"]["SourceArn"]["Fn::Sub"].endswith(":${Api}/${StageName}/*")


def test_the_api_comes_after_the_alias_has_moved(template: dict[str, Any]) -> None:
    alias, resource = the(template, "AWS::Lambda::Alias")
    for kind in ("RestApi", "Deployment", "Stage"):
        name, _ = the(template, f"AWS::ApiGateway::{kind}")
        assert alias in needed(template, name)
    # And CodeDeploy moves it.
    update = resource["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    group, _ = the(template, "AWS::CodeDeploy::DeploymentGroup")
    assert update["DeploymentGroupName"] == {"Ref": group}


def test_a_new_version_is_tried_out_before_it_gets_traffic(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    _, alias = the(template, "AWS::Lambda::Alias")
    update = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert update["BeforeAllowTrafficHook"] == {
        "Fn::If": ["HasPreTrafficHook", {"Ref": "PreTrafficFunction"}, {"Ref": "AWS::NoValue"}]
    }
    hook, version = (
        resources["PreTrafficFunction"],
        {"Ref": the(template, "AWS::Lambda::Version")[0]},
    )
    assert hook["Properties"]["Environment"]["Variables"]["VERSION_ARN"] == version
    (policy,) = resources["PreTrafficRole"]["Properties"]["Policies"]
    invokes = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": version}
    assert invokes in policy["PolicyDocument"]["Statement"]
    (policy,) = alternatives(resources["DeploymentRole"]["Properties"]["Policies"][0])
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "lambda:InvokeFunction"
    assert statement["Resource"] == {"Fn::GetAtt": ["PreTrafficFunction", "Arn"]}


def test_the_trial_runs_from_the_image_of_the_function_which_is_built_once() -> None:
    function, hook = (read()["Resources"][name] for name in ("Function", "PreTrafficFunction"))
    built = ("Dockerfile", "DockerContext", "DockerTag", "DockerBuildArgs")
    for name in built:
        assert function["Metadata"][name] == hook["Metadata"][name]
    assert function["Properties"]["Architectures"] == hook["Properties"]["Architectures"]
    (command,) = hook["Properties"]["ImageConfig"]["Command"]
    module, _, name = command.rpartition(".")
    assert callable(getattr(import_module(module), name))


def test_the_stage_waits_for_the_role_that_writes_its_logs(template: dict[str, Any]) -> None:
    stage, resource = the(template, "AWS::ApiGateway::Stage")
    assert resource["Properties"]["AccessLogSetting"]["DestinationArn"]
    assert "ApiGatewayAccount" in needed(template, stage)


def test_nothing_waits_for_itself(template: dict[str, Any]) -> None:
    for name in template["Resources"]:
        assert name not in needed(template, name), name


def test_the_canary_is_undone_by_alarms_that_see_the_new_version(python: Path) -> None:
    template = translated(python, "DeploymentType=Canary10Percent5Minutes")
    _, group = the(template, "AWS::CodeDeploy::DeploymentGroup")
    configuration = group["Properties"]["DeploymentConfigName"]
    assert configuration["Fn::Sub"][1]["ConfigName"] == "Canary10Percent5Minutes"
    on, off = alternatives(group["Properties"]["AlarmConfiguration"])
    assert off == {}
    names = {alarm["Name"]["Ref"] for alarm in on["Alarms"]}
    assert names <= of_type(template, "AWS::CloudWatch::Alarm").keys()
    version, _ = the(template, "AWS::Lambda::Version")
    for name in ("CanaryErrorsAlarm", "CanaryDurationAlarm"):
        assert name in names
        assert version in references(template["Resources"][name]["Properties"])
    events = group["Properties"]["AutoRollbackConfiguration"]["Events"]
    assert "DEPLOYMENT_STOP_ON_ALARM" in events


def test_a_version_is_published_for_each_parameter_that_changes_the_function(
    template: dict[str, Any],
) -> None:
    """SAM hashes the properties with their references unresolved; the description is replaced."""
    function = template["Resources"]["Function"]
    _, version = the(template, "AWS::Lambda::Version")
    own = {
        name: value
        for name, value in function["Properties"].items()
        # Of the function as a whole, not of a version.
        if name not in ("ReservedConcurrentExecutions", "Role", "Code", "Tags")
    }
    conditions = {
        name: set(references(condition))
        for name, condition in template["Conditions"].items()
        if f'"Fn::If": ["{name}",' in json.dumps(own)
    }
    used = set(references(own)).union(*conditions.values()) & template["Parameters"].keys()
    assert {"MemorySize", "AllowOrigin", "Tracing", "SnapStart", "ExistingTable"} <= used
    assert set(references(version["Properties"]["Description"])) == used
    longest = {
        name: max(
            [str(parameter.get("MaxValue", "")), *map(str, parameter.get("AllowedValues", []))],
            key=len,
        )
        or "o" * parameter["MaxLength"]
        for name, parameter in template["Parameters"].items()
        if name in used
    }
    text = version["Properties"]["Description"]["Fn::Sub"]
    for name, value in longest.items():
        text = text.replace(f"${{{name}}}", value)
    assert len(text) <= 256  # AWS Lambda: PublishVersion, Description


def test_what_sam_adds_has_no_wildcard_either(template: dict[str, Any]) -> None:
    assert set(of_type(template, "AWS::IAM::Role")) == {
        "FunctionRole",
        "DeploymentRole",
        "ApiGatewayAccountLogRole",
        "PreTrafficRole",
    }
    for _, statement in statements(template):
        assert "*" not in json.dumps(statement["Action"])


def test_each_alarm_tells_the_topic_and_the_canary_s_tell_codedeploy(
    template: dict[str, Any],
) -> None:
    topic = {"Fn::If": ["HasAlarmTopic", {"Ref": "AlarmTopicArn"}, {"Ref": "AWS::NoValue"}]}
    for name, alarm in of_type(template, "AWS::CloudWatch::Alarm").items():
        told = topic in alarm["Properties"].get("AlarmActions", [])
        assert told != name.startswith("Canary"), name
        assert alarm["Properties"]["TreatMissingData"] == "notBreaching"
        assert alarm["Properties"]["AlarmDescription"]


def test_each_alarm_is_on_the_dashboard(template: dict[str, Any]) -> None:
    _, dashboard = the(template, "AWS::CloudWatch::Dashboard")
    text, _ = dashboard["Properties"]["DashboardBody"]["Fn::Sub"]
    body = json.loads(re.sub(r"\$\{[^}]+\}", "x", text))
    assert len(body["widgets"]) > 5
    shown = set(re.findall(r"\$\{(\w+)\.Arn\}", text))
    assert shown == of_type(template, "AWS::CloudWatch::Alarm").keys()


def test_provisioned_concurrency_is_there_and_scales_only_when_asked_for(
    template: dict[str, Any],
) -> None:
    _, alias = the(template, "AWS::Lambda::Alias")
    condition = alias["Properties"]["ProvisionedConcurrencyConfig"]["Fn::If"][0]
    _, target = the(template, "AWS::ApplicationAutoScaling::ScalableTarget")
    _, policy = the(template, "AWS::ApplicationAutoScaling::ScalingPolicy")
    assert target["Condition"] == policy["Condition"] == condition
    assert target["Properties"]["ResourceId"] == {"Fn::Sub": "function:${Function}:live"}
    assert template["Conditions"][condition] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "ProvisionedConcurrency"}, 0]}]
    }


def test_a_usage_plan_is_for_the_stage(template: dict[str, Any]) -> None:
    stage, _ = the(template, "AWS::ApiGateway::Stage")
    plans = of_type(template, "AWS::ApiGateway::UsagePlan")
    assert len(plans) == 2
    for plan in plans.values():
        assert plan["Properties"]["ApiStages"] == [
            {"ApiId": {"Ref": "Api"}, "Stage": {"Ref": stage}}
        ]
    assert "Quota" not in plans["ContractTestUsagePlan"]["Properties"]
    for kind in ("ApiKey", "UsagePlan", "UsagePlanKey"):
        name = f"ContractTest{kind}"
        assert template["Resources"][name]["Condition"] == "HasContractTestKey"
