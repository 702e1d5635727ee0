"""Deployments by the scripts and the real SAM CLI, with all that they send to the account."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openapi_first.import_document.document import import_document
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import contract_hash
from openapi_first.templates.files.tags import read_file
from stack.template import ROOT, TEMPLATE
from support.aws_account.account import AwsAccount
from support.aws_account.messages import Request
from support.aws_account.packaging import deployed
from support.aws_account.project import Project

ORIGIN = "https://shop.example"
NAMES = set(read_file(TEMPLATE).value["Parameters"])


@pytest.fixture
def account(account: AwsAccount) -> AwsAccount:
    """An account whose owner has given API Gateway a role for logs."""
    role = f"arn:aws:iam::{account.region().account}:role/logs"
    for name in ("eu-west-1", "eu-central-1"):
        account.region(name).gateway.account["cloudwatchRoleArn"] = role
    return account


def origins(document: dict[str, Any]) -> set[str]:
    """The origins that the answers to preflights allow."""
    text = json.dumps(document)
    return {origin for origin in ("*", ORIGIN) if f"\"'{origin}'\"" in text}


def test_the_first_deployment_sends_every_parameter_and_protects_the_table_afterwards(
    account: AwsAccount, project: Project
) -> None:
    given = {"AllowOrigin": ORIGIN, "Architecture": "arm64"}
    pairs = " ".join(f"{name}={value}" for name, value in given.items())
    options = ("--stack", "items", "--parameters", pairs, "--tags", "team='the shop'")
    project.succeeds("deploy", *options)
    first, second = account.sent("items")
    assert first.keys() == second.keys() == NAMES
    assert None not in first.values()
    assert {**first, "TableDeletionProtection": "true"} == second
    assert first["TableDeletionProtection"] == "false"
    assert first.items() >= given.items()
    assert [build.tag for build in account.engine.builds] == [
        "function:latest",
        "pretrafficfunction:latest",
    ]
    for build in account.engine.builds:
        assert build.platform == "linux/arm64"
        assert build.arguments == {
            "BASE": "public.ecr.aws/lambda/python:3.13",
            "REVISION": project.head,
            "CONTRACT_HASH": contract_hash(load(ROOT / "openapi.yaml")),
        }
    stack = account.stack("items")
    assert (stack.status, stack.settings.tags) == (
        "UPDATE_COMPLETE",
        ({"Key": "team", "Value": "the shop"},),
    )
    (api,) = account.region().gateway.apis.values()
    assert [origins(each) for each in api.imports] == [{ORIGIN}]
    (table,) = account.region().tables.tables.values()
    assert table.is_protected
    (push, *_) = account.engine.pushes
    function = account.region().functions.functions[stack.resources["Function"].name]
    assert function.configuration["ImageUri"] == f"{push.repository}:{push.tag}"


def test_the_saved_stack_is_deployed_where_it_was(account: AwsAccount, project: Project) -> None:
    """Region and parameters come from samconfig.toml, for boto3 and for SAM."""
    saved = 'stack_name = "items"\nregion = "eu-central-1"\nparameter_overrides = "StageName=v1"\n'
    file = project.folder / "samconfig.toml"
    file.write_text(f"version = 0.1\n[default.deploy.parameters]\n{saved}")
    document = import_document(load(ROOT / "openapi.yaml"))
    own = {"StageName": "v1", "MemorySize": "1024"}
    stack = deployed(account, "items", document, parameters=own, region="eu-central-1")
    project.succeeds("deploy", AWS_REGION="", AWS_DEFAULT_REGION="")
    assert stack.status == "UPDATE_COMPLETE"
    assert {**stack.parameters, **own} == stack.parameters
    assert {each.region for each in account.requests} == {"eu-central-1"}
    number = len(account.requests)
    line = project.refused("deploy", AWS_REGION="eu-west-1")
    assert "samconfig.toml has the stack items in eu-central-1" in line
    assert account.changes(number) == []


def test_a_role_for_logs_is_asked_for_before_anything_is_built(
    account: AwsAccount, project: Project
) -> None:
    del account.region().gateway.account["cloudwatchRoleArn"]
    line = project.refused("deploy", "--stack", "items")
    assert "PARAMETERS='ApiGatewayAccountRole=create'" in line
    assert (account.changes(), account.engine.builds) == ([], [])


def test_a_document_with_warnings_is_not_deployed(account: AwsAccount, project: Project) -> None:
    old = import_document(load(ROOT / "openapi.yaml"))
    deployed(account, "items", {**old, "info": {"title": "Items", "version": "0"}})
    (api,) = account.region().gateway.apis.values()
    served = api.stages["prod"]["deploymentId"]
    gateway = account.region().gateway
    gateway.warnings.append("Unsupported model type")
    gateway.is_warned_of = lambda document: document["info"]["version"] != "0"
    done = project.run("deploy", "--stack", "items")
    assert done.returncode == 1
    assert "Unsupported model type" in done.stdout
    assert "is as it was before" in done.stderr
    assert account.stack("items").status == "UPDATE_ROLLBACK_COMPLETE"
    assert {each["info"]["version"] for each in api.imports} == {"0"}
    assert api.stages["prod"]["deploymentId"] == served


def test_an_update_that_cannot_be_undone_is_told_with_what_to_do(
    account: AwsAccount, project: Project
) -> None:
    deployed(account, "items", import_document(load(ROOT / "openapi.yaml")))
    for action in ("update", "rollback-update"):
        account.fail("ApiStage", action, "Rate exceeded")
    line = project.refused("deploy", "--stack", "items", "--parameters", "Tracing=on")
    assert "(UPDATE_ROLLBACK_FAILED): ApiStage (AWS::ApiGateway::Stage): Rate exceeded" in line
    assert "aws cloudformation continue-update-rollback --stack-name items" in line
    number = len(account.requests)
    assert project.refused("deploy", "--stack", "items") == line
    assert account.changes(number) == []


def test_credentials_that_expire_in_the_middle_leave_nothing_half_done(
    account: AwsAccount, project: Project
) -> None:
    def expired(request: Request) -> None:
        if request.parameters["StackName"] == "items":
            account.refuse("ExpiredToken")

    account.before["cloudformation:ExecuteChangeSet"] = expired
    line = project.refused("deploy", "--stack", "items")
    assert line.startswith("The AWS credentials have expired: sign in again")
    assert account.stack("items").status == "REVIEW_IN_PROGRESS"
    account.before.clear()
    account.mend()
    project.succeeds("deploy", "--stack", "items", "--prebuilt")
    assert account.stack("items").status == "UPDATE_COMPLETE"
