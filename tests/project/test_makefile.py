"""`make` in a new project, with a `python` and a `contract` that log their arguments."""

from __future__ import annotations

import json
import os
import re
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
"""


@dataclass(frozen=True)
class Project:
    folder: Path

    def make(self, *arguments: str) -> tuple[subprocess.CompletedProcess[str], list[list[str]]]:
        """The finished process, and the calls of the two commands."""
        log = self.folder.parent / "log"
        log.write_text("")
        path = f"{self.folder.parent / 'bin'}:{os.environ['PATH']}"
        stamps = [f"-o.venv/{name}.stamp" for name in ("serve", "test", "deploy", "dev")]
        done = subprocess.run(
            ["make", *stamps, f"BIN={self.folder.parent / 'bin'}", *arguments],
            cwd=self.folder,
            env={**os.environ, "PATH": path, "CI": "true"},
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
    for name in ("python", "contract"):
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


DEPLOYMENT = ["python", "-m", "openapi_first.deployment"]


@pytest.mark.parametrize(
    ("arguments", "task", "options"),
    [
        (("deploy", "STACK=shop-staging", "PREBUILT=1"), "deploy", ["--prebuilt"]),
        (("deploy", "STACK=shop-staging", "REIMPORT=1"), "deploy", ["--reimport"]),
        (("sam-build", "STACK=shop-staging"), "build", []),
        (("undeploy", "STACK=shop-staging", "YES=1"), "undeploy", ["--yes"]),
        (("diff-deployed", "STACK=shop-staging", "FIRST=1"), "diff", ["--first"]),
        (("contract-test-deployed", "STACK=shop-staging"), "contract-test", []),
        (("smoke-deployed", "STACK=shop-staging"), "smoke", []),
        (("rollback", "STACK=shop-staging", "TO=abc", "YES=1"), "rollback", ["--to=abc"]),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_the_stack_and_the_options_reach_the_task(
    project: Project, arguments: tuple[str, ...], task: str, options: list[str]
) -> None:
    done, calls = project.make(*arguments, "PARAMETERS=StageName=staging AllowOrigin=https://a")
    assert done.returncode == 0, done.stderr
    (call,) = calls
    assert call[:4] == [*DEPLOYMENT, task]
    assert call[4:8] == [
        *("--sam", "sam", "--stack=shop-staging"),
        "--parameters=StageName=staging AllowOrigin=https://a",
    ]
    assert " ".join(options) in " ".join(call[8:])


def test_the_contract_is_compared_with_that_of_a_commit(project: Project) -> None:
    done, calls = project.make("diff")
    assert done.returncode == 0, done.stderr
    assert calls[-1] == ["contract", "diff", "build/since/openapi.yaml", "openapi.yaml"]
    since = project.folder / "build" / "since" / "openapi.yaml"
    assert since.read_text() == (project.folder / "openapi.yaml").read_text()


def test_every_target_that_a_file_of_the_project_names_exists(project: Project) -> None:
    makefile = (project.folder / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    files = [*(project.folder / ".github").rglob("*.yaml"), project.folder / "README.md"]
    files += [project.folder / ".ci" / "run", *(project.folder / "requirements").glob("*.in")]
    named = {
        (file.name, name)
        for file in files
        for name in re.findall(r"(?:^|`|run: |\s{2})make ([a-z][a-z-]*)", file.read_text(), re.M)
    }
    assert {file for file, _ in named} >= {"deploy.yaml", "rollback.yaml", "ci.yaml", "README.md"}
    assert [each for each in named if each[1] not in targets] == []
