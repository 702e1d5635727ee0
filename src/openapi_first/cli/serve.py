"""`contract serve`: runs the API on this machine."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

from openapi_first.cli.arguments import (
    Commands,
    chosen_origins,
    chosen_settings_file,
    takes_contract,
    takes_origins,
    takes_settings,
)
from openapi_first.stage.command_line import add_gateway_options

_LOCAL_KEY = "local-development-key"
_DATABASE = "AWS_ENDPOINT_URL_DYNAMODB"


def add_serve(commands: Commands) -> None:
    """Adds the command to those of `contract`."""
    command = commands.add_parser(
        "serve",
        help="run the API on this machine: stage, function and DynamoDB",
        epilog="example: contract serve --handler shop.handler.handler --env TABLE_NAME=orders "
        "--setup shop.table",
    )
    takes_contract(command)
    takes_origins(command)
    takes_settings(command)
    function = command.add_mutually_exclusive_group(required=True)
    function.add_argument("--handler", type=_handler, help="the function, as package.module.name")
    function.add_argument("--image", help="the function's image, run by this machine's Docker")
    function.add_argument(
        "--lambda-endpoint-url",
        type=_endpoint_url,
        metavar="URL",
        help="a Runtime Interface Emulator that runs already, as http://127.0.0.1:9000",
    )
    function.add_argument(
        "--deployed",
        metavar="FUNCTION",
        help="a function on AWS, by name or ARN, with or without :alias; invoked with the "
        "credentials and region that AWS commands here find",
    )
    command.add_argument(
        "--emulator",
        type=Path,
        metavar="FILE",
        help="aws-lambda-rie for Linux, for an image that has none",
    )
    command.add_argument(
        "--env",
        action="append",
        default=[],
        metavar="NAME[=VALUE]",
        help="a variable of the function; without a value, this shell's own, if it has one",
    )
    command.add_argument(
        "--setup", metavar="MODULE", help="run as `python -m MODULE` before the function starts"
    )
    command.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    command.add_argument(
        "--port",
        type=_port,
        default=os.environ.get("PORT") or "3000",
        help="0 takes a free one; default: $PORT, else 3000",
    )
    command.add_argument(
        "--stage", type=_stage_name, default="prod", help="its name; default: %(default)s"
    )
    command.add_argument(
        "--api-key",
        default=os.environ.get("API_KEY") or _LOCAL_KEY,
        type=_api_key,
        metavar="KEY",
        help=f"20 to 128 characters; default: $API_KEY, else {_LOCAL_KEY}",
    )
    command.add_argument(
        "--concurrency",
        type=_positive,
        default=4,
        help="the most environments of the function at a time; default: %(default)s",
    )
    add_gateway_options(command)
    command.set_defaults(run=_run)


def _api_key(text: str) -> str:
    if not 20 <= len(text) <= 128:
        raise argparse.ArgumentTypeError(
            f"an API key has 20 to 128 characters, as on AWS; this one has {len(text)}"
        )
    return text


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number up to 65535, and {text!r} is none")
    return int(text)


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"at least 1 is needed, and {text!r} is not that")
    return int(text)


def _stage_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", text):
        raise argparse.ArgumentTypeError(
            f"a stage's name is letters, digits, hyphens and underscores, and {text!r} is not"
        )
    return text


def _handler(text: str) -> str:
    parts = text.split(".")
    if len(parts) < 3 or not all(part.isidentifier() for part in parts):
        raise argparse.ArgumentTypeError(
            f"name the function as package.module.name, such as shop.handler.handler, not {text!r}"
        )
    return text


def _endpoint_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "http" or not parts.hostname or parts.path.strip("/"):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form http://host:port")
    return text


def _run(options: argparse.Namespace) -> int:
    from openapi_first.serving.invokers import FunctionTarget
    from openapi_first.serving.server import ServeOptions, serve_contract
    from openapi_first.stage.options import gateway_options

    try:
        gateway = gateway_options(options, stage=options.stage, api_key=options.api_key)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2

    target = FunctionTarget(
        handler=options.handler,
        image=options.image,
        endpoint_url=options.lambda_endpoint_url,
        deployed=options.deployed,
        emulator=options.emulator,
    )
    if target.elsewhere and (options.env or options.setup):
        print(
            "contract: --env and --setup are for a function started here, not for one elsewhere",
            file=sys.stderr,
        )
        return 2
    if options.emulator is not None and not options.emulator.is_file():
        raise FileNotFoundError(2, "no such file", str(options.emulator))
    environment: dict[str, str] = {}
    for entry in (_DATABASE, *options.env):
        name, given, value = entry.partition("=")
        if given:
            environment[name] = value
        elif os.environ.get(name):
            environment[name] = os.environ[name]
    if options.host not in ("127.0.0.1", "localhost", "::1"):
        print(f"The stage listens on {options.host}: other machines may reach it.", flush=True)
    return serve_contract(
        ServeOptions(
            contract=options.contract,
            function=target,
            host=options.host,
            port=options.port,
            stage=options.stage,
            api_key=options.api_key,
            environment=environment,
            setup=options.setup,
            concurrency=options.concurrency,
            gateway=gateway,
            settings=chosen_settings_file(options),
            allow_origins=chosen_origins(options),
        )
    )
