"""The stand-in of an AWS account behaves as AWS documents, where the deploy scripts rely on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from drift.imported_api import REGION
from openapi_first.import_document.document import import_document
from openapi_first.openapi.loader import load
from stack.template import ROOT
from support.aws_account.account import AwsAccount
from support.aws_account.packaging import deployed

TABLE = {
    "Type": "AWS::DynamoDB::Table",
    "DeletionPolicy": "Delete",
    "Properties": {
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "DeletionProtectionEnabled": {"Ref": "Protected"},
    },
}
TEMPLATE: dict[str, Any] = {
    "Parameters": {"Protected": {"Type": "String", "Default": "false"}},
    "Resources": {"Table": TABLE, "Log": {"Type": "AWS::Logs::LogGroup", "DependsOn": "Table"}},
    "Outputs": {"Table": {"Value": {"Ref": "Table"}}},
}
Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return import_document(load(ROOT / "openapi.yaml"))


@pytest.fixture
def client(account: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> Client:
    for name, value in account.environment.items():
        monkeypatch.setenv(name, value)
    session = cast(Any, boto3.Session(region_name=REGION))
    config = Config(retries={"total_max_attempts": 1})
    return lambda service: session.client(service, config=config)


def body(**changed: Any) -> str:
    """The template with some resources added or replaced."""
    return json.dumps({**TEMPLATE, "Resources": {**TEMPLATE["Resources"], **changed}})


def refusal(call: Callable[..., Any], **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value)


def statuses(cloudformation: Any, stack: str) -> dict[str, str]:
    listed = cloudformation.list_stack_resources(StackName=stack)["StackResourceSummaries"]
    return {each["LogicalResourceId"]: each["ResourceStatus"] for each in listed}


def test_a_document_is_imported_again_only_if_it_is_another(
    account: AwsAccount, document: dict[str, Any]
) -> None:
    deployed(account, "items", document)
    (api,) = account.region().gateway.apis.values()
    first = api.stages["prod"]["deploymentId"]
    deployed(account, "items", document, parameters={"MemorySize": "1024"})
    assert (len(api.imports), api.stages["prod"]["deploymentId"]) == (1, first)
    stack = deployed(account, "items", {**document, "info": {"title": "Items", "version": "2"}})
    assert len(api.imports) == 2
    assert api.stages["prod"]["deploymentId"] != first
    assert first not in api.deployments
    assert stack.parameters["MemorySize"] == "1024"
    assert stack.template is not None
    assert api.rest.api["name"] == "items"


def test_a_document_with_warnings_is_refused_only_if_that_is_asked_for(
    account: AwsAccount, client: Client, document: dict[str, Any]
) -> None:
    deployed(account, "items", document)
    (api,) = account.region().gateway.apis.values()
    account.region().gateway.warnings.append("Parameter x is ignored")
    asked = {"restApiId": api.id, "mode": "overwrite", "body": json.dumps(document).encode()}
    message = refusal(client("apigateway").put_rest_api, failOnWarnings=True, **asked)
    assert "Parameter x is ignored" in message
    assert len(api.imports) == 1
    assert client("apigateway").put_rest_api(**asked)["warnings"] == ["Parameter x is ignored"]


def test_a_deployment_that_a_stage_has_cannot_be_deleted(
    account: AwsAccount, client: Client, document: dict[str, Any]
) -> None:
    deployed(account, "items", document)
    gateway, (api,) = client("apigateway"), account.region().gateway.apis.values()
    served = api.stages["prod"]["deploymentId"]
    other = gateway.create_deployment(restApiId=api.id, description="kept")["id"]
    which = {"restApiId": api.id, "deploymentId": served}
    assert "must be moved or deleted" in refusal(gateway.delete_deployment, **which)
    change = {"op": "replace", "path": "/deploymentId", "value": other}
    stage = gateway.update_stage(restApiId=api.id, stageName="prod", patchOperations=[change])
    assert stage["deploymentId"] == other
    gateway.delete_deployment(**which)
    (left,) = gateway.get_deployments(restApiId=api.id)["items"]
    assert (left["id"], left["description"]) == (other, "kept")


def test_previous_values_count_and_unknown_names_do_not(client: Client) -> None:
    cloudformation = client("cloudformation")
    protected = {"ParameterKey": "Protected", "ParameterValue": "true"}
    created = {"StackName": "one", "TemplateBody": body()}
    unknown = {"ParameterKey": "Protectd", "ParameterValue": "true"}
    message = refusal(cloudformation.create_stack, **created, Parameters=[unknown])
    assert "Parameters: [Protectd] do not exist in the template" in message
    cloudformation.create_stack(**created, Parameters=[protected])
    kept = {"ParameterKey": "Protected", "UsePreviousValue": True}
    more = body(Topic={"Type": "AWS::SNS::Topic"})
    cloudformation.update_stack(StackName="one", TemplateBody=more, Parameters=[kept])
    (stack,) = cloudformation.describe_stacks(StackName="one")["Stacks"]
    assert stack["Parameters"] == [protected]
    cloudformation.update_stack(StackName="one", TemplateBody=more)
    (stack,) = cloudformation.describe_stacks(StackName="one")["Stacks"]
    assert stack["Parameters"][0]["ParameterValue"] == "false"


def test_an_update_without_a_change_is_refused(client: Client) -> None:
    cloudformation = client("cloudformation")
    asked = {"StackName": "one", "TemplateBody": body()}
    cloudformation.create_stack(**asked)
    assert "No updates are to be performed" in refusal(cloudformation.update_stack, **asked)
    cloudformation.create_change_set(**asked, ChangeSetName="empty")
    found = cloudformation.describe_change_set(StackName="one", ChangeSetName="empty")
    assert (found["Status"], found["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert "didn't contain changes" in found["StatusReason"]


def test_a_failed_creation_leaves_only_what_is_retained(
    account: AwsAccount, client: Client
) -> None:
    cloudformation = client("cloudformation")
    account.fail("Log", "create", "Limit exceeded")
    kept = {**TABLE, "DeletionPolicy": "Retain"}
    empty = {**TABLE, "DeletionPolicy": "RetainExceptOnCreate"}
    asked = body(Table=kept, Empty=empty, Log={"Type": "AWS::Logs::LogGroup", "DependsOn": "Empty"})
    cloudformation.create_stack(StackName="one", TemplateBody=asked)
    (stack,) = cloudformation.describe_stacks(StackName="one")["Stacks"]
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Outputs" not in stack
    found = {"Table": "DELETE_SKIPPED", "Empty": "DELETE_COMPLETE", "Log": "DELETE_COMPLETE"}
    assert statuses(cloudformation, "one") == found
    events = cloudformation.describe_stack_events(StackName="one")["StackEvents"]
    failed = [each for each in events if each["ResourceStatus"] == "CREATE_FAILED"]
    assert [each["ResourceStatusReason"] for each in failed] == ["Limit exceeded"]
    assert len(account.region().tables.tables) == 1
    message = refusal(cloudformation.update_stack, StackName="one", TemplateBody=body())
    assert "is in ROLLBACK_COMPLETE state and can not be updated" in message


def test_a_protected_table_stops_its_deletion(account: AwsAccount, client: Client) -> None:
    cloudformation = client("cloudformation")
    protected = [{"ParameterKey": "Protected", "ParameterValue": "true"}]
    cloudformation.create_stack(StackName="one", TemplateBody=body(), Parameters=protected)
    cloudformation.delete_stack(StackName="one")
    (stack,) = cloudformation.describe_stacks(StackName="one")["Stacks"]
    assert stack["StackStatus"] == "DELETE_FAILED"
    assert stack["StackStatusReason"] == "The following resource(s) failed to delete: [Table]."
    cloudformation.delete_stack(StackName="one", RetainResources=["Table"])
    assert "Stack with id one does not exist" in refusal(
        cloudformation.describe_stacks, StackName="one"
    )
    (deleted,) = cloudformation.describe_stacks(StackName=stack["StackId"])["Stacks"]
    assert deleted["StackStatus"] == "DELETE_COMPLETE"
    (name,) = account.region().tables.tables
    assert client("dynamodb").describe_table(TableName=name)["Table"]["DeletionProtectionEnabled"]


def test_a_failed_update_is_undone_or_stays_failed(account: AwsAccount, client: Client) -> None:
    cloudformation = client("cloudformation")
    cloudformation.create_stack(StackName="one", TemplateBody=body())
    protected = [{"ParameterKey": "Protected", "ParameterValue": "true"}]
    asked = {"StackName": "one", "TemplateBody": body(), "Parameters": protected}
    account.fail("Table", "update")
    cloudformation.update_stack(**asked)
    (stack,) = cloudformation.describe_stacks(StackName="one")["Stacks"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert stack["Parameters"][0]["ParameterValue"] == "false"
    assert statuses(cloudformation, "one")["Table"] == "UPDATE_COMPLETE"
    account.fail("Table", "rollback-update")
    cloudformation.update_stack(**asked)
    (stack,) = cloudformation.describe_stacks(StackName="one")["Stacks"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    assert statuses(cloudformation, "one")["Table"] == "UPDATE_FAILED"
    account.mend()
    assert "can not be updated" in refusal(cloudformation.update_stack, **asked)
    cloudformation.continue_update_rollback(StackName="one")
    (stack,) = cloudformation.describe_stacks(StackName="one")["Stacks"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"


def test_rollback_triggers_are_kept_and_undo_an_update(account: AwsAccount, client: Client) -> None:
    cloudformation = client("cloudformation")
    alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": "faults"}}
    cloudformation.create_stack(StackName="one", TemplateBody=body(Alarm=alarm))
    (found,) = client("cloudwatch").describe_alarms(AlarmNames=["faults"])["MetricAlarms"]
    trigger = {"Arn": found["AlarmArn"], "Type": "AWS::CloudWatch::Alarm"}
    rollback = {"RollbackTriggers": [trigger], "MonitoringTimeInMinutes": 5}
    more = body(Alarm=alarm, Topic={"Type": "AWS::SNS::Topic"})
    asked = {"StackName": "one", "TemplateBody": more}
    cloudformation.update_stack(**asked, RollbackConfiguration=rollback)
    (stack,) = cloudformation.describe_stacks(StackName="one")["Stacks"]
    assert (stack["StackStatus"], stack["RollbackConfiguration"]) == ("UPDATE_COMPLETE", rollback)
    account.region().alarms.states["faults"] = "ALARM"
    cloudformation.update_stack(StackName="one", TemplateBody=body(Alarm=alarm))
    (stack,) = cloudformation.describe_stacks(StackName="one")["Stacks"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "Topic" in statuses(cloudformation, "one")


def test_an_existing_table_is_taken_up(account: AwsAccount, client: Client) -> None:
    cloudformation = client("cloudformation")
    retained = {**TABLE, "DeletionPolicy": "Retain"}
    cloudformation.create_stack(StackName="one", TemplateBody=body(Table=retained))
    cloudformation.delete_stack(StackName="one")
    (name,) = account.region().tables.tables
    imported = {
        "ResourceType": "AWS::DynamoDB::Table",
        "LogicalResourceId": "Table",
        "ResourceIdentifier": {"TableName": name},
    }
    only = {**TEMPLATE, "Resources": {"Table": retained}}
    cloudformation.create_change_set(
        StackName="two",
        ChangeSetName="take",
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(only),
        ResourcesToImport=[imported],
    )
    cloudformation.execute_change_set(StackName="two", ChangeSetName="take")
    (stack,) = cloudformation.describe_stacks(StackName="two")["Stacks"]
    assert (stack["StackStatus"], stack["Outputs"][0]["OutputValue"]) == ("IMPORT_COMPLETE", name)
    assert list(account.region().tables.tables) == [name]


def test_iam_needs_its_capability_and_protection_is_respected(client: Client) -> None:
    cloudformation = client("cloudformation")
    role = body(Role={"Type": "AWS::IAM::Role"})
    asked = {"StackName": "one", "TemplateBody": role}
    assert "Requires capabilities : [CAPABILITY_IAM]" in refusal(
        cloudformation.create_stack, **asked
    )
    cloudformation.create_stack(**asked, Capabilities=["CAPABILITY_IAM"])
    cloudformation.update_termination_protection(StackName="one", EnableTerminationProtection=True)
    message = refusal(cloudformation.delete_stack, StackName="one")
    assert "TerminationProtection is enabled" in message


def test_what_it_does_not_know_is_reported(tmp_path: Path) -> None:
    with AwsAccount().running() as running:
        session = cast(Any, boto3.Session(region_name=REGION))
        keys = {"aws_access_key_id": "id", "aws_secret_access_key": "secret"}
        sns = session.client("sns", endpoint_url=running.url, **keys)
        refusal(sns.list_topics)
        assert [line for line in running.unexpected if "sns:ListTopics" in line]
        running.refuse("Throttling", "sts:GetCallerIdentity", times=1)
        config = Config(retries={"total_max_attempts": 1})
        sts = session.client("sts", endpoint_url=running.url, config=config, **keys)
        assert "Rate exceeded" in refusal(sts.get_caller_identity)
        assert sts.get_caller_identity()["Account"] == "123456789012"
    assert list(tmp_path.iterdir()) == []
