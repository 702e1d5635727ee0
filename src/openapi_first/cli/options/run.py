"""The arguments of `contract test`."""

from __future__ import annotations

import os
from pathlib import Path

from openapi_first.cli.options.argument_types import (
    count,
    integer,
    origin,
    percentage,
    positive_number,
)
from openapi_first.cli.options.shared import Parser, takes_contract, takes_keep_going


def takes_run_arguments(command: Parser) -> None:
    command.add_argument(
        "url",
        nargs="?",
        help="the stage, as https://…/prod; default: a stage of `contract serve` on this machine",
    )
    takes_contract(command)
    takes_keep_going(command)
    command.add_argument(
        "--api-key",
        default=os.environ.get("API_KEY"),
        metavar="KEY",
        help="the key to send; default: $API_KEY. Without a URL, the stage that it starts takes it",
    )
    command.add_argument(
        "--credential",
        action="append",
        default=[],
        metavar="SCHEME=VARIABLE",
        help="the environment variable with the credential of a security scheme that does not take "
        "the API key: a token, or what follows Basic; may be repeated",
    )
    command.add_argument(
        "--wrong-credential",
        action="append",
        default=[],
        metavar="SCHEME=VARIABLE",
        help="the same for a credential that the stage must refuse, such as an expired token",
    )
    command.add_argument(
        "--origin",
        type=origin,
        metavar="ORIGIN",
        help="send it with every request, for a stage that allows only some origins",
    )
    command.add_argument(
        "--seed", type=integer, default=0, help="repeats a run; default: %(default)s"
    )
    command.add_argument(
        "--max-examples",
        type=count,
        default=25,
        metavar="N",
        help="generated requests for each operation, besides examples and boundaries; default: "
        "%(default)s",
    )
    command.add_argument(
        "--time-limit",
        type=positive_number,
        default=60.0,
        metavar="S",
        help="seconds after which nothing more is generated; examples, life cycles and boundaries "
        "are always sent; default: %(default)g",
    )
    plan = command.add_argument_group("the usage plan of the key, whose limits are kept")
    plan.add_argument("--rate", type=positive_number, metavar="R", help="requests a second")
    plan.add_argument("--burst", type=count, metavar="N", help="requests at a time")
    plan.add_argument("--quota", type=count, metavar="N", help="requests that are left")
    plan.add_argument(
        "--api-key-id",
        metavar="ID",
        help="read the key, rate, burst and rest of the quota from API Gateway, with the "
        "credentials and region that AWS commands here find",
    )
    command.add_argument("--dry-run", action="store_true", help="list the requests, send none")
    command.add_argument(
        "--allow-destructive",
        action="store_true",
        help="also change and delete what this run has not created",
    )
    command.add_argument(
        "--read-only",
        action="store_true",
        help="send only the examples of operations that read, for a stage in production; what a "
        "path names may be absent",
    )
    command.add_argument(
        "--phase",
        action="append",
        choices=("gateway", "example", "life-cycle", "boundary", "generated"),
        help="send only the cases of this phase; may be repeated; default: all phases",
    )
    command.add_argument("--fail-fast", action="store_true", help="stop at the first finding")
    command.add_argument(
        "--timeout",
        type=positive_number,
        default=40.0,
        metavar="S",
        help="seconds for one response; default: %(default)g",
    )
    command.add_argument(
        "--wait",
        type=positive_number,
        default=0.0,
        metavar="S",
        help="seconds to wait for a stage that has just been started; default: %(default)g",
    )
    command.add_argument("--ca-bundle", type=Path, metavar="FILE", help="certificates to trust")
    command.add_argument(
        "--coverage", type=Path, metavar="FILE", help="add what was seen to this record"
    )
    command.add_argument(
        "--cov-fail-under",
        type=percentage,
        metavar="PERCENT",
        help="fail below this coverage; what is not counted is taken as never seen",
    )
    command.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="the form of the report; default: text",
    )
    command.add_argument("--junit", type=Path, metavar="FILE", help="also as JUnit XML, for CI")
    command.add_argument("--html", type=Path, metavar="FILE", help="also as one HTML page")
