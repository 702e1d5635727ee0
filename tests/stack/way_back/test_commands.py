"""`make deploy`, `make rollback` and `make smoke-deployed` in a project, with the real SAM CLI."""

from __future__ import annotations

import re

import pytest

from support.aws_account.account import AwsAccount
from support.aws_account.project import Project
from support.aws_account.services.gateway import Api


@pytest.fixture(autouse=True)
def _log_role(account: AwsAccount) -> None:
    account.region().gateway.account["cloudwatchRoleArn"] = "arn:aws:iam::123456789012:role/logs"


def the_api(account: AwsAccount) -> Api:
    (found,) = account.region().gateway.apis.values()
    return found


def release(project: Project, version: str) -> None:
    contract = project.folder / "openapi.yaml"
    text = re.sub(r"(?m)^  version: .*$", f"  version: {version}", contract.read_text())
    contract.write_text(text)
    project.commit(f"Release {version}")
    done = project.run("deploy", "--stack", "items")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_release_is_put_back_and_imported_again(account: AwsAccount, project: Project) -> None:
    release(project, "1.0.1")
    release(project, "1.0.2")
    listed = project.run("rollback", "--stack", "items", "--list")
    assert listed.returncode == 0, listed.stderr
    assert [line[0] for line in listed.stdout.splitlines()] == ["*", " "]

    asked = project.run("rollback", "--stack", "items")
    assert asked.returncode == 2
    assert "YES=1" in asked.stderr
    done = project.run("rollback", "--stack", "items", "--yes")
    assert done.returncode == 0, done.stderr
    api = the_api(account)
    assert api.served("prod").api["version"] == "1.0.1"

    again = project.run("deploy", "--stack", "items")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "still serves what it was put back to" in again.stdout
    assert api.served("prod").api["version"] == "1.0.1"

    imports = len(api.imports)
    api.rest.method("/items", "GET")["apiKeyRequired"] = False
    drifted = project.run("drift", "--stack", "items")
    assert drifted.returncode == 1, drifted.stdout + drifted.stderr
    assert "REIMPORT=1" in drifted.stdout
    forward = project.run("deploy", "--stack", "items", "--reimport")
    assert forward.returncode == 0, forward.stdout + forward.stderr
    assert len(api.imports) == imports + 1
    assert api.served("prod").api["version"] == "1.0.2"
    assert api.served("prod").method("/items", "GET")["apiKeyRequired"] is True
    assert api.rest.api["name"] == "items"
    in_sync = project.run("drift", "--stack", "items")
    assert in_sync.returncode == 0, in_sync.stdout + in_sync.stderr


def test_a_stack_in_a_wrong_state_is_refused(account: AwsAccount, project: Project) -> None:
    missing = project.run("rollback", "--stack", "items", "--yes")
    assert missing.returncode == 2
    assert "items" in missing.stderr
    account.state("items", "UPDATE_IN_PROGRESS")
    for task in ("rollback", "smoke"):
        done = project.run(task, "--stack", "items")
        assert done.returncode == 2
        assert "is being updated" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_deployment_that_cannot_be_kept_is_deployed_all_the_same(
    account: AwsAccount, project: Project
) -> None:
    account.refuse("AccessDeniedException", "apigateway:GetDeployments")
    done = project.run("deploy", "--stack", "items")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "without a way back" in done.stderr
