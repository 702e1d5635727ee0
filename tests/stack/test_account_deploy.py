"""Deployments by the scripts and the real SAM CLI into an account, with all that they ask of it."""

from __future__ import annotations

import json
from typing import Any

from support.aws_account.account import AwsAccount
from support.aws_account.project import Project

ORIGIN = "https://shop.example"
FIRST = [
    "sts:GetCallerIdentity",
    "cloudformation:DescribeStacks",  # is there such a stack?
]


def succeeded(project: Project, *options: str) -> str:
    done = project.run("deploy", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def sent(account: AwsAccount, stack: str) -> list[dict[str, str | None]]:
    """The parameters of each change set, by name; None for one that keeps its value."""
    return [
        {
            each["ParameterKey"]: each.get("ParameterValue")
            for each in asked.parameters["Parameters"]
        }
        for asked in account.asked("cloudformation:CreateChangeSet")
        if asked.parameters["StackName"] == stack
    ]


def origins(document: dict[str, Any]) -> set[str]:
    """The origins that the preflight answers of an imported document allow."""
    text = json.dumps(document)
    return {origin for origin in ("'*'", f"'{ORIGIN}'") if origin in text}


def test_x(account: AwsAccount, project: Project) -> None:
    out = succeeded(
        project,
        "--stack",
        "items",
        "--parameters",
        f"AllowOrigin={ORIGIN} Architecture=arm64",
        "--tags",
        "team=a",
    )
    print(out)
    print([str(each) for each in account.requests])
    n = len(account.requests)
    print(sent(account, "items"))
    out = succeeded(project, "--stack", "items")
    print(out[-3000:])
    print([str(each) for each in account.requests[n:]])
    print(sent(account, "items"))
    print(account.engine.builds)
    (api,) = account.region().gateway.apis.values()
    print([origins(each) for each in api.imports])
