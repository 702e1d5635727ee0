"""`contract serve`: compiler, stage, function and DynamoDB, put together and kept up to date.

One process of ours runs the stage; the function and DynamoDB are its children, which end with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import socket
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from openapi_first.core.signals import Ending
from openapi_first.core.temporary_folder import temporary_folder
from openapi_first.core.terminal_text import visible
from openapi_first.serving.access.local_access import LocalAccess
from openapi_first.serving.builds import Build, Served
from openapi_first.serving.configurations import ENDPOINT, Configurations
from openapi_first.serving.dynamodb.database import Database
from openapi_first.serving.dynamodb.revival import Revival
from openapi_first.serving.dynamodb.start_order import start
from openapi_first.serving.errors import CannotServe
from openapi_first.serving.function_code import FunctionCode
from openapi_first.serving.gateway_options import GatewayOptions
from openapi_first.serving.invokers import FunctionTarget
from openapi_first.serving.reloading import Reloader
from openapi_first.serving.screen.request_lines import (
    print_access,
    print_ending,
    print_output,
)
from openapi_first.serving.screen.welcome import Greeting, welcome
from openapi_first.serving.separate_stage import Announcement
from openapi_first.serving.stage_functions import StageFunctions, stage_functions
from openapi_first.stage.app import Stage
from openapi_first.stage.http.server import bind, serve

OF_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What to serve and where. `environment` has the function's variables; `setup` is a module that
    runs before the first request; `root` is the folder of the project, in which its code is.
    `dynamodb` says whether the function uses DynamoDB, None if that is not known. At `debug_port` a
    debugger can attach to the function. `preload` names modules that its processes may import
    before they have its code. An Announcement is written to the descriptor `announce_to`.
    A `database` that starts already is used if the function needs one.
    """

    served: Served
    function: FunctionTarget
    host: str
    port: int
    stage: str
    environment: Mapping[str, str]
    setup: str | None
    concurrency: int
    gateway: GatewayOptions
    dynamodb: bool | None = None
    root: Path = field(default_factory=Path)
    debug_port: int | None = None
    preload: tuple[str, ...] = ()
    announce_to: int | None = None
    database: Database | None = None


def serve_api(options: ServeOptions) -> None:
    """Serves until SIGINT, SIGTERM, SIGHUP or SIGQUIT, or raises UserError."""
    with (
        without_reasons(),
        Ending() as ending,
        contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError),
        temporary_folder() as folder,
        listening(options.host, options.port) as listener,
    ):
        server = _Server(options, folder, ending)
        build = server.build()  # not in the event loop, which would wait for it when it ends
        ending.run(server.run(build, listener))


@contextlib.contextmanager
def without_reasons() -> Iterator[None]:
    """The stage's warnings are the reasons of failures, which stand below the lines of requests."""
    log = logging.getLogger("stage.execution")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


