"""`contract serve`: compiler, stage and DynamoDB on a laptop, put together and kept up to date.

One process of ours runs the stage; the function and DynamoDB are its children, which end with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from openapi_first.openapi.errors import ContractError, SettingsError, UnreadableContract
from openapi_first.serving.generations import Generation, Generations
from openapi_first.serving.invokers import FunctionTarget
from openapi_first.serving.terminal import init_text, shown, tell_access, tell_output, welcome
from openapi_first.stage import dynamodb
from openapi_first.stage.api.importer import read_document
from openapi_first.stage.api.rest_api import StageDocumentError
from openapi_first.stage.app import Stage
from openapi_first.stage.dynamodb import LocalDynamoDB, LocalDynamoDBError
from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.functions.pool import FunctionEnvironments
from openapi_first.stage.http.server import PortInUse, bind, serve
from openapi_first.stage.messages.invoker import InitError
from openapi_first.stage.options import GatewayOptions
from openapi_first.stage.usage.usage_file import UsageFileError

_ENDPOINT = "AWS_ENDPOINT_URL_DYNAMODB"
_ORIGINS = "CORS_ALLOW_ORIGIN"


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What to serve and where; `environment` are the function's variables, `settings` the file
    with what the contract cannot say."""

    contract: Path
    function: FunctionTarget
    host: str
    port: int
    stage: str
    api_key: str
    environment: Mapping[str, str]
    setup: str | None
    concurrency: int
    gateway: GatewayOptions
    settings: Path
    allow_origins: tuple[str, ...]


