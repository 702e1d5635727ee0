"""Without botocore's session, the direct client finds what the session would find."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import botocore.session
import pytest

from items import environment_session
from items.environment_session import EnvironmentSession, suffices

_KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
_CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9001/"}
_VARIABLES = (
    *("region", "ca_bundle", "use_dualstack_endpoint", "use_fips_endpoint"),
    *("account_id_endpoint_mode", "ignore_configured_endpoint_urls"),
)
"""Those that the direct client asks for."""


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_SESSION_TOKEN": "token"},
        {"AWS_ACCOUNT_ID": "123456789012", "AWS_ACCOUNT_ID_ENDPOINT_MODE": "required"},
        {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true"},
        {"AWS_CA_BUNDLE": "/authorities.pem", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
    ],
    ids=["keys", "token", "account", "endpoints", "bundle"],
)
def test_settings_and_credentials_are_those_of_botocores_session(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (_KEYS | settings).items():
        monkeypatch.setenv(name, value)
    ours, theirs = environment_session.session(), botocore.session.Session()
    assert isinstance(ours, EnvironmentSession)
    for name in _VARIABLES:
        assert ours.get_config_variable(name) == theirs.get_config_variable(name), name
    found, expected = ours.get_credentials(), theirs.get_credentials()
    assert found is not None
    assert expected is not None
    assert found.get_frozen_credentials() == expected.get_frozen_credentials()
    model = theirs.get_service_model("dynamodb")
    assert ours.get_service_model("dynamodb").metadata == model.metadata
    assert ours.user_agent().partition(" ")[0] == theirs.user_agent().partition(" ")[0]


@pytest.mark.parametrize("given", [_KEYS, _CONTAINER], ids=["keys", "container"])
@pytest.mark.parametrize(
    "other",
    [{}, {"AWS_PROFILE": "other"}, {"AWS_WEB_IDENTITY_TOKEN_FILE": "/token"}],
    ids=["nothing", "profile", "web identity"],
)
def test_variables_suffice_unless_they_name_another_source(
    given: dict[str, str], other: dict[str, str]
) -> None:
    assert suffices(given | other) is not bool(other)
    assert not suffices(other)


@pytest.mark.parametrize("name", ["config", "credentials"])
@pytest.mark.parametrize("named", [False, True], ids=["of the user", "named"])
def test_a_file_of_profiles_is_left_to_botocores_session(
    tmp_path: Path, name: str, named: bool
) -> None:
    file = tmp_path / ("elsewhere" if named else ".aws") / name
    file.parent.mkdir()
    assert suffices(_KEYS)
    file.write_text("[default]\nregion = eu-central-1\n")
    variable = {"config": "AWS_CONFIG_FILE", "credentials": "AWS_SHARED_CREDENTIALS_FILE"}[name]
    assert not suffices({**_KEYS, **({variable: str(file)} if named else {})})


def test_in_a_lambda_the_direct_client_starts_without_botocores_session() -> None:
    code = (
        "import sys\nfrom items import connection\nconnection.store()\n"
        "print([each for each in ('boto3', 'botocore.session', 'botocore.client') "
        "if each in sys.modules])"
    )
    region = {"AWS_DEFAULT_REGION": "eu-central-1", "TABLE_NAME": "items"}
    environ = {**os.environ, **_KEYS, **region, "DYNAMODB_CLIENT": "direct"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
