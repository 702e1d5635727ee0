"""Reads `[tool.contract]` of a TOML file, such as a project's pyproject.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from openapi_first.documents.errors import SettingsError

SETTINGS = (
    *("accepted_findings", "authorizers", "binary_media_types", "contract", "dynamodb"),
    *("environment", "errors", "functions", "handler", "port", "preload", "quotas"),
    *("setup", "types"),
    "unfinished",
)
"""The settings in `[tool.contract]`. `project.settings` and `import_document.settings` read them,
each its own."""

WORDS = {
    str: "a string",
    int: "an integer",
    bool: "true or false",
    list: "a list of strings",
    dict: "a table of strings",
}


def settings_table(path: Path) -> dict[str, Any]:
    """The table, empty if the file or the table does not exist. Raises SettingsError if the file
    cannot be read or has no tables there."""
    if not path.exists():
        return {}
    try:
        table: Any = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(path, [f"cannot be read: {error}"]) from error
    for key in ("tool", "contract"):
        table = table.get(key, {})
        if not isinstance(table, dict):
            raise SettingsError(path, [f"{key} is not a table"])
    found: dict[str, Any] = table
    return found


def unknown_settings(table: Iterable[str]) -> list[str]:
    """An error for each name that is not a setting."""
    return [_unknown(name) for name in table if name not in SETTINGS]


def is_setting(value: object, wanted: type) -> bool:
    """Whether a value has the type of a setting, one of `WORDS`; no string may be empty."""
    if wanted is list:
        return isinstance(value, list) and all(is_setting(each, str) for each in value)
    if wanted is dict:
        return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
    if wanted is str:
        return isinstance(value, str) and value != ""
    return type(value) is wanted


def _unknown(name: str) -> str:
    close = get_close_matches(name, SETTINGS, n=1)
    hint = f"did you mean {close[0]}?" if close else f"use one of: {', '.join(SETTINGS)}"
    return f"[tool.contract]: unknown setting {name}; {hint}"
