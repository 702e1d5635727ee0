"""`contract lint`: says where each constraint is enforced, and what API Gateway makes of it."""

from __future__ import annotations

import argparse
import sys

from openapi_first.cli.arguments import (
    Commands,
    chosen_settings,
    takes_contract,
    takes_settings,
)


def add_lint(commands: Commands) -> None:
    """Adds the command to those of `contract`."""
    command = commands.add_parser(
        "lint",
        help="say what API Gateway enforces, and what nobody does",
        description="Exits 1 when something is enforced nowhere or would be rejected at import, "
        "and 2 when the contract cannot be read. docs/lint-rules.md lists the rules.",
        epilog="example: contract lint --format sarif > lint.sarif",
    )
    takes_contract(command)
    takes_settings(command)
    command.add_argument("--format", choices=("text", "json", "sarif", "github"), default="text")
    command.add_argument(
        "--all", action="store_true", help="show what is well, too, and not its count alone"
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.lint import report
    from openapi_first.lint.lint import lint
    from openapi_first.openapi.errors import ContractError
    from openapi_first.openapi.loader import load

    try:
        contract = load(options.contract)
        findings = lint(contract, chosen_settings(options, contract))
    except ContractError as error:
        print(error, file=sys.stderr)
        return 2
    if options.format == "text":
        text = report.as_text(findings, everything=options.all)
    else:
        write = {
            "json": report.as_json,
            "sarif": report.as_sarif,
            "github": report.as_annotations,
        }
        text = write[options.format](findings)
    if text:
        print(text)
    return 1 if any(each.rule.verdict.fails for each in findings) else 0
