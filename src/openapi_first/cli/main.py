"""The `contract` command."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence

from openapi_first.cli.compile import add_compile
from openapi_first.cli.coverage import add_coverage
from openapi_first.cli.diff import add_diff
from openapi_first.cli.drift import add_drift
from openapi_first.cli.gateway import add_gateway
from openapi_first.cli.lint import add_lint
from openapi_first.cli.serve import add_serve
from openapi_first.cli.test import add_test
from openapi_first.cli.types import add_types
from openapi_first.openapi.errors import ContractError, SettingsError, UnreadableContract
from openapi_first.stage.command_line import add_token_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns 0 when it holds, 1 when it does not, 2 for wrong use."""
    # Nothing runs yet that needs an orderly end, and an interrupted import may leave as any
    # exception. Commands that have something to tidy up take the signal back.
    interrupt = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return _run(_parser().parse_args(arguments))
    finally:
        signal.signal(signal.SIGINT, interrupt)


def _run(options: argparse.Namespace) -> int:
    try:
        status: int = options.run(options)
    except UnreadableContract as error:
        print(error, file=sys.stderr)
        return 2
    except ContractError as error:
        count = len(error.diagnostics)
        print(error, file=sys.stderr)
        print(f"{count} error{'s' if count > 1 else ''} in the contract.", file=sys.stderr)
        return 1
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        named = f": {error.filename}" if error.filename is not None else ""
        print(f"contract: {error.strerror or error}{named}", file=sys.stderr)
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="contract",
        description="Compiles an OpenAPI document into everything that must obey it.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (
        *(add_compile, add_types, add_gateway, add_lint, add_diff, add_drift, add_serve),
        *(add_test, add_coverage, add_token_command),
    ):
        add(commands)
    return parser
