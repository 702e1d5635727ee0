"""The parameters of a deployment are those that `samconfig.toml` gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from openapi_first.templates.files.errors import TemplateError
from openapi_first.templates.files.samconfig import overridden, read_samconfig


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ('A=1 B="two words"', {"A": "1", "B": "two words"}),
        (["A=1", "B=x=y"], {"A": "1", "B": "x=y"}),
        ("ParameterKey=A,ParameterValue=1 ParameterKey=B,ParameterValue=2", {"A": "1", "B": "2"}),
        ({"A": 1}, {"A": "1"}),
        ("A='never closed", {"A": "'never"}),
        (None, {}),
        (5, {}),
    ],
)
def test_overrides_are_read_in_every_form(written: object, values: dict[str, str]) -> None:
    assert overridden(written) == values


@pytest.mark.parametrize("built", [False, True])
def test_the_file_is_beside_the_template_or_above_the_build(built: bool, tmp_path: Path) -> None:
    (tmp_path / "samconfig.toml").write_text(
        "version = 0.1\n"
        '[default.global.parameters]\nstack_name = "shop"\n'
        '[default.deploy.parameters]\nregion = "eu-west-1"\nparameter_overrides = "A=1"\n'
        '[prod.deploy.parameters]\nparameter_overrides = ["A=2"]\n'
    )
    template = tmp_path / ".aws-sam" / "build" / "template.yaml" if built else tmp_path / "t.yaml"
    found = read_samconfig(template)
    assert (found.stack, found.region, found.parameters) == ("shop", "eu-west-1", {"A": "1"})
    assert read_samconfig(template, "prod").parameters == {"A": "2"}
    assert read_samconfig(template, "none").parameters == {}


def test_a_broken_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "samconfig.toml").write_text("[")
    with pytest.raises(TemplateError, match=r"samconfig\.toml: cannot be read"):
        read_samconfig(tmp_path / "template.yaml")


@pytest.mark.parametrize("name", ["samconfig.yaml", "samconfig.yml"])
def test_the_file_may_be_yaml(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(
        "version: 0.1\ndefault:\n  deploy:\n    parameters:\n"
        "      stack_name: shop\n      parameter_overrides: [A=1, B=2]\n"
    )
    found = read_samconfig(tmp_path / "t.yaml")
    assert (found.path, found.stack) == (tmp_path / name, "shop")
    assert found.parameters == {"A": "1", "B": "2"}
    (tmp_path / "samconfig.toml").write_text("")
    assert read_samconfig(tmp_path / "t.yaml").path == tmp_path / "samconfig.toml"


def test_the_settings_of_the_local_api_come_before_those_of_a_deployment(tmp_path: Path) -> None:
    (tmp_path / "samconfig.toml").write_text(
        '[default.deploy.parameters]\nparameter_overrides = "A=1 B=1"\n'
        '[default.local_start_api.parameters]\nparameter_overrides = "A=2"\n'
    )
    assert read_samconfig(tmp_path / "t.yaml").parameters == {"A": "2", "B": "1"}
