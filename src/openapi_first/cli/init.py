"""`contract init`: writes a new project."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from openapi_first.cli.options.shared import Commands
from openapi_first.core.terminal_text import show, visible


def add_init(commands: Commands) -> None:
    command = commands.add_parser(
        "init",
        help="write a new project: contract, functions, tests, image, template and CI",
        description="Writes a complete project into a new or an empty folder. It installs the "
        "engine from its own folder `wheels`. On an error, nothing is left.",
        epilog="example: contract init shop --from openapi.yaml",
    )
    command.add_argument("folder", type=Path, metavar="DIR", help="a new or an empty folder")
    command.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="FILE",
        help="the contract, which is copied with the files that it refers to; default: a small one "
        "to start from",
    )
    command.add_argument(
        "--package",
        metavar="NAME",
        help="the name of the Python package; default: derived from the folder's name",
    )
    command.add_argument(
        "--wheel",
        type=Path,
        metavar="FILE",
        help="the engine's wheel; default: the one that this command was installed from",
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.core.signals import reported_signals
    from openapi_first.project.new_project import new_project

    folder: Path = options.folder

    def interrupted() -> str:
        written = (folder / "pyproject.toml").exists()
        what = f"{folder} is complete" if written else f"nothing is left of {folder}"
        return visible(f"interrupted: {what}")

    with reported_signals(interrupted):
        project = new_project(folder, options.source, options.package, options.wheel)
    contract, rules = project.contract, project.accepted_findings
    count = len(contract.operations)
    operations = f"{count} operation{'' if count == 1 else 's'}"
    show(f"{folder}: {contract.title}, {operations}, package {project.package}")
    if rules:
        show(f"`contract lint` accepts what this contract does not pass: {', '.join(rules)}")
    enter = "" if folder == Path() else f"cd {shlex.quote(str(folder))} && "
    show(f"Next: {enter}make serve")
    return 0
