"""A stack is deployed, deployed again, taken away and made anew, by the real SAM CLI."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from typing import Any

import pytest

from openapi_first.import_document.document import import_document
from openapi_first.openapi.loader import load
from stack.template import ROOT
from support.aws_account.account import AwsAccount
from support.aws_account.cloudformation.stacks import Stack
from support.aws_account.packaging import deployed as already
from support.aws_account.project import Project
from support.aws_account.services.docker_engine import Build
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


def standing(account: AwsAccount, stack: str = "items", **chosen: str) -> Stack:
    """A stack that was deployed before, quickly."""
    document = import_document(load(ROOT / "openapi.yaml"))
    return already(account, stack, document, parameters={"Architecture": "x86_64", **chosen})


def sent(account: AwsAccount, stack: str = "items") -> list[dict[str, Any]]:
    """The change sets of a stack, in their order."""
    asked = [each.parameters for each in account.asked(CHANGE_SET)]
    return [each for each in asked if each["StackName"] == stack]


def images(account: AwsAccount) -> list[Build]:
    """The builds of the function's image; the hook before traffic has one of its own."""
    return [build for build in account.engine.builds if build.tag.startswith("function:")]


def parameters(change_set: dict[str, Any]) -> dict[str, str]:
    return {each["ParameterKey"]: each["ParameterValue"] for each in change_set["Parameters"]}


def origins(account: AwsAccount) -> list[str]:
    """Whom the documents allow that were imported."""
    apis = account.region().gateway.apis.values()
    found = [re.findall(r"'(https://[^']+|\*)'", str(each)) for api in apis for each in api.imports]
    return [origin for each in found for origin in sorted(set(each))]


def table(account: AwsAccount, stack: Stack) -> Table:
    return account.region().tables.tables[stack.resources["Table"].physical_id]


def in_terminal(project: Project, task: str, *options: str, answers: str) -> str:
    """Runs a command that finds a terminal, and no region in the environment."""
    leader, follower = pty.openpty()
    os.write(leader, answers.encode())
    command = [
        sys.executable,
        "-m",
        "openapi_first.deployment",
        task,
        "--sam",
        str(project.sam),
        *options,
    ]
    without = ("AWS_REGION", "AWS_DEFAULT_REGION")
    run = subprocess.run(
        command,
        cwd=project.folder,
        env={name: value for name, value in project.environment.items() if name not in without},
        stdin=follower,
        capture_output=True,
        text=True,
        timeout=60,
    )
    os.close(leader)
    os.close(follower)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_the_first_deployment_asks_and_later_ones_keep_what_the_stack_has(
    account: AwsAccount, project: Project
) -> None:
    given = ("--parameters", "Architecture=arm64 MemorySize=1024", "--tags", "team=shop 'a b'=c")
    answers = f"items\neu-west-1\n\n{ORIGIN}\n"
    output = in_terminal(project, "deploy", *given, answers=answers)
    assert output.count("]: ") == 3  # the region has no default here
    first, protection = sent(account)
    assert parameters(first)["TableDeletionProtection"] == "false"
    assert parameters(protection)["TableDeletionProtection"] == "true"
    assert table(account, account.stack("items")).is_protected
    assert len(images(account)) == 1
    (project.folder / "samconfig.toml").unlink()

    number = len(account.requests)
    deployed(project)
    # SAM finds out that nothing is to be changed by a change set, which is never executed.
    assert account.changes(number) == ["cloudformation:UpdateStack", CHANGE_SET]
    assert parameters(sent(account)[-1]) == parameters(protection)
    deployed(project, "--parameters", "MemorySize=512", "--tags", "cost=7")
    before, after = sent(account)[-2:]
    assert {*parameters(before).items()} ^ {*parameters(after).items()} == {
        ("MemorySize", "1024"),
        ("MemorySize", "512"),
    }
    assert parameters(after)["AllowOrigin"] == ORIGIN
    assert {build.platform for build in account.engine.builds} == {"linux/arm64"}
    assert origins(account) == [ORIGIN]
    tags = {each["Key"]: each["Value"] for each in after["Tags"]}
    assert tags == {"team": "shop", "a b": "c", "cost": "7"}


def test_what_is_saved_counts_for_later_commands_and_for_no_other_region(
    account: AwsAccount, project: Project
) -> None:
    in_terminal(project, "check", answers=f"items\neu-west-1\n\n{ORIGIN}\n")
    assert "already" not in in_terminal(project, "check", answers="")
    assert sent(account) == []
    run = project.run("check", AWS_REGION="us-east-1")
    assert run.returncode == 2
    assert "samconfig.toml has the stack items in eu-west-1" in run.stderr
    assert project.run("check", "--stack", "other", AWS_REGION="us-east-1").returncode == 2
    account.region("us-east-1").gateway.account["cloudwatchRoleArn"] = "arn:role"
    assert project.run("check", "--stack", "items", AWS_REGION="us-east-1").returncode == 0


def test_a_second_stage_does_not_take_the_parameters_of_the_saved_one(
    account: AwsAccount, project: Project
) -> None:
    standing(account, stack="items-staging")
    standing(account)
    (project.folder / "samconfig.toml").write_text(
        '[default.deploy.parameters]\nstack_name = "items"\nregion = "eu-west-1"\n'
        f'parameter_overrides = "AllowOrigin={ORIGIN}"\ns3_prefix = "of-items"\n'
    )
    deployed(project, "--parameters", "LogLevel=DEBUG", stack="items-staging")
    assert not any("of-items" in str(each.parameters) for each in account.requests)
    assert parameters(sent(account, "items-staging")[-1])["AllowOrigin"] == "*"
    run = project.run("deploy")
    assert run.returncode == 0, run.stderr
    assert "AllowOrigin=* stays, as in the stack" in run.stdout
    assert any("of-items" in str(each.parameters) for each in account.requests)


