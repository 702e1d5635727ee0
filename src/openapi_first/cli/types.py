"""`contract types`: writes the contract's schemas and operations as types."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from openapi_first.cli.arguments import Commands, takes_contract


def add_types(commands: Commands) -> None:
    """Adds the command to those of `contract`."""
    command = commands.add_parser(
        "types",
        help="write the types of schemas and operations, for a type checker",
        epilog="example: contract types -o src/items/types.py",
    )
    takes_contract(command)
    command.add_argument("-o", "--output", type=Path, help="default: standard output")
    command.add_argument(
        "--check", action="store_true", help="write nothing; 1 when the output is not up to date"
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.core.files import replace_file
    from openapi_first.openapi.loader import load
    from openapi_first.python_types.module import types_module

    if options.check and options.output is None:
        print("contract: --check needs the file to look at: -o FILE", file=sys.stderr)
        return 2
    text = types_module(load(options.contract))
    output: Path | None = options.output
    if output is None:
        sys.stdout.write(text)
    elif options.check:
        if not output.is_file() or output.read_text(encoding="utf-8") != text:
            print(
                f"{output} is not what {options.contract} says: run `contract types -o {output}`",
                file=sys.stderr,
            )
            return 1
    else:
        replace_file(output, text)
        print(f"{output}: the types of {options.contract}")
    return 0
