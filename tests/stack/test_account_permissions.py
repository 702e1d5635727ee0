"""A pipeline deploys with the roles of deployment/bootstrap.yaml, and may do nothing else."""

from __future__ import annotations

import pytest

from openapi_first.import_document.document import import_document
from openapi_first.openapi.loader import load
from stack.bootstrap import ACCOUNT, REGION, Bootstrap, bootstrap
from stack.template import ROOT
from support.aws_account.account import AwsAccount
from support.aws_account.packaging import deployed
from support.aws_account.project import Project

NAMES = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
BUCKET, REPOSITORY = "setup-bucket-1a2b3c", "setup-images-1a2b3c"
UNUSED_HERE = {
    "apigateway:DELETE",  # after ten deployments
    "cloudformation:DeleteChangeSet",
    "cloudformation:DescribeStackResource",
    "cloudformation:DescribeStackResources",
    "cloudformation:GetTemplate",
    "dynamodb:DescribeTable",  # with ExistingTable
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "s3:AbortMultipartUpload",  # of files of 8 MB
    "s3:GetBucketLocation",
    "s3:ListBucket",
}
"""What the role may do, though this session does not."""


@pytest.fixture
def roles() -> Bootstrap:
    return bootstrap(
        GitHubRepository="octocat/items",
        Environment="production",
        CompareEnvironment="compare",
        StackName="items",
    )


@pytest.fixture
def options(account: AwsAccount, roles: Bootstrap) -> tuple[str, ...]:
    """Those of the workflow, for what the bootstrap template has made."""
    region = account.region(REGION)
    region.gateway.account["cloudwatchRoleArn"] = f"arn:aws:iam::{ACCOUNT}:role/logs"
    region.storage.buckets[BUCKET] = {}
    region.registry.images[REPOSITORY] = {}
    repository = f"{region.registry.host}/{REPOSITORY}"
    execution = roles.arns["ExecutionRole"]
    made = ("--role-arn", execution, "--image-repository", repository, "--bucket", BUCKET)
    return ("--stack", "items", "--prebuilt", *made)


def test_the_role_of_the_pipeline_may_do_all_that_deploying_takes(
    account: AwsAccount, project: Project, roles: Bootstrap, options: tuple[str, ...]
) -> None:
    account.policies = roles.policies("DeployRole")
    project.succeeds("build", **NAMES)
    account.fail("ApiStage", reason="Rate exceeded")
    project.refused("deploy", *options, status=1, **NAMES)
    account.mend()
    project.succeeds("deploy", *options, **NAMES)
    contract = project.folder / "openapi.yaml"
    contract.write_text(contract.read_text().replace("title: Items", "title: Things"))
    project.commit()
    anew = [each for each in options if each != "--prebuilt"]
    project.succeeds("deploy", *anew, "--reimport", **NAMES)
    project.succeeds("rollback", "--stack", "items", "--yes", **NAMES)
    assert account.stack("items", REGION).status == "UPDATE_COMPLETE"
    assert account.stack("items", REGION).settings.role == roles.arns["ExecutionRole"]
    allowed = roles.actions("DeployRole")
    used = {action for action, _ in account.needed}
    assert used <= allowed
    assert allowed - used <= UNUSED_HERE


def test_comparing_needs_its_own_role_only(
    account: AwsAccount, project: Project, roles: Bootstrap, options: tuple[str, ...]
) -> None:
    document = import_document(load(ROOT / "openapi.yaml"))
    deployed(account, "items", document, parameters={"Revision": project.head}, region=REGION)
    account.policies = roles.policies("CompareRole")
    project.succeeds("diff", "--stack", "items", **NAMES)
    assert {action for action, _ in account.needed} == roles.actions("CompareRole")
    anew = [each for each in options if each != "--prebuilt"]
    assert "AWS does not allow" in project.refused("deploy", *anew, **NAMES)
    assert (account.changes(), account.engine.builds) == ([], [])
