"""`contract serve`: runs the API on this machine."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from openapi_first.cli.options.shared import (
    Commands,
    chosen_origins,
    chosen_project,
    chosen_settings_file,
)
from openapi_first.cli.options.stage import PORT, takes_serve_arguments
from openapi_first.cli.options.template import of_templates
from openapi_first.cli.serve_template import serve_declared
from openapi_first.core.signals import end_without_reader
from openapi_first.core.terminal_text import visible
from openapi_first.project.settings import DEFAULT_CONTRACT, ProjectSettings, read_project

if TYPE_CHECKING:
    from openapi_first.serving.builds import Served
    from openapi_first.serving.dynamodb.database import Database
    from openapi_first.serving.invokers import FunctionTarget
    from openapi_first.serving.templates.given import Given

_DATABASE = "AWS_ENDPOINT_URL_DYNAMODB"
_STAGE = "prod"
_MOCK = "openapi_first.mock.handler.handler"


def add_serve(commands: Commands) -> None:
    command = commands.add_parser(
        "serve",
        help="run the API on this machine: stage, function and DynamoDB",
        usage="%(prog)s [OPTION ...] [PATH]",
        description="Serves a contract, an import document, or all REST APIs of a SAM or "
        "CloudFormation template or of cdk.out, as API Gateway would, and calls the functions. "
        "Prints where the API is, its key and a curl command. Reloads what changes.",
        epilog="example: contract serve --handler shop.handler.handler --env TABLE_NAME=orders "
        "--setup shop.table",
    )
    takes_serve_arguments(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.announce is not None:
        end_without_reader(options.announce)
    if options.document is None:
        found = _given(options)
        if found is not None:
            if found.note:
                print(visible(f"  {found.note}"), flush=True)
            if found.kind in ("template", "cdk.out"):
                serve_declared(options, found.path, _environment(options.env, {}))
                return 0
            if found.kind == "import document":
                options.document, options.project = found.path, read_project()
            else:
                options.contract = found.path
    wrong = of_templates(options)
    if wrong:
        options.wrong_arguments(f"{', '.join(wrong)}: only for a template")
    if options.stage is None:
        options.stage = _STAGE
    project = chosen_project(options) if options.document is None else read_project()
    with contextlib.ExitStack() as running:
        database = None
        if _surely_needs_database(options, project):
            from openapi_first.serving.dynamodb.database import Database

            # It starts while the modules of the stage are imported, which takes as long.
            database = running.enter_context(Database())
            database.start()
        _serve(options, project, database)
    return 0


def _given(options: argparse.Namespace) -> Given | None:
    """What the path is; None if it is the project's contract. Without a path, and without a
    contract that has a function, what this folder has."""
    project = options.project
    there = project is not None and options.contract.exists()
    if there and (
        project.handler or options.contract != DEFAULT_CONTRACT or _names_function(options)
    ):
        return None
    from openapi_first.serving.templates.given import given

    if options.project is None:
        return given(options.contract)
    if options.contract != DEFAULT_CONTRACT:
        return None
    found = given(Path())
    # A SAM template may include the document beside it.
    return None if there and found.kind not in ("template", "cdk.out") else found


def _names_function(options: argparse.Namespace) -> bool:
    named = (options.handler, options.image, options.lambda_endpoint_url, options.deployed)
    return options.mock is not None or any(each is not None for each in named)


def _surely_needs_database(options: argparse.Namespace, project: ProjectSettings) -> bool:
    """Whether it is known already that a function which starts here uses DynamoDB, or a setup."""
    if options.no_dynamodb or options.mock is not None or project.dynamodb is False:
        return False
    if options.lambda_endpoint_url or options.deployed or _DATABASE in dict(options.env):
        return False
    handler = options.handler or options.image or project.handler
    needed = project.dynamodb or options.setup or project.setup
    elsewhere = os.environ.get(_DATABASE) or _DATABASE in project.environment
    return bool(handler and needed and not elsewhere)


def _serve(
    options: argparse.Namespace, project: ProjectSettings, database: Database | None
) -> None:
    from openapi_first.serving.gateway_options import gateway_options
    from openapi_first.serving.server import ServeOptions, serve_api

    served, function = _served(options), _function(options, project)
    setup = options.setup
    if setup is None and not function.elsewhere and options.mock is None:
        setup = project.setup
    port = project.port if options.port is None else options.port
    if options.debug is not None and (function.handler is None or options.mock):
        options.wrong_arguments("--debug requires a handler that runs here: --handler")
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
            port=PORT if port is None else port,
            stage=options.stage,
            environment=_environment(
                options.env, {} if function.elsewhere or options.mock else project.environment
            ),
            setup=setup,
            concurrency=1 if options.debug is not None or options.mock else options.concurrency,
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
                upstreams=dict(options.upstream),
                condition_keys=options.context,
                raw_logs=options.raw_logs,
                stage_in_path=not options.no_stage_prefix,
            ),
            dynamodb=False if options.no_dynamodb or options.mock else project.dynamodb,
            root=project.folder,
            debug_port=options.debug,
            preload=preloaded(options, project),
            announce_to=options.announce,
            database=database,
        )
    )


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

    if options.mock is not None:
        if options.setup is not None or options.document is not None:
            options.wrong_arguments(
                "--mock excludes --setup and --document: it needs a contract only"
            )
        return FunctionTarget(handler=_MOCK, mock=_mock(options))
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


def preloaded(options: argparse.Namespace, project: ProjectSettings) -> tuple[str, ...]:
    """The modules to import before a reload; names a missing one on stderr.

    A stage that another command starts ends before anything is reloaded.
    """
    if options.mock or options.announce is not None:
        return ()
    for name in project.preload:
        if find_spec(name.partition(".")[0]) is None:
            print(
                f"note: [tool.contract] preload has {name!r}, which is not installed",
                file=sys.stderr,
            )
    return tuple(project.preload)


def _mock(options: argparse.Namespace) -> dict[str, str]:
    return {
        "MOCK_CONTRACT": str(options.contract.absolute()),
        "MOCK_MODE": options.mock,
        "MOCK_SEED": str(options.mock_seed),
    }


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
