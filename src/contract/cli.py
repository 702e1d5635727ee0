"""The `contract` command."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from contract.faults import ContractError
from stage.command_line import add_gateway_options, add_token_command

__all__ = ["main"]

_CONTRACT = Path("openapi.yaml")
_LOCAL_KEY = "local-development-key"
_DATABASE = "AWS_ENDPOINT_URL_DYNAMODB"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns 0 when it holds, 1 when it does not, 2 for wrong use."""
    # Nothing runs yet that needs an orderly end, and an interrupted import may leave as any
    # exception. Commands that have something to tidy up take the signal back.
    interrupt = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return _run(_parser().parse_args(arguments))
    finally:
        signal.signal(signal.SIGINT, interrupt)


def _run(options: argparse.Namespace) -> int:
    try:
        status: int = options.run(options)
    except ContractError as error:
        count = len(error.faults)
        print(error, file=sys.stderr)
        print(f"{count} fault{'s' if count > 1 else ''} in the contract.", file=sys.stderr)
        return 1
    except OSError as error:
        named = f": {error.filename}" if error.filename is not None else ""
        print(f"contract: {error.strerror or error}{named}", file=sys.stderr)
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="contract",
        description="Compiles an OpenAPI document into everything that must obey it.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    compile_ = commands.add_parser(
        "compile",
        help="write the module that the Lambda serves",
        epilog="example: contract compile openapi.yaml -o build/compiled.py",
    )
    _takes_contract(compile_)
    compile_.add_argument(
        "-o", "--output", type=Path, default=Path("build/compiled.py"), help="default: %(default)s"
    )
    compile_.set_defaults(run=_compile)

    gateway = commands.add_parser(
        "gateway",
        help="write the document that API Gateway imports",
        epilog="example: contract gateway -o build/openapi.gateway.json",
    )
    _takes_contract(gateway)
    gateway.add_argument("-o", "--output", type=Path, help="default: standard output")
    gateway.add_argument("--format", choices=("json", "yaml"), default="json")
    gateway.add_argument(
        "--allow-origin", default="*", metavar="ORIGIN", help="for CORS; default: %(default)s"
    )
    gateway.set_defaults(run=_gateway)

    serve = commands.add_parser(
        "serve",
        help="run the API on this machine: stage, function and DynamoDB",
        epilog="example: contract serve --handler shop.handler.handler --env TABLE_NAME=orders "
        "--setup shop.table",
    )
    _takes_contract(serve)
    function = serve.add_mutually_exclusive_group(required=True)
    function.add_argument("--handler", type=_handler, help="the function, as package.module.name")
    function.add_argument("--image", help="the function's image, run by this machine's Docker")
    function.add_argument(
        "--lambda-endpoint-url",
        type=_endpoint_url,
        metavar="URL",
        help="a Runtime Interface Emulator that runs already, as http://127.0.0.1:9000",
    )
    serve.add_argument(
        "--emulator",
        type=Path,
        metavar="FILE",
        help="aws-lambda-rie for Linux, for an image that has none",
    )
    serve.add_argument(
        "--env",
        action="append",
        default=[],
        metavar="NAME[=VALUE]",
        help="a variable of the function; without a value, this shell's own, if it has one",
    )
    serve.add_argument(
        "--setup", metavar="MODULE", help="run as `python -m MODULE` before the function starts"
    )
    serve.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    serve.add_argument(
        "--port",
        type=_port,
        default=os.environ.get("PORT") or "3000",
        help="0 takes a free one; default: $PORT, else 3000",
    )
    serve.add_argument(
        "--stage", type=_stage_name, default="prod", help="its name; default: %(default)s"
    )
    serve.add_argument(
        "--api-key",
        default=os.environ.get("API_KEY") or _LOCAL_KEY,
        type=_api_key,
        metavar="KEY",
        help=f"20 to 128 characters; default: $API_KEY, else {_LOCAL_KEY}",
    )
    serve.add_argument(
        "--concurrency",
        type=_positive,
        default=4,
        help="the most environments of the function at a time; default: %(default)s",
    )
    add_gateway_options(serve)
    serve.set_defaults(run=_serve)
    add_token_command(commands)
    return parser


def _takes_contract(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "contract", nargs="?", type=Path, default=_CONTRACT, help="default: %(default)s"
    )


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


def _compile(options: argparse.Namespace) -> int:
    from contract.compiler import write_compiled
    from contract.document import load

    contract = load(options.contract)
    write_compiled(contract, options.output)
    print(f"{options.output}: {len(contract.operations)} operations of {options.contract}")
    return 0


def _gateway(options: argparse.Namespace) -> int:
    from contract.document import load
    from contract.gateway import import_document

    document = import_document(load(options.contract), allow_origin=options.allow_origin)
    if options.format == "yaml":
        import yaml

        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
    else:
        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if options.output is None:
        sys.stdout.write(text)
    else:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(text, encoding="utf-8")
        print(f"{options.output}: {len(text.encode())} bytes")
    return 0


def _serve(options: argparse.Namespace) -> int:
    from contract.invokers import FunctionTarget
    from contract.serving import ServeOptions, serve_contract
    from stage.options import gateway_options

    try:
        gateway = gateway_options(options, stage=options.stage, api_key=options.api_key)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2

    if options.lambda_endpoint_url is not None and (options.env or options.setup):
        print(
            "contract: --env and --setup are for a function started here, not for one by URL",
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
            function=FunctionTarget(
                handler=options.handler,
                image=options.image,
                endpoint_url=options.lambda_endpoint_url,
                emulator=options.emulator,
            ),
            host=options.host,
            port=options.port,
            stage=options.stage,
            api_key=options.api_key,
            environment=environment,
            setup=options.setup,
            concurrency=options.concurrency,
            gateway=gateway,
        )
    )
