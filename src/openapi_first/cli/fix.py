"""`contract fix`: writes the names that were derived into the contract."""

from __future__ import annotations

import argparse
import difflib
import sys
from typing import TYPE_CHECKING

from openapi_first.cli.options import argument_types
from openapi_first.cli.options.shared import Commands, takes_contract
from openapi_first.core.terminal_text import visible

if TYPE_CHECKING:
    from openapi_first.fix.names import FixedFile


def add_fix(commands: Commands) -> None:
    command = commands.add_parser(
        "fix",
        help="write the names that were derived into the contract",
        description="Writes `operationId` and `x-python-name` where a name in Python is derived, "
        "into the files that hold the operations and parameters. Everything else in the files "
        "stays as it is. Functions and arguments keep their names.",
        epilog="example: contract fix --diff openapi.yaml",
    )
    takes_contract(command)
    command.add_argument(
        "-o",
        "--output",
        type=argument_types.output_file,
        metavar="FILE",
        help="the file to write; default: the contract itself",
    )
    command.add_argument(
        "--diff", action="store_true", help="write nothing; print what would change"
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.core.files import replace_file
    from openapi_first.fix.names import fixed_files
    from openapi_first.openapi.loader import load

    if options.diff and options.output is not None:
        options.wrong_arguments("--diff excludes -o")
    contract = load(options.contract)
    files, left = fixed_files(contract)
    main = contract.root.source.path
    others = [str(each.path) for each in files if each.path != main]
    if options.output is not None and others:
        options.wrong_arguments(
            f"argument -o: {', '.join(others)} would change, too: leave out -o, or fix a copy"
        )
    for error in left:
        print(visible(str(error)), file=sys.stderr)
    if options.diff:
        for each in files:
            print("".join(_difference(each)), end="")
        return 0
    if options.output is not None and not files:
        replace_file(options.output, main.read_bytes().decode())
    for each in files:
        replace_file(options.output or each.path, each.after)
        noun = "name" if each.count == 1 else "names"
        print(f"{options.output or each.path}: {each.count} {noun} written")
    if not files:
        print(f"{options.contract}: no name to write")
    return 0


def _difference(file: FixedFile) -> list[str]:
    """As a patch; a last line without its end is marked as `diff` marks it."""
    lines = difflib.unified_diff(
        file.before.splitlines(keepends=True),
        file.after.splitlines(keepends=True),
        f"a/{file.path}",
        f"b/{file.path}",
    )
    return [
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    ]
