"""`contract compile`: writes the module that the Lambda serves."""

from __future__ import annotations

import argparse
from pathlib import Path

from openapi_first.cli.arguments import Commands, takes_contract


def add_compile(commands: Commands) -> None:
    command = commands.add_parser(
        "compile",
        help="write the module that the Lambda serves",
        epilog="example: contract compile openapi.yaml -o build/compiled.py",
    )
    takes_contract(command)
    command.add_argument(
        "-o", "--output", type=Path, default=Path("build/compiled.py"), help="default: %(default)s"
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.compiler.compile import write_compiled
    from openapi_first.openapi.loader import load

    contract = load(options.contract)
    write_compiled(contract, options.output)
    print(f"{options.output}: {len(contract.operations)} operations of {options.contract}")
    return 0
