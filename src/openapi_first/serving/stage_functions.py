"""The functions of a stage: they start, are replaced and end as one group."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any

from openapi_first.serving.builds import Build
from openapi_first.serving.configurations import Configurations
from openapi_first.serving.errors import CannotServe
from openapi_first.serving.invokers import FunctionTarget
from openapi_first.serving.screen.load_errors import init_text
from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.functions.deployed import DeployedFunction
from openapi_first.stage.functions.endpoint import FunctionEndpoint
from openapi_first.stage.functions.pool import FunctionEnvironments
from openapi_first.stage.functions.registry import NoFunction
from openapi_first.stage.messages.invoker import InitError, Invoker

_Running = FunctionEnvironments | FunctionEndpoint | DeployedFunction


@dataclass(frozen=True, slots=True)
class StageFunction:
    """One function: `title` is its name in errors; `invoker` makes its invoker for the first build,
    which is not started yet and may raise InitError; `replaced` gives the configuration for another
    build, and is None if the function stays as it is.
    """

    title: str
    invoker: Callable[[Build], _Running]
    replaced: Callable[[Build], FunctionConfiguration] | None = None


class StageFunctions:
    """The API's own function, if there is one, and others by the names that the document has for
    them. After `start`, each keeps its invoker until the block ends."""

    def __init__(self, own: StageFunction | None, others: Mapping[str, StageFunction]) -> None:
        self._declared: dict[str | None, StageFunction] = dict(others.items())
        if own is not None:
            self._declared[None] = own
        self._invokers: dict[str | None, _Running] = {}
        self._ending = contextlib.AsyncExitStack()

    @property
    def own(self) -> Invoker:
        return self._invokers.get(None) or NoFunction()

    @property
    def others(self) -> dict[str, Invoker]:
        return {name: each for name, each in self._invokers.items() if name is not None}

    async def start(self, build: Build) -> None:
        """Starts all of them side by side. Raises CannotServe, and none runs then."""
        try:
            await _all(self._start(name, each, build) for name, each in self._declared.items())
        except BaseException:
            await self._ending.aclose()
            raise

    async def _start(self, name: str | None, function: StageFunction, build: Build) -> None:
        with _naming(function.title):
            invoker = function.invoker(build)
            await self._ending.enter_async_context(invoker)
        self._invokers[name] = invoker

    async def replace(self, build: Build) -> None:
        """Loads the present code. Raises CannotServe for one that cannot be loaded; its last
        working version runs on."""
        await _all(self._replace(name, each, build) for name, each in self._declared.items())

    async def _replace(self, name: str | None, function: StageFunction, build: Build) -> None:
        invoker = self._invokers[name]
        if function.replaced is not None and isinstance(invoker, FunctionEnvironments):
            with _naming(function.title):
                await invoker.replace(function.replaced(build))

    async def __aenter__(self) -> StageFunctions:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._ending.aclose()


def stage_functions(
    target: FunctionTarget,
    handlers: Mapping[str, str],
    configurations: Configurations,
    concurrency: int,
) -> StageFunctions:
    """The functions of one API: its own is the target; the others, with their handlers by their
    names, run in processes here."""

    def other(name: str, handler: str) -> StageFunction:
        def configuration(build: Build) -> FunctionConfiguration:
            own = configurations.of_process(build)
            return replace(own, name=name, handler=handler, debug_port=None)

        def invoker(build: Build) -> FunctionEnvironments:
            return FunctionEnvironments(configuration(build), concurrency=concurrency)

        return StageFunction(handler, invoker, configuration)

    def own_invoker(build: Build) -> _Running:
        configuration = configurations.of_function(build)
        return target.invoker(configuration, concurrency, build.contract_hash)

    own = None
    if target.is_given:
        replaced = None if target.handler is None else configurations.of_process
        own = StageFunction(str(target), own_invoker, replaced)
    return StageFunctions(own, {name: other(name, handler) for name, handler in handlers.items()})


async def _all(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Waits for all of them, then raises the first error."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        results = await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        # If this was cancelled, they are, too, and end before what they use does.
        await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


@contextlib.contextmanager
def _naming(function: str) -> Iterator[None]:
    """Names the function that cannot be loaded. Raises CannotServe for InitError."""
    try:
        yield
    except InitError as error:
        raise CannotServe(init_text(function, error)) from error