def serve_contract(options: ServeOptions) -> int:
    """Serves until it is interrupted. Returns an exit status; errors are told on stderr.

    Takes over SIGINT, so that what was started is ended in order.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        # Outside of the event loop, which ends when no thread of it writes any more.
        with tempfile.TemporaryDirectory(prefix="contract-") as folder:
            return asyncio.run(_interruptible(_Server(options, Path(folder)).run()))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 0


async def _interruptible(server: Coroutine[Any, Any, int]) -> int:
    """Ended by SIGTERM as by SIGINT."""
    task = asyncio.ensure_future(server)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


class _Server:
    def __init__(self, options: ServeOptions, folder: Path) -> None:
        self._options = options
        handler = options.function.handler
        self._package = _package(handler) if handler is not None else None
        self._generations = Generations(
            options.contract, options.settings, options.allow_origins, folder
        )

    async def run(self) -> int:
        options = self._options
        try:
            listening = bind(options.host, options.port)
        except PortInUse as error:
            print(f"{error}; stop what uses it, or name another: PORT=3001", file=sys.stderr)
            return 2
        # A function that runs already has its own idea of where DynamoDB is.
        elsewhere = options.function.elsewhere or _ENDPOINT in options.environment
        with listening:
            database = None if elsewhere else dynamodb.start()
            try:
                return await self._serve(listening, database)
            except UnreadableContract:
                raise
            except ContractError as error:
                print(f"{error}\nMend {options.contract} and start again.", file=sys.stderr)
                return 1
            except InitError as error:
                print(init_text(str(options.function), error), file=sys.stderr)
                return 1
            except SettingsError as error:
                print(error, file=sys.stderr)
                return 2
            except StageDocumentError as error:
                print(f"{options.contract}: {error}", file=sys.stderr)
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
        compiled = await asyncio.to_thread(self._generations.make)
        contract, folder = compiled.contract, compiled.folder
        environment = {_ORIGINS: ",".join(options.allow_origins), **options.environment}
        if database is not None:
            environment[_ENDPOINT] = await asyncio.to_thread(database.wait_ready)
        if options.setup is not None and not await self._set_up(options.setup, environment, folder):
            return 1
        configuration = self._configuration(environment, folder)
        functions = options.function.invoker(contract, configuration, options.concurrency)
        others = self._others(environment, folder)
        async with contextlib.AsyncExitStack() as running:
            for function in (functions, *others.values()):
                await running.enter_async_context(function)
            gateway = options.gateway
            stage = Stage(
                compiled.document,
                name=options.stage,
                stage_variables=compiled.stage_variables,
                api_keys=gateway.api_keys,
                usage_plans=gateway.plans,
                usage_file=gateway.usage_file,
                key_set=gateway.key_set,
                invoker=functions,
                functions=others,
                documentation=options.contract,
                on_access=tell_access,
            )
            watching = []
            # What an image or another process holds does not change with the files here.
            if self._package is not None and isinstance(functions, FunctionEnvironments):
                watch = self._watch(stage, functions, environment, compiled, self._package)
                watching.append(asyncio.create_task(watch))
            running.callback(stage.close)
            host, port = listening.getsockname()[:2]
            base = f"http://{host}:{port}/{options.stage}"
            database_url = environment.get(_ENDPOINT)
            print(welcome(contract, base, options.api_key, database_url), flush=True)
            for warning in (*gateway.warnings, *stage.warnings):
                print(f"  {warning}", flush=True)
            try:
                await serve(stage.app, listener=listening)
            finally:
                for task in watching:
                    task.cancel()
                await asyncio.gather(*watching, return_exceptions=True)
        return 0

    def _configuration(self, environment: Mapping[str, str], folder: Path) -> FunctionConfiguration:
        if self._package is not None:
            path = os.pathsep.join((str(self._package.parent), str(folder)))
            environment = {**environment, "PYTHONPATH": path}
        return FunctionConfiguration(
            handler=self._options.function.handler or "",
            task_root=Path.cwd(),
            environment=environment,
            on_output=None if self._options.gateway.raw_logs else tell_output,
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
        try:
            said, _ = await process.communicate()
        finally:
            if process.returncode is None:  # interrupted
                process.kill()
                await process.wait()
        if process.returncode:
            print(f"python -m {module} failed:\n{said.decode(errors='replace')}", file=sys.stderr)
        return process.returncode == 0

    async def _watch(
        self,
        stage: Stage,
        functions: FunctionEnvironments,
        environment: Mapping[str, str],
        current: Generation,
        package: Path,
    ) -> None:
        """Reloads what changed; what cannot be loaded is told, and the last good one runs on."""
        from watchfiles import PythonFilter, awatch

        pending = False
        files = current.files
        watched = PythonFilter(extra_extensions=tuple({path.suffix for path in files}))
        folders = {package, *(path.parent for path in files)}
        stop = asyncio.Event()
        async for changes in awatch(
            *folders, watch_filter=watched, stop_event=stop, debounce=200, recursive=True
        ):
            paths = {Path(path).resolve() for _, path in changes}
            changed = {path for path in paths if path in files or package in path.parents}
            if not changed:
                continue
            names = ", ".join(sorted(shown(path) for path in changed))
            # What the contract has become waits until functions fit it.
            pending = pending or bool(changed & files)
            try:
                compiled = await asyncio.to_thread(self._generations.make) if pending else current
                read_document(compiled.document)
                await functions.replace(self._configuration(environment, compiled.folder))
                stage.replace_document(compiled.document, compiled.stage_variables)
            except (ContractError, SettingsError, StageDocumentError) as error:
                print(f"\n{error}\n{names} changed; the last good contract runs on.\n", flush=True)
            except InitError as error:
                text = init_text(str(self._options.function), error)
                print(f"\n{text}\n{names} changed; the last good function runs on.\n", flush=True)
            except Exception:
                # A fault of ours must not end the watch without a word.
                print(f"\n{traceback.format_exc()}\n{names} changed, not reloaded.\n", flush=True)
            else:
                current, pending = compiled, False
                files = current.files
                count = len(current.contract.operations)
                print(f"{names} changed: reloaded, {count} operations.", flush=True)


def _package(handler: str) -> Path:
    """The folder of the handler's package, found without importing it."""
    spec = importlib.util.find_spec(handler.partition(".")[0])
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(2, "no such package", handler.partition(".")[0])
    return Path(spec.submodule_search_locations[0]).resolve()
