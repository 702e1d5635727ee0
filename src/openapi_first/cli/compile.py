"""`contract compile`: writes the module that the Lambda serves."""

from __future__ import annotations

import argparse
from pathlib import Path

from openapi_first.cli.options import argument_types
from openapi_first.cli.options.shared import (
    Commands,
    print_skipped,
    takes_contract,
    takes_keep_going,
)


def add_compile(commands: Commands) -> None:
    command = commands.add_parser(
        "compile",
        help="write the module that the Lambda serves",
        description="Checks the contract and writes its routes, parameters and schemas as plain "
        "data. The Lambda imports this module, and neither YAML nor OpenAPI libraries.",
        epilog="example: contract compile openapi.yaml -o build/compiled.py",
    )
    takes_contract(command)
    takes_keep_going(command)
    command.add_argument(
        "-o",
        "--output",
        type=argument_types.output_file,
        default=Path("build/compiled.py"),
        help="the module to write; default: %(default)s",
    )
    command.add_argument(
        "--examples",
        type=argument_types.output_file,
        metavar="FILE",
        help="also write the events with which openapi_first.runtime.pre_traffic.hook tries out a "
        "new version: the contract's examples of operations that read",
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.compiler.checking import check_contract
    from openapi_first.compiler.compile import write_compiled

    checked = check_contract(options.contract, keep_going=options.keep_going)
    write_compiled(checked.contract, options.output, plans=checked.plans)
    if options.examples is not None:
        from openapi_first.pre_traffic.example_events import write_example_events

        write_example_events(checked.contract, options.examples)
    print_skipped(checked)
    count = len(checked.contract.operations)
    noun = "operation" if count == 1 else "operations"
    others = count - len(checked.contract.served)
    left_out = f", {others} with their own integration and without a function" if others else ""
    print(f"{options.output}: {count} {noun} of {options.contract}{left_out}")
    return 0
