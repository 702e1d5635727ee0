"""Serves all REST APIs of a template: their stages, its functions and its tables."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from openapi_first.core.signals import Ending
from openapi_first.core.temporary_folder import temporary_folder
from openapi_first.core.terminal_text import visible
from openapi_first.serving.configurations import ENDPOINT
from openapi_first.serving.dynamodb.database import Database
from openapi_first.serving.dynamodb.revival import Revival
from openapi_first.serving.dynamodb.start_order import SetUp, start
from openapi_first.serving.functions.declared import DeclaredFunctions
from openapi_first.serving.functions.invoker import DeclaredInvoker
from openapi_first.serving.functions.running import RunOptions
from openapi_first.serving.screen.declared import print_declared, print_notes
from openapi_first.serving.screen.request_lines import print_output
from openapi_first.serving.screen.welcome import welcome
from openapi_first.serving.separate_stage import Announcement
from openapi_first.serving.server import OF_THIS_MACHINE, listening, without_reasons
from openapi_first.serving.templates.api_stage import ApiStage, StageOptions
from openapi_first.serving.templates.declaration import ServedTemplate, TemplateBuild
from openapi_first.serving.templates.reloading import Reloading
from openapi_first.serving.templates.tables import Tables
from openapi_first.stage.access.tokens import KeySet
from openapi_first.stage.messages.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateOptions:
    """What to serve and where. The first API listens on `port`, the next on the port after it; with
    the port 0 each takes a free one. `environment` has variables that win over those of every
    function. An Announcement of the first API is written to the descriptor `announce_to`."""

    served: ServedTemplate
    host: str
    port: int
    api_key: str
    environment: Mapping[str, str] = field(default_factory=dict)
    concurrency: int = 4
    dynamodb: bool = True
    raw_logs: bool = False
    emulator: Path | None = None
    key_set: KeySet | None = None
    usage_file: Path | None = None
    settings: Settings = field(default_factory=Settings)
    announce_to: int | None = None


def serve_template(options: TemplateOptions) -> None:
    """Serves until SIGINT, SIGTERM, SIGHUP or SIGQUIT, or raises UserError."""
    with (
        without_reasons(),
        Ending() as ending,
        contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError),
        temporary_folder() as folder,
    ):
        build = options.served.build()
        with _listeners(options, len(build.apis)) as listeners:
            ending.run(_Server(options, folder, ending, build).run(listeners))


@contextlib.contextmanager
def _listeners(options: TemplateOptions, count: int) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as opened:
        ports = itertools.repeat(0) if options.port == 0 else itertools.count(options.port)
        yield [
            opened.enter_context(listening(options.host, port))
            for port, _ in zip(ports, range(count), strict=False)
        ]


class _Server:
    def __init__(
        self, options: TemplateOptions, folder: Path, ending: Ending, build: TemplateBuild
    ) -> None:
        self._options = options
        self._folder = folder
        self._ending = ending
        self._build = build
        self._tables = Tables(
            build.template.region, lambda note: _report(options.served.placed(note))
        )
        self._tables.declare(build.template.tables)

    async def run(self, listeners: list[socket.socket]) -> None:
        async with contextlib.AsyncExitStack() as running:
            database = None
            if self._options.dynamodb and ENDPOINT not in self._options.environment:
                database = running.enter_context(Database())
                if self._build.template.tables:
                    database.start()
                await running.enter_async_context(database.starting_on_demand())
            await self._run(listeners, database)

    async def _run(self, listeners: list[socket.socket], database: Database | None) -> None:
        build, options = self._build, self._options
        async with contextlib.AsyncExitStack() as running:
            functions = await running.enter_async_context(
                await DeclaredFunctions.of(build.template.functions, self._run_options(database))
            )
            await start(_nothing, database, self._set_up(database))
            if database is not None:
                creator = "the template" if build.template.tables else ""
                revival = Revival(database, None, self._create, creator)
                await running.enter_async_context(revival.going_on())
            stages = [
                ApiStage(api, functions.invokers, listener, self._stage_options())
                for api, listener in zip(build.apis, listeners, strict=True)
            ]
            for each in stages:
                running.callback(each.close)
            reloading = Reloading(
                options.served, build, functions, stages, self._tables, database, _report
            )
            self._greet(stages, functions, database)
            watching = asyncio.create_task(reloading.watch())
            stop = asyncio.Event()
            try:
                with self._ending.asking(stop):
                    await asyncio.gather(*(each.serve(stop) for each in stages))
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)

    async def _create(self, url: str) -> None:
        await self._tables.create(url)

    def _set_up(self, database: Database | None) -> SetUp | None:
        if database is None or not self._build.template.tables:
            return None

        async def set_up(url: str | None) -> None:
            await self._tables.create(url or database.endpoint_url)

        return set_up

    def _run_options(self, database: Database | None) -> RunOptions:
        options = self._options
        several = len(self._build.template.functions) > 1

        def printed(function: str, line: str) -> None:
            print_output(line, function if several else "")

        return RunOptions(
            folder=self._folder,
            defaults={} if database is None else {ENDPOINT: database.endpoint_url},
            environment_file=self._build.environment_file,
            overrides=options.environment,
            concurrency=options.concurrency,
            report=_report,
            on_output=None if options.raw_logs else printed,
            emulator=options.emulator,
            region=self._build.template.region,
        )

    def _stage_options(self) -> StageOptions:
        options = self._options
        path = options.served.path
        return StageOptions(
            api_key=options.api_key,
            key_folders=(path.parent, self._folder),
            settings=replace(options.settings, region=self._build.template.region),
            key_set=options.key_set,
            usage_file=options.usage_file,
            with_refused=options.announce_to is not None,
        )

    def _greet(
        self, stages: list[ApiStage], functions: DeclaredFunctions, database: Database | None
    ) -> None:
        template, several = self._build.template, len(stages) > 1
        where = None if database is None else database.endpoint_url
        if database is not None and not database.is_started:
            where = f"{where} (starts when a function connects to it)"
        for each in stages:
            greeting = replace(
                each.greeting, name=each.logical_id if several else "", database=where
            )
            print(visible(welcome(greeting)), flush=True)
            where = None  # once
        keys = {key.id: key for each in stages for key in each.keys.keys}
        print_declared(
            [(each.function.logical_id, how(each)) for each in functions.invokers.values()],
            [each.name for each in template.tables if each.name not in self._tables.failed]
            if database is not None
            else (),
            keys.values(),
            [token for each in stages for token in each.access.tokens],
        )
        print_notes(self._notes(stages, functions))
        if self._options.announce_to is not None:
            enabled = [key for key in keys.values() if key.enabled]
            Announcement(
                stages[0].base_url,
                enabled[0].value if enabled else None,
                tuple(token for each in stages for token in each.access.tokens),
                tuple((key.id, key.value) for key in enabled),
                {each.logical_id: each.base_url for each in stages},
                None if database is None else database.endpoint_url,
            ).write_to(self._options.announce_to)
        if self._options.host not in OF_THIS_MACHINE:
            _report(f"  It listens on {self._options.host}: other machines may reach it.\n")

    def _notes(self, stages: list[ApiStage], functions: DeclaredFunctions) -> Iterator[str]:
        template = self._build.template
        yield from template.notes
        yield from map(self._options.served.placed, functions.notes)
        if template.tables and ENDPOINT in self._options.environment:
            names = ", ".join(each.name for each in template.tables)
            yield f"{ENDPOINT} is set, so the tables are not created there: {names}"
        for each in stages:
            prefix = f"{each.logical_id}: " if len(stages) > 1 else ""
            yield from (f"{prefix}{warning}" for warning in each.warnings)


def how(invoker: DeclaredInvoker) -> str:
    """How a function runs."""
    function, plan = invoker.function, invoker.plan
    if plan.reason:
        return "does not run; see below"
    if plan.image is not None:
        return f"in a container of {plan.image.name}"
    return f"in a process here: {function.handler}"


async def _nothing() -> None:
    """Functions start when they are first invoked."""


def _report(text: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        print(visible(text), flush=True)
