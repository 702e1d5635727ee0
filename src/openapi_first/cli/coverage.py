"""`contract coverage`: merges what several runs have seen of a contract."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from openapi_first.cli.options import argument_types
from openapi_first.cli.options.argument_types import percentage
from openapi_first.cli.options.shared import CONTRACT_HELP, Commands


def add_coverage(commands: Commands) -> None:
    command = commands.add_parser(
        "coverage",
        help="merge coverage records and list what no run has seen",
        description="Merges records of `contract test --coverage`, of `pytest "
        "--contract-coverage` and of the stage's /_stage/coverage. Exits 1 when the coverage is "
        "below --cov-fail-under, 2 when a record cannot be read, and 0 otherwise.",
        epilog="example: contract coverage unit.json deployed.json --cov-fail-under 95",
    )
    command.add_argument(
        "records", nargs="+", type=Path, metavar="RECORD", help="a coverage record"
    )
    command.add_argument("--contract", type=Path, help=CONTRACT_HELP)
    command.add_argument(
        "-o",
        "--output",
        type=argument_types.output_file,
        metavar="FILE",
        help="write the merged record",
    )
    command.add_argument("--html", type=Path, metavar="FILE", help="also as one HTML page")
    command.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="the form of the output; default: %(default)s",
    )
    command.add_argument(
        "--cov-fail-under",
        type=percentage,
        metavar="PERCENT",
        help="fail below this coverage; what is not counted is taken as never seen",
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.conformance.coverage.contract_coverage import ContractCoverage
    from openapi_first.conformance.reports.coverage import coverage_text, coverage_value, shortfall
    from openapi_first.conformance.reports.coverage_records import read_records, record_text
    from openapi_first.conformance.reports.html import coverage_page
    from openapi_first.core.files import replace_file
    from openapi_first.openapi.loader import load

    contract = load(options.contract)
    record = read_records(options.records, contract)
    coverage = ContractCoverage.of(contract).compared(record)
    if options.format == "json":
        print(json.dumps(coverage_value(coverage), indent=1))
    else:
        print(coverage_text(coverage))
    if options.output is not None:
        replace_file(options.output, record_text(record))
    if options.html is not None:
        replace_file(options.html, coverage_page(coverage))
    below = shortfall(coverage, options.cov_fail_under)
    if below is not None:
        print(below, file=sys.stderr)
        return 1
    return 0
