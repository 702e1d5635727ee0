"""What is wrong with credentials, region or permissions is one line with a remedy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from openapi_first.deployment import preparation
from openapi_first.deployment.__main__ import main
from support.aws_account.account import AwsAccount

TASKS = ("check", "undeploy", "diff", "contract-test", "smoke", "rollback")
LOGS = "arn:aws:iam::123456789012:role/logs"


@pytest.fixture
def aws(account: AwsAccount, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AwsAccount:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in account.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(preparation, "CONFIG", tmp_path / "samconfig.toml")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    account.region().gateway.account["cloudwatchRoleArn"] = LOGS
    return account


def refused(task: str, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main([task, "--stack", "items", *options]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    return str(line)


@pytest.mark.parametrize("task", TASKS)
def test_without_credentials(
    aws: AwsAccount,
    task: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert refused(task, capsys).startswith("No AWS credentials found: run `aws configure sso`")
    assert aws.requests == []


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ExpiredToken", "The AWS credentials have expired: sign in again"),
        ("InvalidClientTokenId", "AWS does not accept these credentials in eu-west-1"),
    ],
)
def test_credentials_that_aws_does_not_take(
    aws: AwsAccount, task: str, code: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.refuse(code)
    assert refused(task, capsys).startswith(text)


@pytest.mark.parametrize("task", TASKS)
def test_an_action_that_is_not_allowed_is_named(
    aws: AwsAccount, task: str, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.refuse("AccessDenied", "cloudformation:DescribeStacks")
    line = refused(task, capsys)
    assert line.startswith("AWS does not allow cloudformation:DescribeStacks")
    assert "another profile" in line


def test_credentials_that_are_incomplete(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "incomplete" in refused("check", capsys)
    assert aws.requests == []


def test_a_profile_that_does_not_exist(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "wrok")
    assert "aws configure list-profiles" in refused("check", capsys)
    assert aws.requests == []


def test_without_a_region(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert refused("check", capsys).startswith("No AWS region is set: set AWS_REGION")
    assert aws.requests == []


@pytest.mark.parametrize("region", ["eu-centrl-1", "eu central"])
def test_a_region_that_does_not_exist(
    aws: AwsAccount,
    region: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AWS_REGION", region)
    if region == "eu-centrl-1":  # a name is not looked up
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    line = refused("check", capsys)
    assert f"is {region} a region of AWS (did you mean eu-central-" in line


def test_a_stack_in_another_region_is_not_taken_for_none(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.state("items", "CREATE_COMPLETE")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert "account 123456789012, region us-east-1" in refused("diff", capsys)


def test_throttling_says_to_wait(aws: AwsAccount, capsys: pytest.CaptureFixture[str]) -> None:
    aws.refuse("Throttling", "cloudformation:DescribeStacks")
    assert "try again in a minute" in refused("check", capsys)


def test_a_role_for_logs_that_is_missing_is_said_before_the_stage_fails(
    aws: AwsAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    del aws.region().gateway.account["cloudwatchRoleArn"]
    line = refused("check", capsys)
    assert "API Gateway has no role for logs in account 123456789012, region eu-west-1" in line
    create = ("--parameters", "ApiGatewayAccountRole=create")
    assert main(["check", "--stack", "items", *create]) == 0
    aws.refuse("AccessDeniedException", "apigateway:GetAccount")
    assert main(["check", "--stack", "items"]) == 0
    assert "It is not checked whether" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--role-arn", "cloudformation"), "ROLE_ARN=cloudformation is not the ARN"),
        (("--tags", "team"), "TAGS: 'team' is not NAME=VALUE"),
        (("--monitor", "soon"), "MONITOR=soon is not a number of minutes"),
        (("--parameters", "StagName=x"), "did you mean StageName?"),
        (("--stack=-items",), "'-items' is not a valid name of a stack"),
    ],
)
def test_an_option_that_is_wrong_is_refused(
    aws: AwsAccount,
    options: tuple[str, ...],
    text: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert text in refused("check", capsys, *options)


def test_a_stack_has_to_be_named_where_nobody_can_be_asked(
    aws: AwsAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    for task in TASKS:
        assert main([task]) == 2
        assert "STACK=NAME" in capsys.readouterr().err
    assert aws.requests == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("credential_process = /nowhere", "cannot be fetched"),
        ("credential_process = /bin/echo x", "cannot be fetched"),
        ("credential_process = /bin/false", "cannot be fetched"),
        ("role_arn = arn:aws:iam::1:role/x\nweb_identity_token_file = /nowhere", "/nowhere"),
        ("role_arn = arn:aws:iam::1:role/x\nsource_profile = gone", "correct it in the file"),
        (
            "sso_start_url = a\nsso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = r",
            "aws sso login",
        ),
    ],
)
def test_a_profile_that_has_no_credentials_is_told(
    aws: AwsAccount,
    settings: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "config").write_text(f"[profile odd]\n{settings}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "odd")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert message in refused("check", capsys)
    assert aws.requests == []


def test_a_proxy_that_is_not_there_is_named(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://aws.invalid")
    assert "(or HTTPS_PROXY)" in refused("check", capsys)
