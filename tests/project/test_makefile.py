"""`make` in a new project, with an `aws`, a `sam` and a `contract` that log their arguments."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest

from openapi_first.cli.main import main

LOGS = """#!{python}
import json, os, sys
with open({log!r}, "a") as log:
    log.write(json.dumps([os.path.basename(sys.argv[0]), *sys.argv[1:]]) + "\\n")
if sys.argv[0].endswith("aws"):
    outputs, name = json.loads(os.environ["OUTPUTS"]), sys.argv[-1].split("'")[1]
    if outputs is None:
        sys.exit("Stack with id shop does not exist")
    print(outputs.get(name))
"""


@dataclass(frozen=True)
class Project:
    folder: Path

    def make(
        self, *arguments: str, outputs: dict[str, str] | None = None
    ) -> tuple[subprocess.CompletedProcess[str], list[list[str]]]:
        """The finished process, and the calls of the three commands."""
        log = self.folder.parent / "log"
        log.write_text("")
        path = f"{self.folder.parent / 'bin'}:{os.environ['PATH']}"
        stamps = [f"-o.venv/{name}.stamp" for name in ("serve", "test", "dev")]
        done = subprocess.run(
            ["make", *stamps, f"BIN={self.folder.parent / 'bin'}", *arguments],
            cwd=self.folder,
            env={**os.environ, "PATH": path, "OUTPUTS": json.dumps(outputs), "CI": "true"},
            capture_output=True,
            text=True,
        )
        return done, [json.loads(line) for line in log.read_text().splitlines()]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    above = tmp_path_factory.mktemp("made")
    number = version("openapi-first-serverless")
    wheel = above / f"openapi_first_serverless-{number}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"openapi_first_serverless-{number}.dist-info/METADATA", "")
    (above / "bin").mkdir()
    for name in ("aws", "sam", "contract"):
        program = above / "bin" / name
        program.write_text(LOGS.format(python=sys.executable, log=str(above / "log")))
        program.chmod(0o755)
    assert main(["init", str(above / "shop"), "--wheel", str(wheel)]) == 0
    folder = above / "shop"
    (folder / "build").mkdir()
    (folder / "build" / "compiled.py").write_text("HASH = 'abc'\n")
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b.c")
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "First"]):
        subprocess.run([*git, *command], cwd=folder, check=True)
    return Project(folder)


def revision(project: Project) -> str:
    command = ("git", "rev-parse", "HEAD")
    done = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_deployment_has_the_commit_the_origins_and_the_parameters(project: Project) -> None:
    done, calls = project.make(
        "deploy",
        "STACK=shop-staging",
        "PARAMETERS=StageName=staging",
        "ORIGINS=https://a https://b",
    )
    assert done.returncode == 0, done.stderr
    gateway, compile_, build, deploy = calls
    assert gateway == [
        *("contract", "gateway", "--allow-origin", "https://a", "--allow-origin", "https://b"),
        *("--security-policy", "SecurityPolicy_TLS13_1_2_2021_06"),
        *("-o", "build/openapi.gateway.json"),
    ]
    assert compile_[:2] == ["contract", "compile"]
    parameters = [
        "AllowOrigin=https://a,https://b",
        *("SecurityPolicy=SecurityPolicy_TLS13_1_2_2021_06", "StageName=staging"),
        *(f"Revision={revision(project)}", "ContractHash=abc"),
    ]
    assert build == ["sam", "build", "--parameter-overrides", *parameters]
    assert deploy[:4] == ["sam", "deploy", "--stack-name", "shop-staging"]
    assert deploy[5:10] == parameters
    assert deploy[-1] == "--no-confirm-changeset"


def test_what_was_built_before_is_deployed_without_a_build(project: Project) -> None:
    done, calls = project.make("deploy", "PREBUILT=1")
    assert done.returncode == 0, done.stderr
    assert [call[:2] for call in calls if call[0] == "sam"] == [["sam", "deploy"]]
    assert "AllowOrigin=*" in calls[-1]
    assert calls[-1][3] == "shop"


def test_contract_tests_of_a_stack_use_its_url_and_its_key(project: Project) -> None:
    outputs = {"Url": "https://x/prod", "ContractTestKeyId": "k"}
    done, calls = project.make("contract-test", "STACK=shop", "ARGS=--seed 1", outputs=outputs)
    assert done.returncode == 0, done.stderr
    assert calls[-1] == [
        *("contract", "test", "https://x/prod", "--api-key-id", "k", "--seed", "1"),
    ]


@pytest.mark.parametrize("outputs", [None, {"Url": "https://x/prod"}])
def test_contract_tests_of_a_stack_that_is_not_there_do_not_test_another(
    project: Project, outputs: dict[str, str] | None
) -> None:
    done, calls = project.make("contract-test", "STACK=shop", outputs=outputs)
    assert done.returncode == 2
    assert all(call[0] == "aws" for call in calls)


def test_the_contract_is_compared_with_what_a_stack_was_deployed_from(project: Project) -> None:
    outputs = {"Revision": f"{revision(project)}-dirty"}
    done, calls = project.make("diff", "STACK=shop", outputs=outputs)
    assert done.returncode == 0, done.stderr
    assert calls[-1] == ["contract", "diff", "build/since/openapi.yaml", "openapi.yaml"]
    since = project.folder / "build" / "since" / "openapi.yaml"
    assert since.read_text() == (project.folder / "openapi.yaml").read_text()


def test_the_first_deployment_has_nothing_to_compare_with(project: Project) -> None:
    done, calls = project.make("diff", "STACK=shop", outputs=None)
    assert (done.returncode, len(calls)) == (0, 1)
    assert "does not exist" in done.stderr


def test_a_stack_that_does_not_say_its_commit_is_an_error(project: Project) -> None:
    done, _ = project.make("diff", "STACK=shop", outputs={})
    assert done.returncode == 2
    assert "The stack shop has no output Revision." in done.stderr
