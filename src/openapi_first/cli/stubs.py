"""`contract stubs`: adds functions for operations that have none."""

from __future__ import annotations

import argparse
from pathlib import Path

from openapi_first.cli.options.shared import (
    Commands,
    chosen_project,
    print_skipped,
    takes_contract,
    takes_keep_going,
)
from openapi_first.core.errors import UserError


class NoOperationsModule(UserError):
    """The place of the module of operations is not known."""


def add_stubs(commands: Commands) -> None:
    command = commands.add_parser(
        "stubs",
        help="add functions for operations that have none",
        description="Adds a typed function for each operation that has none to the end of the "
        "module of operations, and the imports that it needs. Nothing else in it changes. Also "
        "writes the types if [tool.contract] says where.",
        epilog="example: contract stubs -o src/shop/operations.py",
    )
    takes_contract(command)
    takes_keep_going(command)
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="the module of operations; default: operations.py beside the handler's module",
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.compiler.checking import check_contract
    from openapi_first.core.files import replace_file
    from openapi_first.python_types.module import types_module
    from openapi_first.python_types.operations_module import OperationsModule, read_source
    from openapi_first.python_types.signatures import signatures_of
    from openapi_first.python_types.stubs import missing_functions, with_functions

    project = chosen_project(options)
    path = options.output or project.operations
    if path is None:
        raise NoOperationsModule(
            "name the module of operations with -o FILE, or set `handler` in [tool.contract]"
        )
    checked = check_contract(options.contract, keep_going=options.keep_going)
    print_skipped(checked)
    source = read_source(path)
    types = signatures_of(checked.contract)
    added = missing_functions(OperationsModule(source, path), types)
    written = with_functions(source, path, types, project.types_module)
    if project.types is not None:
        replace_file(project.types, types_module(checked.contract))
    if not added:
        print(f"{path}: every operation has its function")
        return 0
    replace_file(path, written)
    print(f"{path}: added {', '.join(each.function for each in added)}")
    return 0
