"""The arguments of `contract serve`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from openapi_first.cli.options import argument_types
from openapi_first.cli.options.shared import (
    Parser,
    takes_keep_going,
    takes_origins,
    takes_settings,
)
from openapi_first.cli.options.template import takes_template_arguments
from openapi_first.project.settings import DEFAULT_CONTRACT, SETTINGS_FILE

PORT = 3000
_DEBUG_PORT = 5678
_LOCAL_KEY = "local-development-key"


def takes_serve_arguments(command: Parser) -> None:
    _takes_api(command)
    _takes_function(command)
    command.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on; default: %(default)s"
    )
    command.add_argument(
        "--port",
        type=argument_types.port,
        default=os.environ.get("PORT") or None,
        help=f"0 takes a free one; default: $PORT, else `port` in [tool.contract], else {PORT}",
    )
    command.add_argument(
        "--stage",
        type=argument_types.stage_name,
        help="the name of the stage; default: prod, or the stage that a template declares",
    )
    command.add_argument(
        "--no-stage-prefix",
        action="store_true",
        help="serve paths without the stage, as `sam local` and a custom domain name do; default: "
        "paths begin with the stage",
    )
    command.add_argument(
        "--api-key",
        default=os.environ.get("API_KEY") or _LOCAL_KEY,
        type=argument_types.api_key,
        metavar="KEY",
        help=f"the key that it accepts, 20 to 128 characters; default: $API_KEY, else {_LOCAL_KEY}",
    )
    command.add_argument(
        "--upstream",
        action="append",
        default=[],
        type=argument_types.upstream,
        metavar="URL=URL",
        help="where the endpoint of an HTTP integration or a VPC link is for this stage, as in "
        "http://nlb.internal=http://127.0.0.1:8080; may be repeated; default: endpoints on this "
        "machine are called where the document says, and no others",
    )
    command.add_argument(
        "--context",
        action="append",
        default=[],
        type=argument_types.condition_key,
        metavar="KEY=VALUE",
        help="a condition key that policies find in every request, as in aws:SourceVpce=vpce-1; "
        "repeat it for several keys or values; without a value the key is absent; default: what "
        "the request itself says",
    )
    takes_template_arguments(command)
    _takes_usage_plan(command)
    _takes_authorizers(command)


def _takes_api(command: Parser) -> None:
    command.add_argument(
        "contract",
        nargs="?",
        type=Path,
        metavar="PATH",
        help="a contract, an import document of API Gateway, a SAM or CloudFormation template, "
        f"cdk.out, or a folder with one of them; default: `contract` in [tool.contract] of "
        f"{SETTINGS_FILE}, else what this folder has; with --handler or --mock {DEFAULT_CONTRACT}",
    )
    takes_keep_going(command)
    takes_origins(command)
    takes_settings(command)
    document = command.add_argument_group("instead of a contract")
    document.add_argument(
        "--document",
        type=Path,
        metavar="FILE",
        help="an import document of API Gateway, in JSON or YAML",
    )
    document.add_argument(
        "--variable",
        action="append",
        default=[],
        type=argument_types.stage_variable,
        metavar="NAME=VALUE",
        help="a stage variable that the document uses; may be repeated",
    )


def _takes_function(command: Parser) -> None:
    function = command.add_mutually_exclusive_group()
    function.add_argument(
        "--handler",
        type=argument_types.handler,
        help="the function, as module.function or package.module.function; it is looked for in the "
        "project's folder, in src there, then on PYTHONPATH; default: `handler` in [tool.contract]",
    )
    function.add_argument("--image", help="the function's image, run by this machine's Docker")
    function.add_argument(
        "--lambda-endpoint-url",
        type=argument_types.endpoint_url,
        metavar="URL",
        help="a Runtime Interface Emulator that already runs, as http://127.0.0.1:9000",
    )
    function.add_argument(
        "--deployed",
        metavar="FUNCTION",
        help="a function on AWS, by name or ARN, with or without :alias; invoked with the "
        "credentials and region that AWS commands here find",
    )
    for flag, what in (
        (
            "--mock",
            "no function: each operation answers with the contract's examples, or made-up "
            "values (docs/mock.md)",
        ),
        ("--mock=crud", "the same, and remember what is created, changed and removed"),
    ):
        function.add_argument(
            flag,
            dest="mock",
            action="store_const",
            const=flag[len("--mock=") :] or "examples",
            help=what,
        )
    command.add_argument(
        "--mock-seed",
        type=argument_types.integer,
        default=0,
        metavar="N",
        help="other made-up values of a mock; default: %(default)s",
    )
    command.add_argument(
        "--emulator",
        type=argument_types.existing_file,
        metavar="FILE",
        help="aws-lambda-rie for Linux, for an image that has none",
    )
    command.add_argument(
        "--env",
        action="append",
        default=[],
        type=argument_types.environment_variable,
        metavar="NAME[=VALUE]",
        help="an environment variable of the function, beside those of `environment` in "
        "[tool.contract]; without a value, this shell's, if it is set",
    )
    command.add_argument(
        "--setup",
        metavar="MODULE",
        help="run as `python -m MODULE` before the first request; default: `setup` in "
        "[tool.contract]",
    )
    command.add_argument(
        "--no-dynamodb",
        action="store_true",
        help="start no DynamoDB; default: `dynamodb` in [tool.contract], else it starts when the "
        "function connects to it",
    )
    command.add_argument(
        "--concurrency",
        type=argument_types.positive_count,
        default=4,
        help="the most environments of the function at a time; default: %(default)s",
    )
    command.add_argument(
        "--debug",
        nargs="?",
        type=argument_types.port,
        const=_DEBUG_PORT,
        metavar="PORT",
        help="run the handler in one process without a time limit; an editor attaches to PORT "
        f"(default: {_DEBUG_PORT}), and breakpoint() stops in this terminal",
    )
    # For `contract test`: the writing end of a pipe that gets the address, the key and tokens of
    # the stage, which ends when nobody reads it.
    command.add_argument("--announce", type=argument_types.count, help=argparse.SUPPRESS)
    command.add_argument(
        "--raw-logs", action="store_true", help="print the function's output as it is"
    )


def _takes_usage_plan(command: Parser) -> None:
    plan = command.add_argument_group(
        "usage plan, for the one key; without these nothing is metered"
    )
    plan.add_argument(
        "--rate", type=argument_types.positive_number, metavar="N", help="requests per second"
    )
    plan.add_argument(
        "--burst",
        type=argument_types.count,
        metavar="N",
        help="requests at once; default: the rate",
    )
    plan.add_argument(
        "--quota",
        type=argument_types.quota,
        metavar="N/PERIOD",
        help="requests per period, as in 1000/MONTH",
    )
    plan.add_argument(
        "--plans", type=Path, metavar="FILE", help="several keys and plans, from a YAML file"
    )
    plan.add_argument(
        "--usage-file", type=Path, metavar="FILE", help="keep the counters over a restart"
    )


def _takes_authorizers(command: Parser) -> None:
    others = command.add_argument_group("authorizers and other functions")
    others.add_argument(
        "--jwks", type=Path, metavar="FILE", help="the keys that tokens are verified with"
    )
    others.add_argument(
        "--function",
        action="append",
        default=[],
        type=argument_types.function,
        metavar="NAME=package.module.handler",
        help="the handler of another function that the document names, such as an authorizer; "
        "may be repeated",
    )
