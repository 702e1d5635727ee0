"""Every state of a stack has its sentence, its remedy and its exit status, for every command."""

from __future__ import annotations

from pathlib import Path

import botocore.session
import pytest

from openapi_first.deployment import preparation
from openapi_first.deployment.__main__ import main
from openapi_first.deployment.stack.states import STATES
from support.aws_account.account import AwsAccount

STATUSES = (
    botocore.session.get_session().get_service_model("cloudformation").shape_for("StackStatus").enum
)
WHERE = "account 123456789012, region eu-west-1"
SETTLED = {
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
}
CLEANING_UP = {
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
}
EMPTY = {"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"}
REMEDIES = {
    "CREATE_FAILED": "make undeploy STACK=items",
    "ROLLBACK_FAILED": "make undeploy STACK=items",
    "DELETE_FAILED": "make undeploy STACK=items",
    "UPDATE_FAILED": "rollback-stack --stack-name items --region eu-west-1",
    "UPDATE_ROLLBACK_FAILED": "continue-update-rollback --stack-name items --region eu-west-1",
    "IMPORT_ROLLBACK_FAILED": "--change-set-type IMPORT --stack-name items --region eu-west-1",
    "UPDATE_IN_PROGRESS": "cancel-update-stack --stack-name items --region eu-west-1",
}


@pytest.fixture
def aws(account: AwsAccount, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AwsAccount:
    for name, value in account.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(preparation, "CONFIG", tmp_path / "samconfig.toml")
    account.region().gateway.account["cloudwatchRoleArn"] = "arn:aws:iam::123456789012:role/logs"
    return account


def test_every_status_of_the_sdk_has_its_state() -> None:
    assert set(STATES) == set(STATUSES) - {"DELETE_COMPLETE"}


@pytest.mark.parametrize("status", sorted(set(STATUSES) - {"DELETE_COMPLETE"}))
def test_a_deployment_starts_only_where_it_can_end_well(
    aws: AwsAccount, status: str, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.state("items", status)
    result = main(["check", "--stack", "items"])
    lines = capsys.readouterr().err.splitlines()
    if status in SETTLED | EMPTY:
        assert (result, lines) == (0, [])
    else:
        (line,) = lines
        assert result == 2
        assert line.startswith(f"The stack items ({WHERE}) ")
        assert f"({status})" in line
        assert REMEDIES.get(status, "describe-stacks --stack-name items --region eu-west-1") in line
    assert not aws.asked("cloudformation:DeleteStack")


@pytest.mark.parametrize("task", ["diff", "rollback"])
@pytest.mark.parametrize("status", sorted(set(STATUSES) - {"DELETE_COMPLETE"}))
def test_what_reads_a_stack_needs_one_that_is_deployed(
    aws: AwsAccount, task: str, status: str, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.state("items", status)
    assert main([task, "--stack", "items"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    if status in SETTLED | CLEANING_UP:  # this one has neither outputs nor resources
        assert "Revision is missing" in line or "needs the output RestApiId" in line
    else:
        assert WHERE in line
        assert f"({status})" in line or status in EMPTY
        assert REMEDIES.get(status, "") in line


@pytest.mark.parametrize("status", sorted(set(STATUSES) - {"DELETE_COMPLETE"}))
def test_a_stack_is_removed_unless_something_is_in_progress(
    aws: AwsAccount, status: str, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.state("items", status)
    assert main(["undeploy", "--stack", "items"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    in_progress = status.endswith("_IN_PROGRESS") and status not in EMPTY
    assert ("Wait until it ends" in line) == in_progress
    assert ("YES=1" in line) == (not in_progress)


@pytest.mark.parametrize("status", ["", "DELETE_COMPLETE"])
@pytest.mark.parametrize("task", ["diff", "contract-test", "smoke", "rollback", "undeploy"])
def test_a_stack_that_is_not_there_is_said_with_its_account_and_region(
    aws: AwsAccount, task: str, status: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if status:
        aws.state("items", status)
    assert main([task, "--stack", "items"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"There is no stack items in {WHERE}: ")


@pytest.mark.parametrize("status", ["", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"])
def test_the_gate_is_open_without_a_deployed_stack_only_for_the_first_deployment(
    aws: AwsAccount, status: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if status:
        aws.state("items", status)
    assert main(["diff", "--stack", "items"]) == 2
    assert "FIRST=1" in capsys.readouterr().err
    assert main(["diff", "--stack", "items", "--first"]) == 0
    assert WHERE in capsys.readouterr().out


def test_a_state_that_is_new_is_not_taken_for_a_good_one(
    aws: AwsAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.state("items", "FROZEN")
    assert main(["check", "--stack", "items"]) == 2
    assert "FROZEN, which is not known here" in capsys.readouterr().err


def test_the_resources_that_keep_a_stack_in_its_state_are_named(
    aws: AwsAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = aws.state("items", "UPDATE_ROLLBACK_FAILED", reason="[Table]")
    assert stack.resources == {}
    aws.refuse("AccessDenied", "cloudformation:ListStackResources")
    assert main(["check", "--stack", "items"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "continue-update-rollback" in line
