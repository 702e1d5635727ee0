"""The translated template is clean by cdk-nag's rules for AWS solutions and serverless ones.

`make nag`, apart from the other judges, since the packages that it needs have 190 MB.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
from pathlib import Path
from typing import Any

from stack.deployed import deployed

JUDGE = Path(__file__).with_name("nag") / "judge.cjs"
GROUPS = (
    "arn:<AWS::Partition>:codedeploy:<AWS::Region>:<AWS::AccountId>:deploymentgroup:"
    "<ServerlessDeploymentApplication>/*"
)
POLICY = "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
REASONS = {
    f"{POLICY}AWSCodeDeployRoleForLambdaLimited] DeploymentRole": (
        "AWS keeps this policy at what CodeDeploy needs for functions, without any S3 or SNS."
    ),
    f"{POLICY}AmazonAPIGatewayPushToCloudWatchLogs] ApiGatewayAccountLogRole": (
        "It is the policy that AWS names for this role, which belongs to the whole account."
    ),
    "AwsSolutions-IAM5[Resource::*] FunctionRole": (
        "The two actions of X-Ray have no resources (Service Authorization Reference)."
    ),
    "Serverless-LambdaStarPermissions FunctionRole": (
        "The two actions of X-Ray have no resources (Service Authorization Reference)."
    ),
    "AwsSolutions-APIG2 Api": (
        "The request validators are in the import document, which the rule does not read."
    ),
    "AwsSolutions-APIG3 ApiStage": (
        "A web ACL is the parameter WebAclArn: it costs money and its rules are the platform's."
    ),
    "AwsSolutions-APIG6 ApiStage": (
        "Execution logs would contain bodies and keys; the access log has each request."
    ),
    "Serverless-LambdaDLQ Function": (
        "A dead letter queue is for asynchronous invocations; API Gateway invokes synchronously."
    ),
    f"AwsSolutions-IAM5[Resource::{GROUPS}] PreTrafficRole": (
        "The application has one group, whose name needs the role that may invoke the hook."
    ),
    "Serverless-LambdaDLQ PreTrafficFunction": (
        "CodeDeploy ends the deployment if the hook does not report."
    ),
    "Serverless-LambdaTracing PreTrafficFunction": (
        "CodeDeploy calls it once in a deployment; its log has all that it does."
    ),
    "Serverless-LambdaTracing Function": "X-Ray is the parameter Tracing: it costs money.",
    "Serverless-APIGWXrayEnabled ApiStage": "X-Ray is the parameter Tracing: it costs money.",
}
EVERYTHING = {
    "ApiGatewayAccountRole": "create",
    "ContractTestKey": "on",
    "DomainCertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/1",
    "DomainName": "api.shop.example",
    "KmsKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/1",
    "ProvisionedConcurrency": "1",
    "ReservedConcurrency": "10",
    "Tracing": "on",
    "WebAclArn": "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/1",
}


def resources(template: dict[str, Any], **parameters: str) -> dict[str, Any]:
    """Those that are deployed, since the rules do not decide conditions."""
    found = copy.deepcopy(dict(deployed(template, **parameters).resources))
    for resource in found.values():
        resource.pop("Condition", None)
    return found


def findings(template: dict[str, Any], judged: dict[str, Any], nag: Path, folder: Path) -> set[str]:
    file = folder / "template.json"
    file.write_text(json.dumps({"Parameters": template["Parameters"], "Resources": judged}))
    done = subprocess.run(
        ["node", JUDGE, file, folder / "out"],
        env={**os.environ, "NODE_PATH": str(nag)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines())


def test_each_finding_has_a_reason_and_each_reason_a_finding(
    template: dict[str, Any], nag: Path, tmp_path: Path
) -> None:
    found = set()
    for name, parameters in (("default", {}), ("everything", EVERYTHING)):
        folder = tmp_path / name
        folder.mkdir()
        found |= findings(template, resources(template, **parameters), nag, folder)
    assert found == REASONS.keys()


def test_the_judge_would_find_a_fault(template: dict[str, Any], nag: Path, tmp_path: Path) -> None:
    faulty = resources(template)
    del faulty["ApiStage"]["Properties"]["MethodSettings"][0]["ThrottlingRateLimit"]
    del faulty["Table"]["Properties"]["PointInTimeRecoverySpecification"]
    found = findings(template, faulty, nag, tmp_path) - REASONS.keys()
    assert {each.split()[0] for each in found} == {
        "AwsSolutions-DDB3",
        "Serverless-APIGWDefaultThrottling",
    }
