"""What differs by stage is in the import document, and never against the contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from openapi_first.cli.main import main
from openapi_first.stage.api.importer import read_document
from support.documents import whole, written

PREFIX = "x-amazon-apigateway-"
NAME = "SecurityPolicy_TLS13_1_3_2025_09"
PRIVATE = ["--vpc-endpoint", "vpce-1", "--vpc-endpoint", "vpce-2"]


def document(
    folder: Path, capsys: pytest.CaptureFixture[str], *options: str, **own: Any
) -> dict[str, Any]:
    contract = {**whole(), **own}
    assert main(["gateway", str(written(folder, contract)), *options]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_without_options_nothing_is_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(tmp_path, capsys)
    for name in ("security-policy", "endpoint-access-mode", "policy", "minimum-compression-size"):
        assert PREFIX + name not in found
    assert "servers" not in found


def test_a_security_policy_comes_with_its_access_mode(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = document(tmp_path, capsys, "--security-policy", NAME)
    assert found[f"{PREFIX}security-policy"] == NAME
    assert found[f"{PREFIX}endpoint-access-mode"] == "BASIC"
    strict = ["--security-policy", NAME, "--endpoint-access-mode", "STRICT"]
    assert document(tmp_path, capsys, *strict)[f"{PREFIX}endpoint-access-mode"] == "STRICT"


@pytest.mark.parametrize("size", ["0", "10485760"])
def test_a_size_from_which_responses_are_compressed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], size: str
) -> None:
    found = document(tmp_path, capsys, "--minimum-compression-size", size)
    assert found[f"{PREFIX}minimum-compression-size"] == int(size)


def test_a_private_api_denies_everybody_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = document(tmp_path, capsys, *PRIVATE)
    api = read_document(found)
    assert api.private
    assert not api.warnings
    _, deny = found[f"{PREFIX}policy"]["Statement"]
    assert deny["Effect"] == "Deny"
    assert deny["Condition"] == {"StringNotEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}}
    (server,) = found["servers"]
    assert server[f"{PREFIX}endpoint-configuration"] == {"vpcEndpointIds": ["vpce-1", "vpce-2"]}


def test_the_default_url_can_be_switched_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (server,) = document(tmp_path, capsys, "--no-default-url")["servers"]
    assert server[f"{PREFIX}endpoint-configuration"] == {"disableExecuteApiEndpoint": True}


@pytest.mark.parametrize(
    ("options", "name", "value"),
    [
        (["--security-policy", NAME], "security-policy", "TLS_1_0"),
        (PRIVATE, "policy", {"Version": "2012-10-17", "Statement": []}),
        (["--minimum-compression-size", "1"], "minimum-compression-size", 2),
    ],
    ids=["security-policy", "policy", "compression"],
)
def test_a_contract_that_says_something_else_is_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    name: str,
    value: object,
) -> None:
    path = written(tmp_path, {**whole(), PREFIX + name: value})
    assert main(["gateway", str(path), *options]) == 1
    message = capsys.readouterr().err
    assert f"{PREFIX}{name} is not what the options ask for" in message
    assert "Remove it from the contract, or leave out the option." in message


def test_a_server_that_says_something_else_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = {"url": "https://api", f"{PREFIX}endpoint-configuration": {"vpcEndpointIds": ["vpce-9"]}}
    path = written(tmp_path, {**whole(), "servers": [own]})
    assert main(["gateway", str(path), *PRIVATE]) == 1
    assert f"{PREFIX}endpoint-configuration is not what" in capsys.readouterr().err


def test_what_the_contract_says_already_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint = {f"{PREFIX}endpoint-configuration": {"disableExecuteApiEndpoint": True}}
    own = {f"{PREFIX}security-policy": NAME, f"{PREFIX}endpoint-access-mode": "BASIC"}
    servers = [{"url": "https://api", **endpoint}]
    options = ["--security-policy", NAME, "--no-default-url"]
    found = document(tmp_path, capsys, *options, **own, servers=servers)
    assert found[f"{PREFIX}security-policy"] == NAME
    assert found["servers"] == servers


@pytest.mark.parametrize("size", ["10485761", "-1", "1k"])
def test_a_size_that_aws_does_not_take_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], size: str
) -> None:
    path = written(tmp_path, whole())
    assert main(["gateway", str(path), "--minimum-compression-size", size]) == 2
    assert "--minimum-compression-size" in capsys.readouterr().err