class _Server:
    def __init__(self, options: ServeOptions, folder: Path, ending: Ending) -> None:
        self._options = options
        self._ending = ending
        handler = options.function.handler
        self._code = None
        if handler is not None and options.function.mock is None:
            self._code = FunctionCode(handler, options.root)
        self._folders = (folder / str(number) for number in itertools.count(1))
        mock = options.function.mock or {}
        self._environment = {**options.served.variables, **options.environment, **mock}
        self._configurations = Configurations(
            handler=handler,
            code=self._code,
            root=options.root,
            environment=self._environment,
            on_output=None if options.gateway.raw_logs else print_output,
            debug_port=options.debug_port,
            preload=options.preload,
        )
        self._key_folder = folder

    async def run(self, build: Build, listener: socket.socket) -> None:
        if not self._needs_database():
            await self._serve(build, listener, None)
            return
        with self._options.database or Database() as database:
            self._environment[ENDPOINT] = database.endpoint_url
            if self._options.dynamodb or self._options.setup is not None:
                database.start()
            async with database.starting_on_demand():
                await self._serve(build, listener, database)

    def _needs_database(self) -> bool:
        """A function that already runs has its own idea of where DynamoDB is."""
        options = self._options
        elsewhere = options.function.elsewhere or ENDPOINT in self._environment
        started_here = options.function.is_given or options.gateway.functions or options.setup
        return options.dynamodb is not False and not elsewhere and bool(started_here)

    async def _serve(
        self, build: Build, listener: socket.socket, database: Database | None
    ) -> None:
        options, gateway = self._options, self._options.gateway
        access = LocalAccess.of(
            build.api,
            build.stage_variables,
            gateway.key_set,
            gateway.functions,
            schemes=build.schemes,
            key_folders=(options.root, self._key_folder),
            with_refused=options.announce_to is not None,
        )
        set_up = None if options.setup is None else lambda url: self._set_up(build, url)
        async with contextlib.AsyncExitStack() as running:
            functions = await running.enter_async_context(
                stage_functions(
                    options.function, gateway.functions, self._configurations, options.concurrency
                )
            )
            await start(lambda: functions.start(build), database, set_up)
            if database is not None:
                revival = Revival(database, options.setup, lambda url: self._set_up(build, url))
                await running.enter_async_context(revival.going_on())
            stage = Stage(
                build.document,
                name=options.stage,
                stage_variables=build.stage_variables,
                api_keys=gateway.api_keys,
                usage_plans=gateway.plans,
                usage_file=gateway.usage_file,
                key_set=access.key_set,
                invoker=functions.own,
                functions={**functions.others, **access.stand_ins},
                function_name=build.function_name,
                documentation=options.served.documentation,
                origin=build.origin,
                tokens=access.console_tokens(build.api),
                on_access=print_access,
                settings=gateway.settings(timeouts=options.debug_port is None),
            )
            running.callback(stage.close)
            self._greet(build, stage, listener, database, access)
            reloading = asyncio.create_task(self._reload(build, stage, functions))
            stop = asyncio.Event()
            try:
                with self._ending.asking(stop):
                    await serve(stage.app, listener=listener, stop=stop, on_wait=print_ending)
            finally:
                reloading.cancel()
                await asyncio.gather(reloading, return_exceptions=True)

    def build(self) -> Build:
        """Builds what the files say now. Raises UserError."""
        build = self._options.served.build(next(self._folders))
        if build.skipped:
            print(visible(build.skipped), file=sys.stderr, flush=True)
        if build.needs_function and not self._options.function.is_given:
            raise CannotServe(
                "functions serve operations of the contract: name the handler with --handler, or "
                "use --image, --lambda-endpoint-url or --deployed"
            )
        return build

    def _greet(
        self,
        build: Build,
        stage: Stage,
        listener: socket.socket,
        database: Database | None,
        access: LocalAccess,
    ) -> None:
        host, port = listener.getsockname()[:2]
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        gateway = self._options.gateway
        base = f"http://{address}"
        if gateway.stage_in_path:
            base = f"{base}/{self._options.stage}"
        where = self._environment.get(ENDPOINT)
        if database is not None and not database.is_started:
            where = f"{where} (starts when the function connects to it)"
        greeting = Greeting(
            build.api,
            build.version,
            build.operations,
            base,
            keys=gateway.api_keys,
            database=where if self._options.dynamodb is not False else None,
            tokens=access.tokens,
            stand_ins=tuple(access.stand_ins),
            schemes=build.schemes,
            example=build.example,
        )
        print(visible(welcome(greeting)), flush=True)
        for warning in (*gateway.warnings, *access.warnings, *stage.warnings):
            print(f"  {visible(warning)}", flush=True)
        if self._options.announce_to is not None:
            keys = tuple((each.id, each.value) for each in gateway.api_keys if each.enabled)
            key = keys[0][1] if keys else None
            dynamodb = self._environment.get(ENDPOINT)
            announcement = Announcement(base, key, access.tokens, keys, dynamodb=dynamodb)
            announcement.write_to(self._options.announce_to)
        if self._options.host not in OF_THIS_MACHINE:
            print(f"  It listens on {host}: other machines may reach it.\n", flush=True)

    async def _set_up(self, build: Build, database: str | None) -> None:
        assert self._options.setup is not None
        await self._configurations.set_up(self._options.setup, build, database)

    async def _reload(self, build: Build, stage: Stage, functions: StageFunctions) -> None:
        target, served = self._options.function, self._options.served
        if target.handler is not None:
            await Reloader(stage, self.build, functions.replace, self._code).watch(build)
        elif not (served.compiled_into_function and target.is_given):
            await Reloader(stage, self.build, None, None).watch(build)


def listening(host: str, port: int) -> socket.socket:
    try:
        return bind(host, port)
    except (OSError, UnicodeError) as error:  # UnicodeError: not even the form of a name
        reason = error.strerror if isinstance(error, OSError) else error
        raise CannotServe(f"cannot listen on {host}: {reason}") from error
