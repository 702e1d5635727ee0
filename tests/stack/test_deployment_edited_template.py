"""A team edits template.yaml: what it adds or leaves out is deployed, and stays as it was given."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from openapi_first.import_document.document import import_document
from openapi_first.openapi.loader import load
from stack.template import ROOT
from support.aws_account.account import AwsAccount
from support.aws_account.cloudformation.stacks import Stack
from support.aws_account.packaging import deployed
from support.aws_account.project import Project, new_project

_SECRET = "  Secret: {Type: String, NoEcho: true, Default: ''}\n"


@pytest.fixture
def project(account: AwsAccount, tmp_path: Path) -> Project:
    role = "arn:aws:iam::123456789012:role/logs"
    account.region().gateway.account["cloudwatchRoleArn"] = role
    made = new_project(tmp_path, tmp_path, account.environment)
    made.sam = tmp_path / "sam"
    made.sam.write_text(f"#!{sys.executable}\n")
    made.sam.chmod(0o755)
    return made


def edit(project: Project, old: str, new: str) -> None:
    template = project.folder / "template.yaml"
    text = template.read_text()
    assert old in text
    template.write_text(text.replace(old, new, 1))


def deploy(account: AwsAccount, project: Project, **parameters: str) -> Stack:
    document = import_document(load(ROOT / "openapi.yaml"))
    template = project.folder / "template.yaml"
    return deployed(account, "items", document, parameters=parameters, template=template)


def test_a_secret_goes_with_a_failed_first_deployment_and_is_asked_for_again(
    account: AwsAccount, project: Project
) -> None:
    edit(project, "Parameters:\n  StageName:", f"Parameters:\n{_SECRET}  StageName:")
    edit(project, ", Default: ''}", "}")
    account.fail("Dashboard", "create", "no")
    failed = deploy(account, project, Secret="x", TableDeletionProtection="false")
    assert failed.status == "ROLLBACK_COMPLETE"
    account.mend()
    options = ("--stack", "items")
    assert "Secret has no value" in project.refused("check", *options)
    project.succeeds("check", *options, "--parameters", "Secret=x")


def test_the_record_of_a_build_has_no_secret(project: Project) -> None:
    edit(project, "Parameters:\n  StageName:", f"Parameters:\n{_SECRET}  StageName:")
    project.succeeds("build", "--parameters", "Secret=hidden")
    recorded = json.loads((project.folder / ".aws-sam/build/parameters.json").read_text())
    assert recorded["Architecture"]
    assert "Secret" not in recorded


def test_a_new_table_in_place_of_one_that_was_taken_up_is_told(
    account: AwsAccount, project: Project
) -> None:
    deploy(account, project, ExistingTable="old-items")
    told = project.succeeds("check", "--stack", "items", "--parameters", "ExistingTable=")
    assert "makes a new, empty table. The table old-items stays" in told
