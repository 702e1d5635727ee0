"""A command that is interrupted says what goes on, and the next one completes it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from openapi_first.import_document.document import import_document
from openapi_first.openapi.loader import load
from stack.template import ROOT
from support.aws_account.account import AwsAccount
from support.aws_account.packaging import deployed
from support.aws_account.project import Project, new_project

_SAM = """#!{python}
import os, signal, sys, time
if sys.argv[1] == {interrupted!r}:
    os.kill(os.getppid(), signal.SIGINT)
    time.sleep(5)
"""


@pytest.fixture
def project(account: AwsAccount, tmp_path: Path) -> Project:
    role = "arn:aws:iam::123456789012:role/logs"
    account.region().gateway.account["cloudwatchRoleArn"] = role
    document = import_document(load(ROOT / "openapi.yaml"))
    deployed(account, "items", document, parameters={"Architecture": "x86_64"})
    return new_project(tmp_path, tmp_path, account.environment)


def sam(project: Project, interrupted: str) -> None:
    """A SAM CLI that a user interrupts in one of its commands."""
    text = _SAM.format(python=sys.executable, interrupted=interrupted)
    project.sam = project.folder.parent / "sam"
    project.sam.write_text(text)
    project.sam.chmod(0o755)


@pytest.mark.parametrize(
    ("task", "step", "message"),
    [
        ("deploy", "build", "Interrupted: nothing was deployed or removed."),
        ("deploy", "deploy", "CloudFormation carries on with what it has begun for items"),
        ("undeploy", "delete", "CloudFormation carries on with what it has begun for items"),
    ],
)
def test_an_interruption_says_what_goes_on(
    project: Project, task: str, step: str, message: str
) -> None:
    sam(project, step)
    options = ["--yes"] if task == "undeploy" else ["--monitor", "0"]
    assert message in project.refused(task, "--stack", "items", *options)
