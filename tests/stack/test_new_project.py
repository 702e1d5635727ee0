"""A project that `contract init` wrote is deployed, put back and removed by its own Makefile."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from stack.bootstrap import REGION, bootstrap
from stack.projects import new_project
from support.aws_account.account import AwsAccount
from support.aws_account.project import Project, in_account

STAMPS = [f"-o.venv/{name}.stamp" for name in ("serve", "test", "deploy")]
"""What is installed already."""


@dataclass
class Made:
    """The project, in an account whose owner has given API Gateway a role for logs."""

    account: AwsAccount
    project: Project

    def make(self, *arguments: str, **variables: str) -> str:
        """What a target prints that must succeed."""
        done = self._run(arguments, variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refused(self, *arguments: str) -> str:
        """The one line of a target that must not succeed."""
        done = self._run(arguments, {})
        line, end = done.stderr.splitlines()
        assert end.startswith("make: ***")
        return line

    def _run(
        self, arguments: tuple[str, ...], variables: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        program = f"BIN={Path(sys.executable).parent}"
        return subprocess.run(
            ["make", *STAMPS, program, f"SAM={self.project.sam}", *arguments],
            cwd=self.project.folder,
            env={**self.project.environment, **variables},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
        )


@pytest.fixture
def made(account: AwsAccount, tmp_path: Path, request: pytest.FixtureRequest) -> Made:
    role = f"arn:aws:iam::{account.region().account}:role/logs"
    account.region().gateway.account["cloudwatchRoleArn"] = role
    files = new_project(tmp_path, request.param)
    tools = request.config.getoption("--tools")
    return Made(account, in_account(files, tools, account.environment))


@pytest.mark.parametrize("made", ["starter"], indirect=True)
def test_a_project_from_nothing_is_deployed_changed_put_back_and_removed(made: Made) -> None:
    assert "STACK=NAME" in made.refused("deploy")
    assert "FIRST=1" in made.refused("diff-deployed", "STACK=harbour")
    made.make("diff-deployed", "STACK=harbour", "FIRST=1")
    made.make("deploy", "STACK=harbour", "PARAMETERS=StageName=v1")
    (api,) = made.account.region().gateway.apis.values()
    first, revision = api.stages["v1"]["deploymentId"], made.project.head
    contract = made.project.folder / "openapi.yaml"
    contract.write_text(contract.read_text().replace("title: Harbour", "title: Port"))
    made.project.commit()
    assert "0 breaking" in made.make("diff-deployed", "STACK=harbour")
    made.make("deploy", "STACK=harbour")
    second = api.stages["v1"]["deploymentId"]
    assert first != second
    made.make("rollback", "STACK=harbour", "YES=1")
    assert api.stages["v1"]["deploymentId"] not in (first, second)
    served, other = sorted(made.make("rollback", "STACK=harbour", "LIST=1").splitlines())[::-1]
    assert served.startswith("*"), served
    assert (revision[:12] in served, made.project.head[:12] in other) == (True, True)
    made.make("undeploy", "STACK=harbour", "YES=1")
    assert made.account.cloudformation().find("harbour") is None


@pytest.mark.parametrize("made", ["bearer"], indirect=True)
def test_the_role_of_its_own_bootstrap_template_deploys_it(made: Made) -> None:
    own = made.project.folder / "deployment" / "bootstrap.yaml"
    roles = bootstrap(
        own, GitHubRepository="octocat/harbour", Environment="staging", StackName="harbour"
    )
    assert "dynamodb" not in own.read_text()
    region = made.account.region(REGION)
    role = f"arn:aws:iam::{region.account}:role/logs"
    region.gateway.account["cloudwatchRoleArn"] = role
    region.storage.buckets["setup-bucket-1a2b3c"] = {}
    region.registry.images["setup-images-1a2b3c"] = {}
    made.account.policies = roles.policies("DeployRole")
    options = {
        "ROLE_ARN": roles.arns["ExecutionRole"],
        "BUCKET": "setup-bucket-1a2b3c",
        "IMAGE_REPOSITORY": f"{region.registry.host}/setup-images-1a2b3c",
    }
    made.make("deploy", "STACK=harbour", AWS_REGION=REGION, AWS_DEFAULT_REGION=REGION, **options)
    assert made.account.stack("harbour", REGION).status == "CREATE_COMPLETE"


@pytest.mark.parametrize("made", ["bearer"], indirect=True)
def test_a_stage_without_an_api_key_is_tested_with_credentials_that_are_named(made: Made) -> None:
    said = made.make("deploy", "STACK=harbour")
    assert "[tool.contract.authorizers.token] in pyproject.toml still has the issuer" in said
    for target in ("smoke-deployed", "contract-test-deployed"):
        line = made.refused(target, "STACK=harbour")
        assert line.endswith("ARGS='--credential token=VARIABLE'")
        options = "ARGS=--credential token=TOKEN --dry-run"
        assert "listBerths: a plain request" in made.make(
            target, "STACK=harbour", options, TOKEN="a.b.c"
        )
