"""`contract client`: has a maintained generator write a client of the API."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from openapi_first.cli.options.shared import (
    Commands,
    chosen_project,
    print_skipped,
    takes_contract,
    takes_keep_going,
)
from openapi_first.core.signals import raised_signals
from openapi_first.core.terminal_text import visible

if TYPE_CHECKING:
    from openapi_first.clients.generators import Generator


def add_client(commands: Commands) -> None:
    command = commands.add_parser(
        "client",
        help="write a client in Python, TypeScript or another language",
        description="Gives the contract to a generator: openapi-python-client, openapi-typescript "
        "with openapi-fetch, or any of openapi-generator. It gets one file of OpenAPI 3.0 or 3.1, "
        "with an operationId for each operation. The folder is replaced in one step; on an error, "
        "nothing changes.",
        epilog="example: contract client typescript -o clients/typescript",
    )
    command.add_argument(
        "generator",
        type=_generator,
        metavar="GENERATOR",
        help="python, typescript, or the name of one of openapi-generator's, such as go "
        "(openapi-generator:python for one with the same name)",
    )
    takes_contract(command)
    takes_keep_going(command)
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="DIR",
        help="a new or an empty folder, or one that this command has written; default: "
        "clients/GENERATOR beside pyproject.toml",
    )
    command.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="the generator's own settings, for all but typescript; default: none",
    )
    command.add_argument(
        "--force",
        action="store_true",
        help="replace a client that was changed since it was generated; default: list the changes",
    )
    command.add_argument(
        "--check",
        action="store_true",
        help="write nothing, without running the generator; exit 1 when the client is not up to "
        "date",
    )
    command.set_defaults(run=_run)


def _generator(name: str) -> Generator:
    from openapi_first.clients.generators import generator_of

    generator = generator_of(name)
    if generator is None:
        raise argparse.ArgumentTypeError(
            f"{name!r} names no generator: python, typescript, or one of openapi-generator's"
        )
    return generator


def _run(options: argparse.Namespace) -> int:
    from openapi_first.clients.document import as_json, client_document, without_method
    from openapi_first.clients.folder import (
        Record,
        check_replaceable,
        digest,
        files_of,
        replace_folder,
        working_folder,
    )
    from openapi_first.clients.generators import TYPESCRIPT, generate
    from openapi_first.compiler.checking import check_contract

    generator: Generator = options.generator
    if options.config is not None and generator.name == TYPESCRIPT:
        options.wrong_arguments("argument --config: openapi-typescript reads no such file")
    output: Path = options.output or chosen_project(options).folder / "clients" / generator.folder
    checked = check_contract(options.contract, keep_going=options.keep_going)
    print_skipped(checked)
    for label in without_method(checked.contract):
        print(
            visible(f"left out: {label}: it stands for every method that is left"), file=sys.stderr
        )
    document = client_document(checked.contract)
    config = "" if options.config is None else digest(options.config.read_bytes())
    hashes = (generator.name, digest(as_json(document).encode()), config)
    if options.check:
        return _check(output, options, hashes)
    check_replaceable(output, force=options.force)
    by = generator.by
    if sys.stderr.isatty():
        print(f"{by} is at work …", file=sys.stderr, flush=True)
    # Ctrl-C and a termination remove what is written so far.
    with raised_signals(), working_folder(output) as work:
        folder, said = generate(generator, checked.contract, document, work, options.config)
        for line in said:
            print(visible(f"{by}: {line}"), file=sys.stderr)
        record = Record(generator.name, by, hashes[1], config, files_of(folder))
        replace_folder(output, folder, record)
    print(visible(f"{output}: a client of {options.contract} by {by}"))
    return 0


def _check(output: Path, options: argparse.Namespace, hashes: tuple[str, str, str]) -> int:
    from openapi_first.clients.folder import changes, record_of

    again = f"run `contract client {options.generator.name} {options.contract} -o {output}`"
    record = record_of(output)
    if record is None:
        print(visible(f"{output} has no client of this command: {again}"), file=sys.stderr)
        return 1
    if (record.generator, record.document, record.config) != hashes:
        print(visible(f"{output} does not match {options.contract}: {again}"), file=sys.stderr)
        return 1
    found = changes(output, record)
    for line in found:
        print(visible(line), file=sys.stderr)
    return 1 if found else 0
