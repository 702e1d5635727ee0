"""The deployed contract is compared with the current one, and the stage is tested against it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from openapi_first.deployment.__main__ import main
from openapi_first.deployment.account.programs import revision
from openapi_first.import_document.document import import_document
from openapi_first.openapi.loader import load
from stack.template import ROOT
from support.aws_account.account import AwsAccount
from support.aws_account.packaging import deployed
from support.aws_account.project import new_project
from support.serving import KEY

COMMIT = "1" * 40


class Checkout:
    """A clone of the project, in which the commands run, and a stack that it was deployed to."""

    def __init__(self, account: AwsAccount, folder: Path) -> None:
        self.account = account
        self.project = new_project(folder, Path("/nowhere"), account.environment)
        self.folder = self.project.folder

    def deploy(self, **parameters: str) -> None:
        document = import_document(load(ROOT / "openapi.yaml"))
        deployed(self.account, "items", document, parameters=parameters)


@pytest.fixture
def checkout(account: AwsAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    made = Checkout(account, tmp_path)
    for name, value in account.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(made.folder)
    return made


@pytest.mark.parametrize(
    ("revision", "message"),
    [
        ("unknown", "does not say which commit it was deployed from"),
        (f"--output=x{COMMIT}", "does not say which commit it was deployed from"),
        (COMMIT, "git fetch --unshallow"),
    ],
)
def test_a_deployed_contract_that_cannot_be_had_is_no_unchanged_one(
    checkout: Checkout, revision: str, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    if revision.startswith("--"):  # the template refuses it
        checkout.deploy()
        outputs = checkout.account.stack("items").outputs
        next(each for each in outputs if each["OutputKey"] == "Revision")["OutputValue"] = revision
    else:
        checkout.deploy(Revision=revision)
    assert main(["diff", "--stack", "items"]) == 2
    assert message in capfd.readouterr().err


def test_the_contract_is_compared_with_that_of_the_deployed_commit(
    checkout: Checkout, capfd: pytest.CaptureFixture[str]
) -> None:
    commit = _head(checkout)
    checkout.deploy(Revision=f"{commit}-dirty")
    assert main(["diff", "--stack", "items"]) == 0
    output = capfd.readouterr().out
    assert "uncommitted changes" in output
    assert "account 123456789012, region eu-west-1" in output
    contract = checkout.folder / "openapi.yaml"
    text = contract.read_text()
    assert text.count("maximum: 100,") == 1
    contract.write_text(text.replace("maximum: 100,", "maximum: 50,"))
    assert main(["diff", "--stack", "items"]) == 1
    captured = capfd.readouterr()
    assert "GET /items" in captured.out
    assert captured.err == ""


def test_a_contract_that_has_moved_is_compared_with_the_one_that_was_deployed(
    checkout: Checkout, capfd: pytest.CaptureFixture[str]
) -> None:
    checkout.deploy(Revision=_head(checkout))
    (checkout.folder / "api").mkdir()
    (checkout.folder / "openapi.yaml").rename(checkout.folder / "api/shop.yaml")
    (checkout.folder / "pyproject.toml").write_text('[tool.contract]\ncontract="api/shop.yaml"\n')
    assert main(["diff", "--stack", "items"]) == 0
    assert "No change." in capfd.readouterr().out


def test_a_contract_beside_the_folder_of_the_project_is_compared(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    service = checkout.folder / "services/shop"
    service.mkdir(parents=True)
    (checkout.folder / "leads out").symlink_to("/etc")
    (service / "openapi.yaml").symlink_to("../../openapi.yaml")
    checkout.deploy(Revision=_head(checkout))
    monkeypatch.chdir(service)
    assert main(["diff", "--stack", "items"]) == 0
    assert "No change." in capfd.readouterr().out


def test_a_deployed_commit_without_the_contract_is_no_unchanged_one(
    checkout: Checkout, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = checkout.folder / "pyproject.toml"
    # A path outside of the commit would compare the contract with itself.
    settings.write_text(f'[tool.contract]\ncontract="{checkout.folder}/openapi.yaml"\n')
    checkout.deploy(Revision=_head(checkout))
    assert main(["diff", "--stack", "items"]) == 2
    assert "has no contract where its settings say" in capfd.readouterr().err


@pytest.mark.parametrize("has_git", [True, False])
def test_without_a_clone_there_is_nothing_to_compare(
    checkout: Checkout,
    has_git: bool,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    checkout.deploy(Revision=_head(checkout))
    shutil.rmtree(checkout.folder / ".git")
    if not has_git:
        monkeypatch.setenv("PATH", "/nowhere")
    assert main(["diff", "--stack", "items"]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("This is not a clone of the project")
    assert revision() == "unknown"


def test_settings_that_are_invalid_are_told(
    checkout: Checkout, capfd: pytest.CaptureFixture[str]
) -> None:
    checkout.deploy(Revision=_head(checkout))
    (checkout.folder / "pyproject.toml").write_text("[tool.contract]\ncontract = 5\n")
    assert main(["diff", "--stack", "items"]) == 2
    assert "contract is not a string" in capfd.readouterr().err


def _head(checkout: Checkout) -> str:
    (checkout.folder / "note").write_text("deployed")
    return checkout.project.commit("Deploy it")


def test_contract_tests_read_the_key_and_its_usage_plan_themselves(
    checkout: Checkout,
    stage: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("API_KEY", "of-another-stage")
    checkout.deploy()
    monkeypatch.setenv("ARGS", "--junit 'smoke.xml")
    assert main(["smoke", "--stack", "items"]) == 2
    assert "No closing quotation" in capfd.readouterr().err
    monkeypatch.setenv("ARGS", "--junit smoke.xml")
    assert main(["contract-test", "--stack", "items"]) == 2
    assert "ContractTestKey=on" in capfd.readouterr().err
    outputs = {each["OutputKey"]: each for each in checkout.account.stack("items").outputs}
    outputs["Url"]["OutputValue"] = stage
    key = outputs["ApiKeyId"]["OutputValue"]
    checkout.account.region().gateway.keys[key]["value"] = KEY
    before = len(checkout.account.requests)
    assert main(["smoke", "--stack", "items"]) == 0, capfd.readouterr()
    said = capfd.readouterr().out
    assert "3 operations that may write are not called" in said
    assert "19 of 19 promises kept (5 requests" in said
    assert (checkout.folder / "smoke.xml").exists()
    asked = [str(each) for each in checkout.account.requests[before:]]
    assert asked[-3:] == [
        f"apigateway:{each}" for each in ("GetApiKey", "GetUsagePlans", "GetUsage")
    ]
    sent = checkout.account.requests[-3].parameters
    assert (sent["apiKey"], sent["includeValue"]) == (key, True)


def test_the_role_that_compares_only_describes_stacks(
    checkout: Checkout, capfd: pytest.CaptureFixture[str]
) -> None:
    checkout.deploy(Revision=_head(checkout))
    before = len(checkout.account.requests)
    assert main(["diff", "--stack", "items"]) == 0
    asked = {str(each) for each in checkout.account.requests[before:]}
    assert asked == {"sts:GetCallerIdentity", "cloudformation:DescribeStacks"}
