"""`python -m stage DOCUMENT --handler MODULE.NAME`: any import document, served on a laptop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from openapi_first.stage.api.rest_api import StageDocumentError
from openapi_first.stage.app import AccessRecord, Stage
from openapi_first.stage.command_line import add_gateway_options, add_token_command
from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.functions.logs import pretty
from openapi_first.stage.functions.pool import FunctionEnvironments
from openapi_first.stage.http.server import PortInUse, bind, serve
from openapi_first.stage.messages.invoker import InitError
from openapi_first.stage.options import GatewayOptions, gateway_options
from openapi_first.stage.usage.usage_file import UsageFileError

_LOCAL_KEY = "local-development-key"


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted. 0 is a good end, 1 a bad document or function, 2 wrong use."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except KeyboardInterrupt:
        return 0
    except (StageDocumentError, InitError) as error:
        return _told(error, 1)
    except (PortInUse, UsageFileError, ValueError) as error:
        return _told(error, 2)
    except OSError as error:
        return _told(f"{error.filename}: {error.strerror}", 2)
    return status


def _told(error: object, status: int) -> int:
    sys.stderr.write(f"{error}\n")
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stage", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serving = commands.add_parser(
        "serve",
        help="serve an import document",
        epilog="example: python -m stage serve api.json --handler shop.handler",
    )
    serving.add_argument("document", type=Path, help="JSON or YAML, as API Gateway imports it")
    serving.add_argument("--handler", required=True, help="the function, as package.module.name")
    serving.add_argument(
        "--env", action="append", default=[], metavar="NAME=VALUE", help="of the functions"
    )
    serving.add_argument(
        "--variable", action="append", default=[], metavar="NAME=VALUE", help="of the stage"
    )
    serving.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    serving.add_argument("--port", type=int, default=3000, help="default: %(default)s")
    serving.add_argument("--stage", default="prod", help="default: %(default)s")
    serving.add_argument("--api-key", default=_LOCAL_KEY, metavar="KEY", help="%(default)s")
    serving.add_argument("--concurrency", type=int, default=4, help="default: %(default)s")
    add_gateway_options(serving)
    serving.set_defaults(run=_serve)
    add_token_command(commands)
    return parser


def _serve(options: argparse.Namespace) -> int:
    gateway = gateway_options(options, stage=options.stage, api_key=options.api_key)
    asyncio.run(_run(options, gateway, _read(options.document)))
    return 0


def _read(path: Path) -> Mapping[str, Any]:
    text = path.read_text(encoding="utf-8")
    try:
        value = json.loads(text)
    except ValueError:
        import yaml

        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ValueError(f"{path}: neither JSON nor YAML: {error}") from error
    if not isinstance(value, dict):
        raise ValueError(f"{path}: not an OpenAPI document")
    return value


def _pairs(entries: list[str]) -> dict[str, str]:
    return {name: value for name, _, value in (entry.partition("=") for entry in entries)}


async def _run(
    options: argparse.Namespace, gateway: GatewayOptions, document: Mapping[str, Any]
) -> None:
    path = os.pathsep.join(filter(None, (str(Path.cwd()), os.environ.get("PYTHONPATH"))))
    own = FunctionConfiguration(
        handler=options.handler,
        task_root=Path.cwd(),
        environment={"PYTHONPATH": path, **_pairs(options.env)},
        on_output=None if gateway.raw_logs else _tell_output,
    )
    function = FunctionEnvironments(own, concurrency=options.concurrency)
    others = {
        name: FunctionEnvironments(replace(own, name=name, handler=handler))
        for name, handler in gateway.functions.items()
    }
    listening = bind(options.host, options.port)
    async with contextlib.AsyncExitStack() as running:
        running.enter_context(listening)
        # Before any process is started: a bad document should not have to wait.
        stage = Stage(
            document,
            name=options.stage,
            stage_variables=_pairs(options.variable),
            api_keys=gateway.api_keys,
            usage_plans=gateway.plans,
            usage_file=gateway.usage_file,
            key_set=gateway.key_set,
            invoker=function,
            functions=others,
            on_access=_tell_access,
        )
        running.callback(stage.close)
        for pool in (function, *others.values()):
            await running.enter_async_context(pool)
        host, port = listening.getsockname()[:2]
        lines = [
            f"  Base URL   http://{host}:{port}/{options.stage}",
            f"  Console    http://{host}:{port}/_stage/",
            *(f"  API key    {key.value}" for key in gateway.api_keys),
            *(f"  {warning}" for warning in (*gateway.warnings, *stage.warnings)),
        ]
        if options.host not in ("127.0.0.1", "localhost", "::1"):
            lines.append(f"  Other machines may reach it: it listens on {options.host}.")
        _write("\n".join(lines))
        await serve(stage.app, listener=listening)


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _tell_output(line: str) -> None:
    _write(f"  | {pretty(line)}")


def _tell_access(record: AccessRecord) -> None:
    _write(
        f"{record.method} {record.path} {record.status} "
        f"({record.answered_by}, {record.milliseconds:.0f} ms)"
    )


if __name__ == "__main__":
    sys.exit(main())
