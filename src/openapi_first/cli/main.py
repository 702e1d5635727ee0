"""The `contract` command: its list of commands, and the one place that reports their errors.

Exit status 0: done. 1: a command that judges found something wrong. 2: the input or an argument is
wrong, or the command could not do its work.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openapi_first.cli.client import add_client
from openapi_first.cli.compile import add_compile
from openapi_first.cli.coverage import add_coverage
from openapi_first.cli.diff import add_diff
from openapi_first.cli.drift import add_drift
from openapi_first.cli.extras import missing_extra
from openapi_first.cli.fix import add_fix
from openapi_first.cli.gateway import add_gateway
from openapi_first.cli.init import add_init
from openapi_first.cli.lint import add_lint
from openapi_first.cli.options.shared import Parser, choose_contract
from openapi_first.cli.serve import add_serve
from openapi_first.cli.stubs import add_stubs
from openapi_first.cli.terminal.progress import progress
from openapi_first.cli.terminal.standard_streams import open_missing_streams
from openapi_first.cli.test import add_test
from openapi_first.cli.token import add_token
from openapi_first.cli.types import add_types
from openapi_first.cli.upgrade import add_upgrade
from openapi_first.core.errors import UserError
from openapi_first.core.terminal_text import visible

# In the order in which a project needs them, as in docs/commands.md.
_COMMANDS = (
    *(add_init, add_upgrade, add_serve, add_stubs, add_types, add_client, add_token, add_lint),
    *(add_fix, add_test, add_coverage, add_diff, add_compile, add_gateway, add_drift),
)
_DISTRIBUTION = "openapi-first-serverless"
_LONGEST_REASON = 300
_ALLOCATIONS = 100_000
"""How many objects a command makes before Python searches for cycles among them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    open_missing_streams()
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    with_traceback = "--traceback" in arguments
    try:
        with _flushed_at_exit():
            options = _parsed(arguments)
        with_traceback = options.traceback
        # A large contract is many objects and hardly any garbage: with Python's default of 700,
        # searching for it takes up to a third of the time of a command.
        gc.set_threshold(_ALLOCATIONS, 20, 20)
        choose_contract(options)
        given = options.__dict__
        named = "".join(f" {given[each]}" for each in ("old", "new", "contract") if given.get(each))
        with progress(f"contract {options.command}{named}"):
            status: int = options.run(options)
        _flush()
    except BrokenPipeError:  # whatever read the output has ended
        _give_up_output()
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:
        if with_traceback:
            traceback.print_exception(error)
        with contextlib.suppress(OSError):  # standard error may be closed or full
            print(visible(_message(error)), file=sys.stderr, flush=True)
        _give_up_output()
        return 2
    return status


@contextlib.contextmanager
def _flushed_at_exit() -> Iterator[None]:
    """Writes what `--help` and `--version` print before they exit, so that it is known whether it
    could be written."""
    try:
        yield
    except SystemExit:
        _flush()
        raise


def _flush() -> None:
    print(end="", flush=True)  # which takes a standard output that is closed, too


def _give_up_output() -> None:
    """Drops what cannot be written, or Python would try again at its own end and complain."""
    try:
        _flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _message(error: Exception) -> str:
    if isinstance(error, UserError):
        return str(error) if error.names_place else f"contract: {error}"
    if isinstance(error, ModuleNotFoundError):
        line = missing_extra(error)
        if line is not None:
            return f"contract: {line}"
    if isinstance(error, OSError):
        place = "" if error.filename is None else f"{error.filename}: "
        return f"contract: {place}{error.strerror or error}"
    reason = " ".join(f"{type(error).__name__}: {error}".split())[:_LONGEST_REASON]
    return (
        f"contract: unexpected {reason} ({_DISTRIBUTION} {_version()}). Please report it with what "
        "the same command prints with --traceback."
    )


def command_parser() -> tuple[Parser, Mapping[str, Parser]]:
    """The parser of `contract`, and those of its commands by name."""
    parser = Parser(
        prog="contract",
        description="Compiles an OpenAPI document into everything that must obey it.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    _takes_traceback(parser, default=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for add in _COMMANDS:
        add(commands)
    for command in commands.choices.values():
        command.set_defaults(wrong_arguments=command.error)
        _takes_traceback(command, default=argparse.SUPPRESS)  # or it would undo the one before
    return parser, commands.choices


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser, commands = command_parser()
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        commands[options.command].error(f"unknown arguments: {' '.join(unknown)}")
    return options


def _takes_traceback(parser: Parser, default: Any) -> None:
    parser.add_argument(
        "--traceback",
        action="store_true",
        default=default,
        help="when the command fails, print the Python traceback, too",
    )


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"{_DISTRIBUTION} {_version()}")
        parser.exit()


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown (not installed)"
