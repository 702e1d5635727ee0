"""The parser of the commands, and the arguments that several of them take."""

from __future__ import annotations

import argparse
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from openapi_first.cli.options.argument_types import origin_or_any
from openapi_first.core.errors import UserError
from openapi_first.core.terminal_text import visible
from openapi_first.project.settings import (
    DEFAULT_CONTRACT,
    SETTINGS_FILE,
    ProjectSettings,
    read_project,
)

if TYPE_CHECKING:
    from openapi_first.compiler.checking import Checked
    from openapi_first.import_document.settings import GatewaySettings
    from openapi_first.openapi.model import Contract

Commands: TypeAlias = "argparse._SubParsersAction[Parser]"  # noqa: SLF001 - argparse has no public name for it


class WrongArguments(UserError):
    """The message begins with the command."""

    names_place = True


class _Formatter(argparse.HelpFormatter):
    """Breaks lines at spaces only, so that names with hyphens stay whole."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return textwrap.indent("\n".join(self._split_lines(text, width - len(indent))), indent)


class Parser(argparse.ArgumentParser):
    """Raises WrongArguments where argparse would print the usage and exit.

    A command whose arguments contradict each other calls `options.wrong_arguments(MESSAGE)`,
    which is `error` of its own parser.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": _Formatter, **options})

    def error(self, message: str) -> NoReturn:
        hint = "" if message.startswith("argument ") else f"; see `{self.prog} --help`"
        raise WrongArguments(f"{self.prog}: {message}{hint}")


CONTRACT_HELP = (
    f"the contract; default: `contract` in [tool.contract] of {SETTINGS_FILE}, "
    f"else {DEFAULT_CONTRACT}"
)


def takes_contract(parser: Parser) -> None:
    parser.add_argument("contract", nargs="?", type=Path, help=CONTRACT_HELP)


def choose_contract(options: argparse.Namespace) -> None:
    """Sets `project`, and `contract` to the project's unless it is given.

    The project is the one in the contract's folder, or in this folder. Raises SettingsError.
    """
    if "contract" not in options:
        return
    options.project = None
    if options.contract is None:
        options.project = read_project(options.__dict__.get("settings") or SETTINGS_FILE)
        options.contract = options.project.contract


def chosen_project(options: argparse.Namespace) -> ProjectSettings:
    """The project of the contract. Raises SettingsError."""
    project: ProjectSettings | None = options.project
    return project or read_project(chosen_settings_file(options))


def takes_keep_going(parser: Parser) -> None:
    parser.add_argument(
        "--keep-going",
        action="store_true",
        help="skip the operations that have errors, list them, and go on with the others",
    )


def print_skipped(checked: Checked) -> None:
    """On standard error, as the errors without `--keep-going` are."""
    if checked.errors:
        print(visible(checked.skipped), file=sys.stderr)


def takes_settings(parser: Parser) -> None:
    parser.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help="TOML with [tool.contract]: who checks tokens; default: pyproject.toml beside the "
        "contract",
    )


def takes_origins(parser: Parser) -> None:
    parser.add_argument(
        "--allow-origin",
        action="append",
        type=origin_or_any,
        metavar="ORIGIN",
        help="an origin that browsers may call from; may be repeated; default: *",
    )


def chosen_origins(options: argparse.Namespace) -> tuple[str, ...]:
    origins = tuple(dict.fromkeys(options.allow_origin or ("*",)))
    if "*" in origins and len(origins) > 1:
        options.wrong_arguments("argument --allow-origin: * allows every origin: leave out either")
    return origins


def chosen_settings_file(options: argparse.Namespace) -> Path:
    """The file of `--settings`, which has to exist, or else the project's: the one that named the
    contract, or the one in its folder."""
    from openapi_first.documents.errors import SettingsError

    path: Path | None = options.__dict__.get("settings")
    if path is None:
        project: ProjectSettings | None = options.project
        folder: Path = options.contract.parent if project is None else project.folder
        return folder / SETTINGS_FILE
    if not path.is_file():
        raise SettingsError(path, ["there is no such file"])
    return path


def chosen_settings(options: argparse.Namespace, contract: Contract) -> GatewaySettings:
    """The settings of `takes_settings`, with the origins of `takes_origins` if the command has it.

    Raises SettingsError with every problem.
    """
    from openapi_first.import_document.settings import read_settings

    origins = chosen_origins(options) if "allow_origin" in options else ("*",)
    path = chosen_settings_file(options)
    return read_settings(path, contract, allow_origins=origins)
