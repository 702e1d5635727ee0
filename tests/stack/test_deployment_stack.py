"""A stack is deployed, deployed again, taken away and made anew, by the real SAM CLI."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from typing import Any

import pytest

from support.aws_account.account import AwsAccount
from support.aws_account.cloudformation.stacks import Stack
from support.aws_account.project import Project
from support.aws_account.services.observed import Table

ORIGIN = "https://shop.example"
CHANGE_SET = "cloudformation:CreateChangeSet"
NONE = {"RollbackTriggers": [], "MonitoringTimeInMinutes": 0}


@pytest.fixture(autouse=True)
def log_role(account: AwsAccount) -> None:
    account.region().gateway.account["cloudwatchRoleArn"] = "arn:aws:iam::123456789012:role/logs"


def deployed(project: Project, *options: str, stack: str = "items", status: int = 0) -> str:
    run = project.run("deploy", "--stack", stack, *options)
    assert run.returncode == status, run.stdout + run.stderr
    return run.stdout + run.stderr


def sent(account: AwsAccount, stack: str = "items") -> list[dict[str, Any]]:
    """The change sets of a stack, in their order."""
    asked = [each.parameters for each in account.asked(CHANGE_SET)]
    return [each for each in asked if each["StackName"] == stack]


def parameters(change_set: dict[str, Any]) -> dict[str, str]:
    return {each["ParameterKey"]: each["ParameterValue"] for each in change_set["Parameters"]}


def origins(account: AwsAccount) -> list[str]:
    """Whom the documents allow that were imported."""
    apis = account.region().gateway.apis.values()
    found = [re.findall(r"'(https://[^']+|\*)'", str(each)) for api in apis for each in api.imports]
    return [origin for each in found for origin in sorted(set(each))]


def table(account: AwsAccount, stack: Stack) -> Table:
    return account.region().tables.tables[stack.resources["Table"].physical_id]


def test_a_second_deployment_without_arguments_is_for_the_same_parameters(
    account: AwsAccount, project: Project
) -> None:
    deployed(project, "--parameters", f"AllowOrigin={ORIGIN} Architecture=arm64 MemorySize=1024")
    first, protection = sent(account)
    assert parameters(first)["TableDeletionProtection"] == "false"
    assert parameters(protection)["TableDeletionProtection"] == "true"
    assert table(account, account.stack("items")).is_protected
    (project.folder / "openapi.yaml").open("a").write("x-changed: true\n")
    deployed(project)
    again = parameters(sent(account)[-1])
    assert [again[name] for name in ("AllowOrigin", "Architecture", "MemorySize")] == [
        ORIGIN,
        "arm64",
        "1024",
    ]
    kept = {*parameters(first)} - {"TableDeletionProtection", "Revision", "ContractHash"}
    assert {name: again[name] for name in kept} == {name: parameters(first)[name] for name in kept}
    assert {build.platform for build in account.engine.builds} == {"linux/arm64"}
    assert origins(account) == [ORIGIN]  # the extension changes no byte of the document


def test_a_changed_parameter_changes_nothing_else(account: AwsAccount, project: Project) -> None:
    deployed(project, "--parameters", f"AllowOrigin={ORIGIN}", "--tags", "team=shop 'a b'='c d'")
    deployed(project, "--parameters", "MemorySize=1024", "--tags", "cost=7")
    before, after = sent(account)[-2:]
    assert {*parameters(before).items()} ^ {*parameters(after).items()} == {
        ("MemorySize", "512"),
        ("MemorySize", "1024"),
    }
    tags = {each["Key"]: each["Value"] for each in after["Tags"]}
    assert tags == {"team": "shop", "a b": "c d", "cost": "7"}


def test_a_second_stage_does_not_take_the_parameters_of_the_saved_one(
    account: AwsAccount, project: Project
) -> None:
    (project.folder / "samconfig.toml").write_text(
        '[default.deploy.parameters]\nstack_name = "items"\nregion = "eu-west-1"\n'
        f'parameter_overrides = "AllowOrigin={ORIGIN}"\ns3_prefix = "of-items"\n'
    )
    deployed(project, "--parameters", "StageName=staging", stack="items-staging")
    assert origins(account) == ["*"]
    assert not any("of-items" in str(each.parameters) for each in account.requests)
    run = project.run("deploy")
    assert run.returncode == 0, run.stderr
    assert origins(account) == ["*", ORIGIN]
    assert any("of-items" in str(each.parameters) for each in account.requests)


def test_what_is_left_of_a_failed_first_deployment_makes_room_for_the_next(
    account: AwsAccount, project: Project
) -> None:
    account.fail("ApiStage", reason="No log role")
    output = deployed(project, "--parameters", f"AllowOrigin={ORIGIN}", status=1)
    assert "holds nothing: correct the first failure above" in output
    failed = account.stack("items")
    assert (failed.status, failed.kept) == ("ROLLBACK_COMPLETE", [])
    account.mend()
    assert "could not be created: deleting what is left" in deployed(project)
    assert failed.status == "DELETE_COMPLETE"
    assert account.stack("items").status == "UPDATE_COMPLETE"
    assert parameters(sent(account)[-1])["AllowOrigin"] == ORIGIN


def test_a_failed_update_leaves_the_stack_as_it_was(account: AwsAccount, project: Project) -> None:
    deployed(project)
    account.fail("Function", "update", reason="Too large")
    output = deployed(project, "--parameters", "MemorySize=1024", status=1)
    assert "is as it was before: correct the first failure above" in output
    account.mend()
    deployed(project)
    assert parameters(sent(account)[-1])["MemorySize"] == "512"


def test_undeploy_names_what_stays_and_a_new_stack_takes_it_up(
    account: AwsAccount, project: Project
) -> None:
    deployed(project)
    stack = account.stack("items")
    name = stack.resources["Table"].physical_id
    run = project.run("undeploy", "--stack", "items")
    assert (run.returncode, stack.status) == (2, "UPDATE_COMPLETE")
    run = project.run("undeploy", "--stack", "items", "--yes")
    assert run.returncode == 0, run.stderr
    assert stack.status == "DELETE_COMPLETE"
    lines = run.stdout[run.stdout.index("is removed. These stay:") :].splitlines()[1:]
    kinds = sorted(line.split()[1] for line in lines)
    assert kinds == ["log", "log", "table"]
    assert f"PARAMETERS='ExistingTable={name}'" in run.stdout
    region = "--region eu-west-1"
    assert f"update-table --table-name {name} {region} --no-deletion" in run.stdout
    assert f"aws dynamodb delete-table --table-name {name} {region}" in run.stdout
    deployed(project, "--parameters", f"ExistingTable={name}")
    anew = account.stack("items")
    assert "Table" not in anew.resources
    assert account.region().tables.tables.keys() == {name}
    run = project.run("undeploy", "--stack", "items", "--yes")
    assert f"the table {name}. Take it up again" in run.stdout


def test_a_table_that_does_not_fit_is_refused_before_anything_is_built(
    account: AwsAccount, project: Project
) -> None:
    output = deployed(project, "--parameters", "ExistingTable=gone", status=2)
    assert "there is no such table in account 123456789012, region eu-west-1" in output
    assert account.engine.builds == []
    assert sent(account) == []


def test_alarms_on_the_rates_of_errors_undo_an_update(
    account: AwsAccount, project: Project
) -> None:
    deployed(project)
    assert [each.get("RollbackConfiguration") for each in sent(account)] == [None, None]
    deployed(project, "--parameters", "MemorySize=1024", "--monitor", "7")
    rollback = sent(account)[-1]["RollbackConfiguration"]
    names = [each["Arn"].rpartition(":")[2] for each in rollback["RollbackTriggers"]]
    alarms = account.region().alarms
    assert names
    for name in names:
        assert "4XXError" in str(alarms.alarms[name]) or "5XXError" in str(alarms.alarms[name])
    assert rollback["MonitoringTimeInMinutes"] == 7
    alarms.states[names[0]] = "ALARM"
    before = len(account.engine.builds)
    output = deployed(project, "--parameters", "MemorySize=2048", "--monitor", "7", status=2)
    assert f"{names[0]} would undo this deployment" in output
    assert "MONITOR=0" in output
    assert len(account.engine.builds) == before
    deployed(project, "--parameters", "MemorySize=2048", "--monitor", "0")
    assert sent(account)[-1]["RollbackConfiguration"] == NONE
    others = [each.parameters for each in account.asked(CHANGE_SET)]
    others = [each for each in others if each["StackName"] != "items"]
    assert others
    assert not any("RollbackConfiguration" in each for each in others)


def test_one_image_goes_to_two_stacks(account: AwsAccount, project: Project) -> None:
    given = ("--parameters", "Architecture=arm64 BaseImage=base.example/python:3.13")
    run = project.run("build", *given, AWS_ACCESS_KEY_ID="", AWS_REGION="", AWS_DEFAULT_REGION="")
    assert run.returncode == 0, run.stderr
    assert account.requests == []
    (built,) = account.engine.builds
    assert built.arguments["BASE"] == "base.example/python:3.13"
    deployed(project, "--prebuilt", "--parameters", "StageName=staging", stack="items-staging")
    deployed(project, "--prebuilt", "--parameters", f"AllowOrigin={ORIGIN}")
    assert account.engine.builds == [built]
    assert len({push.image for push in account.engine.pushes}) == 1
    for stack in ("items", "items-staging"):
        found = parameters(sent(account, stack)[-1])
        assert found["Architecture"] == "arm64"
        assert found["BaseImage"] == "base.example/python:3.13"
    assert origins(account) == ["*", ORIGIN]


def test_an_image_that_does_not_fit_its_stack_is_refused(
    account: AwsAccount, project: Project
) -> None:
    assert "run `make sam-build` first" in deployed(project, "--prebuilt", status=2)
    deployed(project, "--parameters", "Architecture=x86_64")
    requests = len(sent(account))
    assert project.run("build", "--parameters", "Architecture=arm64").returncode == 0
    (project.folder / "openapi.yaml").open("a").write("x-changed: true\n")
    output = deployed(project, "--prebuilt", status=2)
    assert "was built for Architecture=arm64, and items is to have x86_64" in output
    assert "was built for another openapi.yaml" in output
    assert len(sent(account)) == requests


def test_a_build_that_fails_changes_nothing(account: AwsAccount, project: Project) -> None:
    account.engine.broken = "no space left"
    assert project.run("deploy", "--stack", "items").returncode != 0
    assert sent(account) == []


def test_of_two_deployments_at_once_the_second_gives_way(
    account: AwsAccount, project: Project
) -> None:
    deployed(project)
    requests = len(sent(account))

    class Meanwhile(list[Any]):
        def append(self, build: Any) -> None:
            account.state("items", "UPDATE_IN_PROGRESS")

    account.engine.builds = Meanwhile()
    output = deployed(project, "--parameters", "MemorySize=1024", status=2)
    assert "is being updated (UPDATE_IN_PROGRESS). Wait until it ends" in output
    assert len(sent(account)) == requests


def test_a_role_a_repository_and_a_bucket_are_passed_on(
    account: AwsAccount, project: Project
) -> None:
    role = "arn:aws:iam::123456789012:role/cloudformation"
    registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/items"
    account.region().storage.buckets["artefacts"] = {}
    account.region().registry.repository("items")
    options = ("--role-arn", role, "--image-repository", registry, "--bucket", "artefacts")
    deployed(project, *options)
    assert {each["RoleARN"] for each in sent(account)} == {role}
    assert {each.repository for each in account.engine.pushes} == {registry}
    assert [*account.cloudformation().stacks.values()] == [account.stack("items")]
    assert all(key.startswith("items/") for key in account.region().storage.buckets["artefacts"])


def test_the_same_document_is_imported_again_if_asked(
    account: AwsAccount, project: Project
) -> None:
    deployed(project)
    (api,) = account.region().gateway.apis.values()
    deployed(project)
    assert len(api.imports) == 1
    deployed(project, "--reimport")
    assert len(api.imports) == 2
    run = project.run("rollback", "--stack", "items", "--list")
    assert (run.returncode, run.stdout.count("contract ")) == (0, 2), run.stderr


def test_the_first_deployment_asks_saves_and_deploys_once(
    account: AwsAccount, project: Project
) -> None:
    answers = f"items\neu-west-1\n\n{ORIGIN}\n"
    leader, follower = pty.openpty()
    os.write(leader, answers.encode())
    command = [
        sys.executable,
        "-m",
        "openapi_first.deployment",
        "deploy",
        "--sam",
        str(project.sam),
    ]
    variables = {**project.environment, "AWS_REGION": "", "AWS_DEFAULT_REGION": ""}
    run = subprocess.run(
        command,
        cwd=project.folder,
        env={name: value for name, value in variables.items() if value},
        stdin=follower,
        capture_output=True,
        text=True,
        timeout=60,
    )
    os.close(leader)
    os.close(follower)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("]: ") == 3
    assert origins(account) == [ORIGIN]
    assert len(account.engine.builds) == 1
    run = project.run("check", AWS_REGION="", AWS_DEFAULT_REGION="")
    assert (run.returncode, run.stderr) == (0, "")
    run = project.run("check", AWS_REGION="us-east-1")
    assert run.returncode == 2
    assert "samconfig.toml has the stack items in eu-west-1" in run.stderr
