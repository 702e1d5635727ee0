"""samconfig.toml, PARAMETERS and TAGS: every form that SAM takes is read, and the rest is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openapi_first.deployment.account import samconfig
from openapi_first.deployment.account.failures import Refused

_DEPLOY = "[default.deploy.parameters]\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "samconfig.toml"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("default = []", "default is not a table"),
        ("default = {deploy = 'x'}", "deploy is not a table, e.g. .default.deploy.parameters."),
        ("default = {global = {parameters = ['x']}}", "parameters is not a table"),
        (f"{_DEPLOY}stack_name = 5", "stack_name is not a string"),
        (f"{_DEPLOY}region = ['eu-west-1']", "region is not a string"),
        (f"{_DEPLOY}parameter_overrides = 5", "parameter_overrides: 5 is not NAME=VALUE"),
        (f"{_DEPLOY}parameter_overrides = [1]", r"parameter_overrides: \[1\] is not NAME=VALUE"),
        (f"{_DEPLOY}parameter_overrides = {{A = {{B = 1}}}}", "A is neither a string nor a number"),
        (f"{_DEPLOY}parameter_overrides = 'A=1 A=2'", "has A more than once"),
        (f"{_DEPLOY}parameter_overrides = 'file://x'", "'file://x' is not NAME=VALUE"),
    ],
)
def test_a_value_of_another_kind_is_told_with_its_place(
    file: Path, written: str, message: str
) -> None:
    file.write_text(written)
    with pytest.raises(Refused, match=message) as refused:
        samconfig.read(file)
    assert "samconfig.toml" in str(refused.value)


def test_a_folder_of_that_name_is_told(file: Path) -> None:
    file.mkdir()
    with pytest.raises(Refused, match="cannot be read"):
        samconfig.read(file)


@pytest.mark.parametrize(
    "overrides",
    [
        "'A=1 B=x,y C=true'",
        "['A=1', 'B=x,y C=true']",
        "{A = 1, B = ['x', 'y'], C = true}",
        "'ParameterKey=A,ParameterValue=1 ParameterKey=B,ParameterValue=x,y C=\"true\"'",
    ],
)
def test_parameters_are_read_in_each_form_that_sam_takes(file: Path, overrides: str) -> None:
    file.write_text(f"{_DEPLOY}parameter_overrides = {overrides}")
    assert samconfig.read(file).parameters == {"A": "1", "B": "x,y", "C": "true"}


def test_what_sam_reads_may_have_a_date(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file.write_text(f"{_DEPLOY}since = 2026-01-31")
    written = json.loads(samconfig.for_sam(samconfig.read(file)).read_text())
    assert written["default"]["global"]["parameters"] == {"since": "2026-01-31"}


def test_a_name_that_is_given_twice_is_refused() -> None:
    with pytest.raises(Refused, match="PARAMETERS has StageName more than once"):
        samconfig.pairs("StageName=a StageName=b", "PARAMETERS")
