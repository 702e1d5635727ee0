"""The environment is read once, and what is missing is named."""

import dataclasses

import pytest

from items.settings import MissingSetting, Settings, WrongSetting


def test_the_table_name_is_read() -> None:
    assert Settings.from_environment({"TABLE_NAME": " items "}) == Settings(table_name="items")


@pytest.mark.parametrize("environ", [{}, {"TABLE_NAME": ""}, {"TABLE_NAME": "  "}])
def test_a_missing_table_name_is_named_with_the_way_to_set_it(environ: dict[str, str]) -> None:
    with pytest.raises(MissingSetting, match=r"TABLE_NAME.*export TABLE_NAME=items"):
        Settings.from_environment(environ)


def test_the_client_is_boto3s_unless_another_is_chosen() -> None:
    for given, kind in ((None, "boto3"), ("", "boto3"), ("boto3", "boto3"), (" direct", "direct")):
        environ = {"TABLE_NAME": "items"} | ({} if given is None else {"DYNAMODB_CLIENT": given})
        assert Settings.from_environment(environ).dynamodb_client == kind
    with pytest.raises(WrongSetting, match=r"DYNAMODB_CLIENT is 'Direct'.*'boto3'.*'direct'"):
        Settings.from_environment({"TABLE_NAME": "items", "DYNAMODB_CLIENT": "Direct"})


def test_settings_cannot_be_changed_after_they_are_read() -> None:
    settings = Settings("items")
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.table_name = "other"  # type: ignore[misc]
