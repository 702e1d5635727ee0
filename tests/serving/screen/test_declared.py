"""What is printed of a template's functions, tables and keys."""

from __future__ import annotations

import pytest

from openapi_first.serving.screen.declared import print_declared
from openapi_first.stage.access.api_keys import ApiKey


def printed(capsys: pytest.CaptureFixture[str], *keys: ApiKey) -> str:
    print_declared([], [], keys, [])
    return capsys.readouterr().out


def test_each_value_of_a_key_is_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    same = (ApiKey("One", "local-development-key"), ApiKey("local", "local-development-key"))
    assert printed(capsys, *same) == ""  # a single one stands with its API
    shown = printed(capsys, *same, ApiKey("Two", "another-key-of-the-template"))
    assert shown == (
        "  API keys   local-development-key  (One, local)\n"
        "             another-key-of-the-template  (Two)\n\n"
    )
