"""One rule for region and profile in every command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from openapi_first.sdk.session import session

PROFILES = """[default]
region = af-south-1
[profile work]
region = eu-north-1
[profile saved]
region = eu-south-1
[profile bare]
"""
SAVED = '[default.deploy.parameters]\nregion = "sa-east-1"\nprofile = "saved"\n'
SAVED_PROFILE = '[default.global.parameters]\nprofile = "saved"\n'


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    (tmp_path / "config").write_text(PROFILES)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("variables", "samconfig", "region"),
    [
        ({}, "", "af-south-1"),
        ({}, SAVED_PROFILE, "eu-south-1"),
        ({}, SAVED, "sa-east-1"),
        ({"AWS_PROFILE": "bare"}, SAVED, "sa-east-1"),
        ({"AWS_PROFILE": "work"}, SAVED, "eu-north-1"),
        ({"AWS_PROFILE": "work", "AWS_DEFAULT_REGION": "us-east-2"}, SAVED, "us-east-2"),
        ({"AWS_REGION": "us-west-1", "AWS_DEFAULT_REGION": "us-east-2"}, SAVED, "us-west-1"),
        ({"AWS_REGION": "us-west-1"}, "", "us-west-1"),
        ({"AWS_REGION": ""}, "", "af-south-1"),
    ],
)
def test_the_region_is_the_first_that_is_named(
    variables: dict[str, str], samconfig: str, region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    Path("samconfig.toml").write_text(samconfig)
    assert session().region_name == region
    assert session(region="ca-west-1").region_name == "ca-west-1"


def test_a_profile_that_is_named_counts_more_than_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("samconfig.toml").write_text(SAVED)
    assert session().profile_name == "saved"
    monkeypatch.setenv("AWS_PROFILE", "bare")
    assert session().profile_name == "bare"
    chosen = session(profile="work")
    assert (chosen.profile_name, chosen.region_name) == ("work", "eu-north-1")


def test_keys_in_the_environment_count_more_than_the_profile_in_samconfig(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("samconfig.toml").write_text(SAVED)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    chosen = session()
    assert (chosen.profile_name, chosen.region_name) == ("default", "sa-east-1")


@pytest.mark.parametrize("damaged", ["[", "default = 1\n", "[default]\ndeploy = 1\n"])
def test_a_samconfig_that_cannot_be_read_names_nothing(damaged: str) -> None:
    Path("samconfig.toml").write_text(damaged)
    assert session().region_name == "af-south-1"


def test_boto3_is_imported_only_for_a_session() -> None:
    script = "import sys, openapi_first.sdk.session; print('boto3' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
