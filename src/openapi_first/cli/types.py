"""`contract types`: writes the contract's schemas and operations as Python types."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from openapi_first.cli.options import argument_types
from openapi_first.cli.options.shared import (
    Commands,
    chosen_project,
    print_skipped,
    takes_contract,
    takes_keep_going,
)


def add_types(commands: Commands) -> None:
    command = commands.add_parser(
        "types",
        help="write the types of schemas and operations, for a type checker",
        description="Writes the schemas as TypedDicts, and the operations as a protocol that a "
        "type checker compares your functions with.",
        epilog="example: contract types -o src/shop/types.py",
    )
    takes_contract(command)
    takes_keep_going(command)
    command.add_argument(
        "-o",
        "--output",
        type=argument_types.output,
        default=argparse.SUPPRESS,
        help="the file to write; default: `types` in [tool.contract], else standard output",
    )
    command.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit 1 when the output is not up to date",
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.compiler.checking import check_contract
    from openapi_first.core.files import replace_file
    from openapi_first.python_types.module import types_module

    output: Path | None = chosen_project(options).types
    output = options.output if "output" in options else output
    if options.check and output is None:
        options.wrong_arguments("--check requires the file to check: -o FILE")
    checked = check_contract(options.contract, keep_going=options.keep_going)
    print_skipped(checked)
    text = types_module(checked.contract)
    if output is None:
        print(text, end="")
    elif options.check:
        if not output.exists() or output.read_text("utf-8", "replace") != text:
            print(
                f"{output} does not match {options.contract}: run `contract types -o {output}`",
                file=sys.stderr,
            )
            return 1
    else:
        replace_file(output, text)
        print(f"{output}: the types of {options.contract}")
    return 0
