"""`contract coverage`: what several runs together have seen of a contract."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from openapi_first.cli.arguments import Commands, percentage


def add_coverage(commands: Commands) -> None:
    """Adds the command to those of `contract`."""
    command = commands.add_parser(
        "coverage",
        help="merge coverage records, and say what of the contract nobody has seen",
        description="Merges records: of `contract test --coverage`, of `pytest "
        "--contract-coverage`, of the stage's /_stage/coverage. Exits 0, 1 when less is covered "
        "than --cov-fail-under, 2 when a record cannot be counted.",
        epilog="example: contract coverage unit.json deployed.json --cov-fail-under 95",
    )
    command.add_argument("records", nargs="+", type=Path, metavar="RECORD")
    command.add_argument(
        "--contract", type=Path, default=Path("openapi.yaml"), help="default: %(default)s"
    )
    command.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write the merged record"
    )
    command.add_argument("--html", type=Path, metavar="FILE", help="also as one HTML page")
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.add_argument(
        "--cov-fail-under", type=percentage, metavar="PERCENT", help="fail below this coverage"
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.conformance.model.coverage import CoverageError
    from openapi_first.conformance.reports.coverage import coverage_text, coverage_value
    from openapi_first.conformance.reports.coverage_records import (
        coverage_of,
        read_records,
        record_text,
    )
    from openapi_first.conformance.reports.html import coverage_page
    from openapi_first.core.files import replace_file
    from openapi_first.openapi.loader import load

    contract = load(options.contract)
    try:
        record = read_records(options.records, contract)
    except CoverageError as error:
        for line in str(error).splitlines():
            print(f"contract: {line}", file=sys.stderr)
        return 2
    coverage = coverage_of(contract, record)
    if options.format == "json":
        print(json.dumps(coverage_value(coverage), indent=1))
    else:
        print(coverage_text(coverage))
    if options.output is not None:
        replace_file(options.output, record_text(record))
    if options.html is not None:
        replace_file(options.html, coverage_page(coverage))
    floor = options.cov_fail_under
    if floor is not None and coverage.percent() < floor:
        print(f"Coverage is below {floor:g} %.", file=sys.stderr)
        return 1
    return 0
