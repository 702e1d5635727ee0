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
