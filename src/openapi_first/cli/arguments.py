"""Arguments that several commands take."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from openapi_first.openapi.errors import SettingsError

if TYPE_CHECKING:
    from openapi_first.import_document.settings import GatewaySettings
    from openapi_first.openapi.model import Contract


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def takes_contract(parser: argparse.ArgumentParser) -> None:
    """Adds the path of the contract, which may be left out."""
    parser.add_argument(
        "contract", nargs="?", type=Path, default=Path("openapi.yaml"), help="default: %(default)s"
    )


def takes_settings(parser: argparse.ArgumentParser) -> None:
    """Adds the file that says what the contract cannot: who judges its tokens."""
    parser.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help="TOML with [tool.contract]: who judges tokens; default: pyproject.toml beside it",
    )


def takes_origins(parser: argparse.ArgumentParser) -> None:
    """Adds the origins that browsers may call from."""
    parser.add_argument(
        "--allow-origin",
        action="append",
        type=_origin_or_all,
        metavar="ORIGIN",
        help="a browser may call from; give it again for more than one; default: *",
    )


def chosen_origins(options: argparse.Namespace) -> tuple[str, ...]:
    """The origins of `takes_origins`. Raises SettingsError for `*` beside others."""
    origins = tuple(dict.fromkeys(options.allow_origin or ("*",)))
    if "*" in origins and len(origins) > 1:
        raise SettingsError(
            Path("--allow-origin"), ["* allows all: name it alone, or leave it out"]
        )
    return origins


def chosen_settings_file(options: argparse.Namespace) -> Path:
    """The file of `takes_settings`: the one that is named, which has to be there, or the project's
    beside the contract."""
    from openapi_first.import_document.settings import settings_file

    if options.settings is None:
        return settings_file(options.contract)
    path: Path = options.settings
    if not path.is_file():
        raise SettingsError(path, ["there is no such file"])
    return path


def chosen_settings(options: argparse.Namespace, contract: Contract) -> GatewaySettings:
    """What `takes_settings`, and `takes_origins` if it was asked, say for a contract.

    Raises SettingsError with every problem.
    """
    from openapi_first.import_document.settings import read_settings

    origins = chosen_origins(options) if "allow_origin" in options else ("*",)
    return read_settings(chosen_settings_file(options), contract, allow_origins=origins)


def positive(text: str) -> float:
    """A number above 0, as an argument."""
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"a number above 0 is needed, and {text!r} is not that")
    return number


def percentage(text: str) -> float:
    """A number above 0 and up to 100, as an argument."""
    number = positive(text)
    if number > 100:
        raise argparse.ArgumentTypeError(f"a percentage ends at 100, and {text!r} is above")
    return number


def _origin_or_all(text: str) -> str:
    return text if text == "*" else origin(text)


def origin(text: str) -> str:
    """An origin, as an argument (RFC 6454 §6.2): a scheme, a host and perhaps a port, in lower
    case, and nothing more."""
    if not re.fullmatch(r"[a-z][a-z0-9+.-]*://[^\s/,'?#@A-Z]+", text):
        raise argparse.ArgumentTypeError(
            f"an origin is as in https://shop.example, without a path, and {text!r} is not"
        )
    return text