def test_what_is_left_of_a_failed_first_deployment_makes_room_for_the_next(
    account: AwsAccount, project: Project
) -> None:
    account.fail("ApiStage", reason="No log role")
    output = deployed(project, "--parameters", f"AllowOrigin={ORIGIN}", status=1)
    assert "holds nothing: correct the first failure above" in output
    failed = account.stack("items")
    assert failed.status == "ROLLBACK_COMPLETE"
    assert account.region().tables.tables == {}
    account.mend()
    assert "could not be created: deleting what is left" in deployed(project)
    assert failed.status == "DELETE_COMPLETE"
    assert account.stack("items").status == "UPDATE_COMPLETE"
    assert parameters(sent(account)[-1])["AllowOrigin"] == ORIGIN


def test_a_failed_update_leaves_the_stack_as_it_was(account: AwsAccount, project: Project) -> None:
    standing(account)
    account.fail("Function", "update", reason="Too large")
    output = deployed(project, "--parameters", "MemorySize=1024", status=1)
    assert "is as it was before: correct the first failure above" in output
    assert account.stack("items").parameters["MemorySize"] == "512"


def test_undeploy_names_what_stays_and_a_new_stack_takes_it_up(
    account: AwsAccount, project: Project
) -> None:
    stack = standing(account)
    name = stack.resources["Table"].physical_id
    run = project.run("undeploy", "--stack", "items")
    assert (run.returncode, stack.status) == (2, "CREATE_COMPLETE")
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
    standing(account)
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
    assert "RollbackAlarms=off" in output
    assert len(account.engine.builds) == before
    account.region().alarms.states.clear()
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
    (built,) = images(account)
    builds = list(account.engine.builds)
    assert built.arguments["BASE"] == "base.example/python:3.13"
    standing(account, "items-staging", Architecture="arm64", StageName="staging")
    standing(account, Architecture="arm64", AllowOrigin=ORIGIN)
    deployed(project, "--prebuilt", stack="items-staging")
    deployed(project, "--prebuilt")
    assert account.engine.builds == builds
    pushed = [push for push in account.engine.pushes if "/function" in push.repository]
    assert len(pushed) == 2
    assert len({push.image for push in pushed}) == 1
    for stack in ("items", "items-staging"):
        found = parameters(sent(account, stack)[-1])
        assert found["Architecture"] == "arm64"
        assert found["BaseImage"] == "base.example/python:3.13"
    document = (project.folder / "build" / "openapi.gateway.json").read_text()
    assert f"'{ORIGIN}'" in document


def test_an_image_that_does_not_fit_its_stack_is_refused(
    account: AwsAccount, project: Project
) -> None:
    assert "run `make sam-build` first" in deployed(project, "--prebuilt", status=2)
    standing(account)
    assert project.run("build", "--parameters", "Architecture=arm64").returncode == 0
    contract = project.folder / "openapi.yaml"
    contract.write_text(contract.read_text() + "x-changed: true\n")
    output = deployed(project, "--prebuilt", status=2)
    assert "was built for Architecture=arm64, and items is to have x86_64" in output
    assert "was built for another contract" in output
    assert sent(account) == []


def test_a_build_that_fails_changes_nothing(account: AwsAccount, project: Project) -> None:
    account.engine.broken = "no space left"
    assert project.run("deploy", "--stack", "items").returncode != 0
    assert sent(account) == []


def test_of_two_deployments_at_once_the_second_gives_way(
    account: AwsAccount, project: Project
) -> None:
    standing(account)

    class Meanwhile(list[Any]):
        def append(self, build: Any) -> None:
            account.state("items", "UPDATE_IN_PROGRESS")

    account.engine.builds = Meanwhile()
    output = deployed(project, "--parameters", "MemorySize=1024", status=2)
    assert "is being updated (UPDATE_IN_PROGRESS). Wait until it ends" in output
    assert sent(account) == []


def test_a_role_a_repository_and_a_bucket_are_passed_on(
    account: AwsAccount, project: Project
) -> None:
    role = "arn:aws:iam::123456789012:role/cloudformation"
    registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/items"
    account.region().storage.buckets["artefacts"] = {}
    account.region().registry.images["items"] = {}
    standing(account)
    options = ("--role-arn", role, "--image-repository", registry, "--bucket", "artefacts")
    deployed(project, *options)
    assert {each["RoleARN"] for each in sent(account)} == {role}
    assert {each.repository for each in account.engine.pushes} == {registry}
    assert [*account.cloudformation().stacks.values()] == [account.stack("items")]
    assert all(key.startswith("items/") for key in account.region().storage.buckets["artefacts"])


def test_a_change_set_that_nobody_executes_is_not_taken_for_a_deployment(
    account: AwsAccount, project: Project
) -> None:
    (project.folder / "samconfig.toml").write_text(
        "[default.deploy.parameters]\nstack_name = 'items'\nno_execute_changeset = true\n"
    )
    output = deployed(project, status=1)
    assert "has a change set that is not executed: nothing was deployed." in output
    assert "Deploying once more" not in output
    assert account.stack("items").status == "REVIEW_IN_PROGRESS"


def test_a_first_deployment_whose_table_is_not_protected_says_so(
    account: AwsAccount, project: Project
) -> None:
    assert project.run("build").returncode == 0

    def protects(request: Any) -> None:
        items = account.cloudformation().find("items")
        if request.parameters["StackName"] == "items" and items is not None:
            account.refuse("AccessDenied", "cloudformation:CreateChangeSet", times=1)

    account.before[CHANGE_SET] = protects
    output = deployed(project, "--prebuilt", status=1)
    assert "its table is not protected yet" in output
    assert not table(account, account.stack("items")).is_protected
