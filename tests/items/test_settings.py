"""The environment is read once, and what is missing is named."""

import dataclasses

import pytest

from items.settings import MissingSetting, Settings


def test_the_table_name_is_read() -> None:
    assert Settings.from_environment({"TABLE_NAME": " items "}) == Settings(table_name="items")


@pytest.mark.parametrize("environ", [{}, {"TABLE_NAME": ""}, {"TABLE_NAME": "  "}])
def test_a_missing_table_name_is_named_with_the_way_to_set_it(environ: dict[str, str]) -> None:
    with pytest.raises(MissingSetting, match=r"TABLE_NAME.*export TABLE_NAME=items"):
        Settings.from_environment(environ)


def test_settings_cannot_be_changed_after_they_are_read() -> None:
    settings = Settings("items")
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.table_name = "other"  # type: ignore[misc]
