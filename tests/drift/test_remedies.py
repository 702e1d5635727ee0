"""Each remedy that `contract drift` prints, in an account that behaves as AWS documents it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from openapi_first.cli.main import main
from openapi_first.import_document.document import import_document
from openapi_first.openapi.loader import load
from support.aws_account.account import AwsAccount
from support.aws_account.aws_cli import run_aws
from support.aws_account.packaging import deployed
from support.aws_account.services.gateway import Api

ROOT = Path(__file__).parents[2]


@dataclass
class Stack:
    """A stack that was deployed from the contract in the current folder."""

    account: AwsAccount
    capsys: pytest.CaptureFixture[str]

    @property
    def api(self) -> Api:
        (found,) = self.account.region().gateway.apis.values()
        return found

    def drift(self, *options: str) -> tuple[int, str]:
        """The exit status, and what is printed."""
        place = ["--rest-api-id", self.api.id, "--stage", "prod", "--region", "eu-west-1"]
        status = main(["drift", *place, *options])
        return status, self.capsys.readouterr().out

    def follow(self, text: str) -> list[str]:
        """Runs the commands of a report; returns the operations of AWS."""
        commands = [
            line.strip() for line in text.splitlines() if line.startswith(("  aws", "  con"))
        ]
        for command in commands:
            if command.startswith("contract "):
                assert main(shlex.split(command)[1:]) == 0
            else:
                run_aws(command)
        self.capsys.readouterr()
        return [command.split()[2] for command in commands if command.startswith("aws")]


@pytest.fixture
def stack(
    account: AwsAccount,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Stack:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in account.environment.items():
        monkeypatch.setenv(name, value)
    shutil.copy(ROOT / "openapi.yaml", tmp_path)
    (tmp_path / "build").mkdir()
    monkeypatch.chdir(tmp_path)
    deployed(account, "items", import_document(load(Path("openapi.yaml"))))
    return Stack(account, capsys)


def test_a_stack_that_was_deployed_is_in_sync_and_named_like_its_stack(stack: Stack) -> None:
    assert stack.drift("--api-name", "items")[0] == 0


def test_what_was_edited_by_hand_is_gone_and_the_api_has_its_name(stack: Stack) -> None:
    stack.api.rest.method("/items", "GET")["apiKeyRequired"] = False
    status, text = stack.drift()
    assert status == 1
    assert stack.follow(text) == ["put-rest-api", "update-rest-api", "create-deployment"]
    assert stack.drift("--api-name", "items")[0] == 0


def test_the_same_document_through_cloudformation_would_not_undo_it(stack: Stack) -> None:
    """So that `make deploy` alone is not printed as the remedy."""
    stack.api.rest.method("/items", "GET")["apiKeyRequired"] = False
    document = import_document(load(Path("openapi.yaml")))
    deployed(stack.account, "items", document, parameters={"MemorySize": "1024"})
    status, text = stack.drift()
    assert status == 1
    assert "REIMPORT=1" in text
    assert "`make deploy`" not in text


def test_a_stage_that_serves_an_older_deployment_gets_the_newer(stack: Stack) -> None:
    older = stack.api.stages["prod"]["deploymentId"]
    contract = Path("openapi.yaml")
    contract.write_text(contract.read_text().replace("version: 1.0.0", "version: 1.0.1"))
    run_aws(
        f"aws apigateway create-deployment --rest-api-id {stack.api.id} --region eu-west-1 "
        "--description kept"
    )
    kept = next(each for each in stack.api.deployments if each != older)
    deployed(stack.account, "items", import_document(load(contract)))
    assert stack.drift()[0] == 0
    run_aws(
        f"aws apigateway update-stage --rest-api-id {stack.api.id} --stage-name prod "
        f"--patch-operations op=replace,path=/deploymentId,value={kept} --region eu-west-1"
    )
    status, text = stack.drift()
    assert status == 1
    assert "put back on an earlier deployment" in text
    assert stack.follow(text) == ["create-deployment"]
    assert stack.drift()[0] == 0


def test_another_name_is_reported_only_if_one_is_expected(stack: Stack) -> None:
    stack.api.rest.api["name"] = "Items API"
    assert stack.drift()[0] == 0
    status, text = stack.drift("--api-name", "items")
    assert status == 1
    assert text.splitlines()[0].endswith(": renamed")
    assert stack.follow(text) == ["update-rest-api"]
    assert stack.drift("--api-name", "items")[0] == 0


def test_a_name_with_spaces_is_quoted_for_a_shell(stack: Stack) -> None:
    _, text = stack.drift("--api-name", "shop & items")
    stack.follow(text)
    assert stack.api.rest.api["name"] == "shop & items"


def test_a_report_for_programs_has_the_same_remedy(stack: Stack) -> None:
    stack.api.rest.method("/items", "GET")["apiKeyRequired"] = False
    _, text = stack.drift("--format", "json")
    assert stack.follow(json.loads(text)["remedy"])[0] == "put-rest-api"
    assert stack.drift()[0] == 0


def test_the_document_is_written_with_the_options_of_the_comparison(stack: Stack) -> None:
    options = ("--allow-origin", "https://shop.example", "--minimum-compression-size", "1024")
    status, text = stack.drift(*options)
    assert status == 1
    assert f"contract gateway {' '.join(options[2:] + options[:2])} -o" in text
    stack.follow(text)
    assert stack.drift(*options)[0] == 0
