"""`contract serve`: compiler, stage and DynamoDB on a laptop, put together and kept up to date.

One process of ours runs the stage; the function and DynamoDB are its children, which end with it.
What is compiled goes into a folder of its own for each change, so that the last good one stays
whole while a new one is tried.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from contract.compiler import write_compiled
from contract.document import load
from contract.faults import ContractError
from contract.gateway import FUNCTION_VARIABLE, import_document
from contract.model import Contract
from stage import dynamodb
from stage.app import AccessRecord, Stage
from stage.dynamodb import LocalDynamoDB, LocalDynamoDBError
from stage.environment import InitError
from stage.function import FunctionConfiguration
from stage.logs import pretty
from stage.options import GatewayOptions
from stage.pool import FunctionEnvironments
from stage.server import PortInUse, bind, serve
from stage.usage_file import UsageFileError

__all__ = ["ServeOptions", "serve_contract"]

_ENDPOINT = "AWS_ENDPOINT_URL_DYNAMODB"


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What to serve and where; `environment` are the function's variables."""

    contract: Path
    handler: str
    host: str
    port: int
    stage: str
    api_key: str
    environment: Mapping[str, str]
    setup: str | None
    concurrency: int
    gateway: GatewayOptions


def serve_contract(options: ServeOptions) -> int:
    """Serves until it is interrupted. Returns an exit status; errors are told on stderr."""
    try:
        return asyncio.run(_Server(options).run())
    except KeyboardInterrupt:
        return 0


