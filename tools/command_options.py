"""Writes the option tables of docs/commands.md from the parsers of the commands: `make options`."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from openapi_first.cli.main import command_parser

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
_TABLE = re.compile(r"(<!-- Options of (\w+), by `make options`. -->\n).*?(<!-- End. -->\n)", re.S)
_OF_EVERY_COMMAND = ("help", "traceback")
_ARGPARSE_TITLES = ("positional arguments", "options")
_SETTING = re.compile(r"\[tool\.contract[^\]]*\]")
_OTHER_PAGE = re.compile(r"docs/([a-z-]+\.md)")


def page_with_tables(page: str) -> str:
    """The page with today's options between the markers of each command.

    Raises KeyError for a marker of an unknown command.
    """
    _, commands = command_parser()
    return _TABLE.sub(
        lambda match: f"{match[1]}\n{''.join(_tables(commands[match[2]]))}{match[3]}", page
    )


def _tables(parser: argparse.ArgumentParser) -> Iterator[str]:
    """One table for all that needs no heading, then one for each group that has its own."""
    main: list[str] = []
    titled: list[str] = []
    for group in parser._action_groups:
        rows = [
            f"| {_written(action)} | {_meaning(action)} |\n"
            for action in group._group_actions
            if action.dest not in _OF_EVERY_COMMAND and action.help != argparse.SUPPRESS
        ]
        title = group.title or ""
        if title in _ARGPARSE_TITLES:
            main += rows
        elif rows:
            titled.append(f"{title[:1].upper()}{title[1:]}:\n\n{_table(rows)}\n")
    yield f"{_table(main)}\n"
    yield from titled


def _table(rows: list[str]) -> str:
    return "| argument | meaning |\n|---|---|\n" + "".join(rows)


def _written(action: argparse.Action) -> str:
    """The argument as one types it, in code: `-o FILE, --output FILE`."""
    value = action.metavar or action.dest.upper()
    assert isinstance(value, str)
    if action.choices is not None:
        value = "{" + ",".join(map(str, action.choices)) + "}"
    if not action.option_strings:
        name = action.metavar or action.dest
        return f"`{name} …`" if action.nargs == "+" else f"`{name}`"
    if action.nargs == 0:
        return ", ".join(f"`{name}`" for name in action.option_strings)
    value = f"[{value}]" if action.nargs == "?" else value
    return ", ".join(f"`{name} {value}`" for name in action.option_strings)


def _meaning(action: argparse.Action) -> str:
    """The help as Markdown: settings are code, and pages of docs/ are links."""
    text = (action.help or "") % {**vars(action), "prog": "contract"}
    parts = _SETTING.sub(lambda match: f"`{match[0]}`", text).split("`")
    parts[::2] = [re.sub(r"([*\[\]<|])", r"\\\1", part) for part in parts[::2]]
    return _OTHER_PAGE.sub(r"[\1](\1)", "`".join(parts))


if __name__ == "__main__":
    PAGE.write_text(page_with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
