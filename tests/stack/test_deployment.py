"""`make deploy` and its like, with an AWS that answers over HTTP and a `sam` that logs calls."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pytest

from stack.template import ROOT

SAM = """#!{python}
import json, pathlib, sys
with open({log!r}, "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
for argument in sys.argv[1:]:
    if argument.startswith("file://"):
        pathlib.Path({parameters!r}).write_bytes(pathlib.Path(argument[7:]).read_bytes())
"""
IDENTITY = """<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
MISSING = """<ErrorResponse><Error><Code>ValidationError</Code>
<Message>Stack with id items does not exist</Message></Error></ErrorResponse>"""
COMMIT = "1" * 40


def stacks(outputs: dict[str, str]) -> str:
    members = "".join(
        f"<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>"
        for key, value in outputs.items()
    )
    return (
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>items</StackName>"
        "<StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime>"
        f"<Outputs>{members}</Outputs></member></Stacks></DescribeStacksResult>"
        "</DescribeStacksResponse>"
    )


class Aws(http.server.BaseHTTPRequestHandler):
    """The answers to what is asked of it, by the action."""

    outputs: ClassVar[dict[str, str] | None] = None

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        (action,) = urllib.parse.parse_qs(body)["Action"]
        if action == "GetCallerIdentity":
            self.answer(200, IDENTITY)
        elif self.outputs is None:
            self.answer(400, MISSING)
        else:
            self.answer(200, stacks(self.outputs))

    def answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@dataclass
class Project:
    """A copy of the project, its AWS and its sam."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, task: str, *options: str) -> subprocess.CompletedProcess[str]:
        sam = str(self.folder / "sam")
        return subprocess.run(
            [sys.executable, "-m", "deployment", task, "--sam", sam, *options],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def git(self, *arguments: str) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        done = subprocess.run(
            ["git", *identity, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    @property
    def asked_of_sam(self) -> list[list[str]]:
        log = self.folder / "log"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    @property
    def parameters(self) -> dict[str, str]:
        parameters: dict[str, str] = json.loads((self.folder / "parameters").read_text())
        return parameters


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    shutil.copytree(ROOT / "deployment", tmp_path / "deployment")
    shutil.copy(ROOT / "openapi.yaml", tmp_path)
    shutil.copy(ROOT / "template.yaml", tmp_path)
    sam = tmp_path / "sam"
    sam.write_text(
        SAM.format(
            python=sys.executable,
            log=str(tmp_path / "log"),
            parameters=str(tmp_path / "parameters"),
        )
    )
    sam.chmod(0o755)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Aws)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield Project(
        tmp_path,
        {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "src"),
            "HOME": str(tmp_path),
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "eu-central-1",
        },
    )
    server.shutdown()
    thread.join()
    server.server_close()
    Aws.outputs = None


def test_without_credentials_one_line_says_what_to_do(project: Project) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    project.environment = {**environment, "AWS_EC2_METADATA_DISABLED": "true"}
    run = project.run("deploy")
    assert run.returncode == 2
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    assert "No AWS credentials found" in line
    assert project.asked_of_sam == []


def test_credentials_that_aws_does_not_take_are_one_line_too(project: Project) -> None:
    project.environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9"
    run = project.run("check")
    assert (run.returncode, len(run.stderr.splitlines())) == (2, 1)


def test_the_first_time_needs_a_terminal_or_a_name(project: Project) -> None:
    run = project.run("deploy")
    assert run.returncode == 2
    assert "samconfig.toml" in run.stderr
    assert project.asked_of_sam == []


def test_a_stack_that_is_named_is_deployed_unattended(project: Project) -> None:
    run = project.run("deploy", "--stack", "items", "--parameters", "StageName=staging Timeout=26")
    assert run.returncode == 0, run.stderr
    build, deploy = project.asked_of_sam
    assert build[0] == "build"
    assert deploy[0] == "deploy"
    assert deploy[deploy.index("--stack-name") + 1] == "items"
    assert "--no-confirm-changeset" in deploy
    assert project.parameters["StageName"] == "staging"
    assert project.parameters["Timeout"] == "26"


def test_what_is_prebuilt_is_not_built_again(project: Project) -> None:
    assert project.run("deploy", "--stack", "items", "--prebuilt").returncode == 0
    assert [command[0] for command in project.asked_of_sam] == ["deploy"]


def test_saved_parameters_are_kept_and_the_import_document_has_their_origin(
    project: Project,
) -> None:
    (project.folder / "samconfig.toml").write_text(
        '[default.deploy.parameters]\nstack_name = "items"\n'
        'parameter_overrides = "AllowOrigin=\\"https://shop.example\\" MemorySize=\\"1024\\""\n'
    )
    run = project.run("deploy")
    assert run.returncode == 0, run.stderr
    assert project.parameters["MemorySize"] == "1024"
    assert project.parameters["AllowOrigin"] == "https://shop.example"
    document = (project.folder / "build" / "openapi.gateway.json").read_text()
    assert "'https://shop.example'" in document
    assert "\"'*'\"" not in document


def test_the_revision_is_the_commit_and_says_what_is_not_in_it(project: Project) -> None:
    project.git("init", "--quiet")
    project.git("add", "openapi.yaml", "deployment")
    project.git("commit", "--quiet", "-m", "first")
    project.git("tag", "v1")
    project.run("deploy", "--stack", "items")
    commit = project.git("rev-parse", "HEAD")
    assert project.parameters["Revision"] == commit
    (project.folder / "openapi.yaml").write_text("changed: true\n")
    project.run("build")
    (project.folder / "openapi.yaml").write_bytes((ROOT / "openapi.yaml").read_bytes() + b"#\n")
    project.run("deploy", "--stack", "items")
    assert project.parameters["Revision"] == f"{commit}-dirty"


def test_undeploy_says_what_stays(project: Project) -> None:
    run = project.run("undeploy", "--stack", "items")
    assert run.returncode == 2
    assert "There is no stack items" in run.stderr
    Aws.outputs = {"TableName": "items-Table-1"}
    assert project.run("undeploy", "--stack", "items").returncode == 0
    assert project.asked_of_sam == [["delete", "--stack-name", "items"]]


def test_the_first_deployment_has_nothing_to_compare_with(project: Project) -> None:
    run = project.run("diff", "--stack", "items")
    assert (run.returncode, run.stdout) == (
        0,
        "There is no stack items yet: nothing to compare with.\n",
    )


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ({}, "does not say which commit it was deployed from"),
        ({"Revision": "unknown"}, "does not say which commit it was deployed from"),
        ({"Revision": f"--output=x{COMMIT}"}, "does not say which commit it was deployed from"),
        ({"Revision": COMMIT}, "git fetch --unshallow"),
    ],
)
def test_a_deployed_contract_that_cannot_be_had_is_no_unchanged_one(
    project: Project, outputs: dict[str, str], message: str
) -> None:
    project.git("init", "--quiet")
    Aws.outputs = outputs
    run = project.run("diff", "--stack", "items")
    assert run.returncode == 2
    assert message in run.stderr


def test_contract_tests_read_the_key_and_its_usage_plan_themselves(project: Project) -> None:
    Aws.outputs = {"Url": "https://a.example/staging"}
    run = project.run("contract-test", "--stack", "items")
    assert run.returncode == 2
    assert "ContractTestKey=on" in run.stderr
    Aws.outputs = {**Aws.outputs, "ContractTestKeyId": "k1"}
    (project.folder / "Makefile").write_text("contract-test:\n\t@echo $(URL) $(ARGS) $(API_KEY)\n")
    project.environment |= {"ARGS": "--seed 7", "API_KEY": "of-another-stage"}
    run = project.run("contract-test", "--stack", "items")
    output = "https://a.example/staging --api-key-id k1 --seed 7\n"
    assert (run.returncode, run.stdout) == (0, output)


def test_the_contract_is_compared_with_that_of_the_deployed_commit(project: Project) -> None:
    project.git("init", "--quiet")
    project.git("add", "openapi.yaml")
    project.git("commit", "--quiet", "-m", "deployed")
    Aws.outputs = {"Revision": project.git("rev-parse", "HEAD") + "-dirty"}
    assert project.run("diff", "--stack", "items").returncode == 0
    contract = (project.folder / "openapi.yaml").read_text()
    assert contract.count("maximum: 100,") == 1
    (project.folder / "openapi.yaml").write_text(contract.replace("maximum: 100,", "maximum: 50,"))
    run = project.run("diff", "--stack", "items")
    assert (run.returncode, run.stderr) == (1, "")
    assert "uncommitted changes" in run.stdout
    assert "GET /items" in run.stdout
