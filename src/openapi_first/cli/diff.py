"""`contract diff`: reports which changes between two contracts break clients."""

from __future__ import annotations

import argparse
from pathlib import Path

from openapi_first.cli.options.shared import Commands


def add_diff(commands: Commands) -> None:
    command = commands.add_parser(
        "diff",
        help="report which changes between two contracts break clients",
        description="Exits 1 when a change breaks clients of OLD, 0 when none does, and 2 when "
        "one of the two cannot be read. Give it contracts, not import documents: those lack much "
        "of what clients rely on.",
        epilog="example: git show main:openapi.yaml > old.yaml && "
        "contract diff old.yaml openapi.yaml",
    )
    command.add_argument("old", type=Path, metavar="OLD", help="the contract that clients know")
    command.add_argument("new", type=Path, metavar="NEW", help="the contract that replaces it")
    command.add_argument(
        "--format",
        choices=("text", "json", "github"),
        default="text",
        help="the form of the output; default: %(default)s",
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from openapi_first.diff.contracts import compare_contracts
    from openapi_first.diff.findings import report
    from openapi_first.openapi.loader import load

    old, new = load(options.old), load(options.new)
    changes = compare_contracts(old, new, today=datetime.now(UTC).date())
    write = {"text": report.as_text, "json": report.as_json, "github": report.as_annotations}
    text = write[options.format](changes)
    if text:
        print(text)
    return 1 if any(change.breaking for change in changes) else 0