class _Server:
    def __init__(self, options: ServeOptions) -> None:
        self._options = options
        self._package = _package(options.handler)
        self._folder = Path()
        self._generation = 0

    async def run(self) -> int:
        options = self._options
        try:
            listening = bind(options.host, options.port)
        except PortInUse as error:
            print(f"{error}; stop what uses it, or name another: PORT=3001", file=sys.stderr)
            return 2
        with listening, tempfile.TemporaryDirectory(prefix="contract-") as folder:
            self._folder = Path(folder)
            database = None if _ENDPOINT in options.environment else dynamodb.start()
            try:
                return await self._serve(listening, database)
            except ContractError as error:
                print(f"{error}\nMend {options.contract} and start again.", file=sys.stderr)
                return 1
            except InitError as error:
                print(_init_text(options.handler, error), file=sys.stderr)
                return 1
            except UsageFileError as error:
                print(error, file=sys.stderr)
                return 2
            except LocalDynamoDBError as error:
                print(f"DynamoDB does not start: {error}", file=sys.stderr)
                return 1
            finally:
                if database is not None:
                    database.stop()

    async def _serve(self, listening: Any, database: LocalDynamoDB | None) -> int:
        options = self._options
        contract, document, folder = await asyncio.to_thread(self._compile)
        environment = dict(options.environment)
        if database is not None:
            environment[_ENDPOINT] = await asyncio.to_thread(database.wait_ready)
        if options.setup is not None and not await self._set_up(options.setup, environment, folder):
            return 1
        functions = FunctionEnvironments(
            self._configuration(environment, folder), concurrency=options.concurrency
        )
        others = self._others(environment, folder)
        async with contextlib.AsyncExitStack() as running:
            for function in (functions, *others.values()):
                await running.enter_async_context(function)
            gateway = options.gateway
            stage = Stage(
                document,
                name=options.stage,
                stage_variables={FUNCTION_VARIABLE: "local"},
                api_keys=gateway.api_keys,
                usage_plans=gateway.plans,
                usage_file=gateway.usage_file,
                key_set=gateway.key_set,
                invoker=functions,
                functions=others,
                documentation=options.contract,
                on_access=_tell_access,
            )
            watching = asyncio.create_task(
                self._watch(stage, functions, environment, contract, folder)
            )
            running.callback(stage.close)
            print(self._welcome(listening, contract, environment[_ENDPOINT]), flush=True)
            for warning in (*gateway.warnings, *stage.warnings):
                print(f"  {warning}", flush=True)
            try:
                await serve(stage.app, listener=listening)
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
        return 0

    def _compile(self) -> tuple[Contract, dict[str, Any], Path]:
        """The contract, its import document, and a new folder with its compiled module."""
        contract = load(self._options.contract)
        document = import_document(contract)
        self._generation += 1
        folder = self._folder / str(self._generation)
        write_compiled(contract, folder / "compiled.py", watched=False)
        return contract, document, folder

    def _configuration(self, environment: Mapping[str, str], folder: Path) -> FunctionConfiguration:
        path = os.pathsep.join((str(self._package.parent), str(folder)))
        return FunctionConfiguration(
            handler=self._options.handler,
            task_root=Path.cwd(),
            environment={**environment, "PYTHONPATH": path},
            on_output=None if self._options.gateway.raw_logs else _tell_output,
        )

    def _others(
        self, environment: Mapping[str, str], folder: Path
    ) -> dict[str, FunctionEnvironments]:
        """The other functions the document names, such as authorizers. They are not reloaded."""
        own = self._configuration(environment, folder)
        return {
            name: FunctionEnvironments(
                replace(own, name=name, handler=handler), concurrency=self._options.concurrency
            )
            for name, handler in self._options.gateway.functions.items()
        }

    async def _set_up(self, module: str, environment: Mapping[str, str], folder: Path) -> bool:
        """Runs `python -m MODULE` as the function would run; its words are shown on failure."""
        variables = self._configuration(environment, folder).variables("setup")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            env=variables,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        if process.returncode:
            print(f"python -m {module} failed:\n{said.decode(errors='replace')}", file=sys.stderr)
        return process.returncode == 0

    async def _watch(
        self,
        stage: Stage,
        functions: FunctionEnvironments,
        environment: Mapping[str, str],
        contract: Contract,
        folder: Path,
    ) -> None:
        """Reloads what changed; what cannot be loaded is told, and the last good one runs on."""
        from watchfiles import PythonFilter, awatch

        files = {source.path.resolve() for source in contract.sources}
        watched = PythonFilter(extra_extensions=tuple({path.suffix for path in files}))
        folders = {self._package, *(path.parent for path in files)}
        stop = asyncio.Event()
        async for changes in awatch(
            *folders, watch_filter=watched, stop_event=stop, debounce=200, recursive=True
        ):
            paths = {Path(path).resolve() for _, path in changes}
            changed = {path for path in paths if path in files or self._package in path.parents}
            if not changed:
                continue
            names = ", ".join(sorted(_shown(path) for path in changed))
            try:
                document = None
                if changed & files:
                    contract, document, folder = await asyncio.to_thread(self._compile)
                await functions.replace(self._configuration(environment, folder))
            except ContractError as error:
                print(f"\n{error}\n{names} changed; the last good contract runs on.\n", flush=True)
                continue
            except InitError as error:
                text = _init_text(self._options.handler, error)
                print(f"\n{text}\n{names} changed; the last good function runs on.\n", flush=True)
                continue
            if document is not None:
                stage.replace_document(document)
            print(f"{names} changed: reloaded, {len(contract.operations)} operations.", flush=True)

    def _welcome(self, listening: Any, contract: Contract, endpoint: str) -> str:
        options = self._options
        host, port = listening.getsockname()[:2]
        base = f"http://{host}:{port}/{options.stage}"
        path = contract.operations[0].path if contract.operations else "/"
        return "\n".join(
            (
                "",
                f"  {contract.title} {contract.version}, {len(contract.operations)} operations",
                f"  Base URL   {base}",
                f"  API key    {options.api_key}",
                f"  DynamoDB   {endpoint}",
                f"  Console    http://{host}:{port}/_stage/",
                "",
                f"  curl -i -H 'x-api-key: {options.api_key}' {base}{path}",
                "",
                "  Ctrl-C stops everything.",
                "",
            )
        )


def _package(handler: str) -> Path:
    """The folder of the handler's package, found without importing it."""
    spec = importlib.util.find_spec(handler.partition(".")[0])
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(2, "no such package", handler.partition(".")[0])
    return Path(spec.submodule_search_locations[0]).resolve()


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _init_text(handler: str, error: InitError) -> str:
    """What keeps the function from loading: the engine's own reasons as a list, else the traceback
    of the user's code."""
    _, own, reasons = error.details.partition("contract.start.StartError: ")
    text = reasons if own else error.details or str(error)
    return f"{handler} cannot be loaded:\n{text.rstrip()}"


def _tell_output(line: str) -> None:
    print(f"  | {pretty(line)}", flush=True)


def _tell_access(record: AccessRecord) -> None:
    print(
        f"{record.method} {record.path} {record.status} "
        f"({record.answered_by}, {record.milliseconds:.0f} ms)",
        flush=True,
    )
