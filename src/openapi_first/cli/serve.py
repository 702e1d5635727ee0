"""`contract serve`: runs the API on this machine."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from openapi_first.cli import argument_types
from openapi_first.cli.arguments import (
    CONTRACT_HELP,
    Commands,
    Parser,
    chosen_origins,
    chosen_project,
    chosen_settings_file,
    takes_keep_going,
    takes_origins,
    takes_settings,
)
from openapi_first.project.settings import ProjectSettings, read_project

if TYPE_CHECKING:
    from openapi_first.serving.builds import Served
    from openapi_first.serving.invokers import FunctionTarget

_PORT = 3000
_LOCAL_KEY = "local-development-key"
_DATABASE = "AWS_ENDPOINT_URL_DYNAMODB"


def add_serve(commands: Commands) -> None:
    command = commands.add_parser(
        "serve",
        help="run the API on this machine: stage, function and DynamoDB",
        epilog="example: contract serve --handler shop.handler.handler --env TABLE_NAME=orders "
        "--setup shop.table",
    )
    _takes_api(command)
    _takes_function(command)
    command.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    command.add_argument(
        "--port",
        type=argument_types.port,
        default=os.environ.get("PORT") or None,
        help=f"0 takes a free one; default: $PORT, else `port` in [tool.contract], else {_PORT}",
    )
    command.add_argument(
        "--stage",
        type=argument_types.stage_name,
        default="prod",
        help="its name; default: %(default)s",
    )
    command.add_argument(
        "--api-key",
        default=os.environ.get("API_KEY") or _LOCAL_KEY,
        type=argument_types.api_key,
        metavar="KEY",
        help=f"20 to 128 characters; default: $API_KEY, else {_LOCAL_KEY}",
    )
    _takes_usage_plan(command)
    _takes_authorizers(command)
    command.set_defaults(run=_run)


def _takes_api(command: Parser) -> None:
    command.add_argument("contract", nargs="?", type=Path, help=CONTRACT_HELP)
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
        help="run as `python -m MODULE` before the function starts; default: `setup` in "
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


def _run(options: argparse.Namespace) -> int:
    from openapi_first.serving.gateway_options import gateway_options
    from openapi_first.serving.server import ServeOptions, serve_api

    project = chosen_project(options) if options.document is None else read_project()
    served, function = _served(options), _function(options, project)
    setup = options.setup
    if setup is None and not function.elsewhere:
        setup = project.setup
    port = project.port if options.port is None else options.port
    limits = (options.rate, options.burst, options.quota)
    if options.plans is not None and any(each is not None for each in limits):
        options.wrong_arguments("--plans has its own limits: leave out --rate, --burst and --quota")
    if options.burst is not None and options.rate is None:
        options.wrong_arguments("--burst requires --rate, the requests per second that refill it")
    serve_api(
        ServeOptions(
            served=served,
            function=function,
            host=options.host,
            port=_PORT if port is None else port,
            stage=options.stage,
            environment=_environment(
                options.env, {} if function.elsewhere else project.environment
            ),
            setup=setup,
            concurrency=options.concurrency,
            gateway=gateway_options(
                stage=options.stage,
                api_key=options.api_key,
                plan_file=options.plans,
                rate=options.rate,
                burst=options.burst,
                quota=options.quota,
                usage_file=options.usage_file,
                jwks=options.jwks,
                functions={**project.functions, **dict(options.function)},
                raw_logs=options.raw_logs,
            ),
            dynamodb=False if options.no_dynamodb else project.dynamodb,
            root=project.folder,
        )
    )
    return 0


def _served(options: argparse.Namespace) -> Served:
    from openapi_first.serving.builds import ServedContract, ServedDocument

    if options.document is None:
        if options.variable:
            options.wrong_arguments("--variable requires --document")
        return ServedContract(
            options.contract,
            chosen_settings_file(options),
            chosen_origins(options),
            keep_going=options.keep_going,
        )
    is_default = options.project is not None
    if not is_default or options.settings or options.allow_origin or options.keep_going:
        options.wrong_arguments(
            "--document excludes a contract, --settings, --allow-origin and --keep-going"
        )
    return ServedDocument(options.document, dict(options.variable))


def _function(options: argparse.Namespace, project: ProjectSettings) -> FunctionTarget:
    from openapi_first.serving.invokers import FunctionTarget

    others = (options.image, options.lambda_endpoint_url, options.deployed)
    target = FunctionTarget(
        handler=options.handler if any(others) else options.handler or project.handler,
        image=options.image,
        endpoint_url=options.lambda_endpoint_url,
        deployed=options.deployed,
        emulator=options.emulator,
    )
    if target.elsewhere and (options.env or options.setup):
        options.wrong_arguments(
            "--env and --setup are for a function that starts here, not for one that runs elsewhere"
        )
    return target


def _environment(
    given: list[tuple[str, str | None]], of_project: Mapping[str, str]
) -> dict[str, str]:
    """Those without a value, and those of the project, as this shell has them set, if it does."""
    environment = {name: os.environ.get(name, value) for name, value in of_project.items()}
    for name, value in ((_DATABASE, None), *given):
        value = value if value is not None else os.environ.get(name) or None
        if value is not None:
            environment[name] = value
    return environment
