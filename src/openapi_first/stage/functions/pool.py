"""The execution environments of a function: started on demand, reused, replaced on reload.

AWS Lambda: lambda-concurrency. Above `concurrency` an invocation waits for its turn; AWS would
throttle it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import TracebackType
from typing import Protocol

from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.functions.process_environment import Environment
from openapi_first.stage.messages.invoker import InitError, InvocationResult


class ExecutionEnvironment(Protocol):
    """One place that runs one invocation at a time: a process, a container."""

    @property
    def pid(self) -> int:
        """The process that ends with it."""
        ...

    @property
    def alive(self) -> bool:
        """Whether another invocation may be given to it."""
        ...

    async def invoke(self, event: bytes) -> InvocationResult:
        """Run the function on an event; what goes wrong in there is a function error."""
        ...

    async def retire(self) -> None:
        """End it, idle as it is."""
        ...

    async def kill(self) -> None:
        """End it, whatever it is doing."""
        ...


StartEnvironment = Callable[[FunctionConfiguration], Awaitable[ExecutionEnvironment]]
"""Starts an environment of a configuration; raises InitError when it cannot."""


class FunctionEnvironments:
    """An invoker that runs a function in child processes of the stage, or where `start` says."""

    def __init__(
        self,
        configuration: FunctionConfiguration,
        *,
        concurrency: int = 4,
        start: StartEnvironment = Environment.start,
    ) -> None:
        if concurrency < 1:
            raise ValueError("concurrency must be at least 1")
        self._configuration = configuration
        self._start_environment = start
        self._generation = 0
        self._born: dict[ExecutionEnvironment, int] = {}
        self._idle: list[ExecutionEnvironment] = []
        self._slots = asyncio.Semaphore(concurrency)
        self._background: set[asyncio.Task[None]] = set()

    @property
    def pids(self) -> frozenset[int]:
        """The processes there are at this moment."""
        return frozenset(environment.pid for environment in self._born if environment.alive)

    async def start(self) -> None:
        """Start a first environment, so that a function that cannot load is known at once."""
        self._idle.append(await self._start(self._configuration))

    async def invoke(self, event: bytes) -> InvocationResult:
        """Run the function in an idle environment, or in a new one."""
        async with self._slots:
            environment = self._take()
            cold = environment is None
            try:
                environment = environment or await self._start(self._configuration)
            except InitError as error:
                message = {"errorType": "Runtime.InitError", "errorMessage": str(error)}
                return InvocationResult(json.dumps(message).encode(), True, cold)
            try:
                return replace(await environment.invoke(event), cold=cold)
            finally:
                self._give_back(environment)

    async def replace(self, configuration: FunctionConfiguration) -> None:
        """Change to another configuration or other code, if that loads; `InitError` if not.

        Invocations under way finish where they are; none fails because of a reload.
        """
        fresh = await self._start(configuration)
        self._configuration = configuration
        self._generation += 1
        self._born[fresh] = self._generation
        retired, self._idle = self._idle, [fresh]
        for environment in retired:
            self._retire(environment)

    async def stop(self) -> None:
        """End every process, whatever it is doing."""
        self._idle.clear()
        environments = list(self._born)
        self._born.clear()
        await asyncio.gather(*(environment.kill() for environment in environments))
        await asyncio.gather(*self._background, return_exceptions=True)

    async def __aenter__(self) -> FunctionEnvironments:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def _start(self, configuration: FunctionConfiguration) -> ExecutionEnvironment:
        generation = self._generation  # as it was when the code was about to be loaded
        environment = await self._start_environment(configuration)
        self._born[environment] = generation
        return environment

    def _take(self) -> ExecutionEnvironment | None:
        while self._idle:
            environment = self._idle.pop()
            if environment.alive:
                return environment
            self._retire(environment)
        return None

    def _give_back(self, environment: ExecutionEnvironment) -> None:
        if environment.alive and self._born.get(environment) == self._generation:
            self._idle.append(environment)
        else:
            self._retire(environment)

    def _retire(self, environment: ExecutionEnvironment) -> None:
        self._born.pop(environment, None)
        task = asyncio.ensure_future(environment.retire())
        self._background.add(task)
        task.add_done_callback(self._background.discard)
