"""The execution environments of a function: started on demand, reused, replaced on reload.

AWS Lambda: lambda-concurrency. Above `concurrency` an invocation waits, and is
dropped if nobody waits for it any more; AWS would throttle it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Protocol

from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.functions.process_environment import ProcessEnvironment
from openapi_first.stage.messages.invocation import waiting_for_turn
from openapi_first.stage.messages.invoker import InitError, InvocationResult


class ExecutionEnvironment(Protocol):
    """A process or container that runs one invocation at a time."""

    @property
    def pid(self) -> int:
        """The process that ends with it."""
        ...

    @property
    def alive(self) -> bool:
        """Whether it can run another invocation."""
        ...

    async def invoke(self, event: bytes) -> InvocationResult:
        """Run the function on an event; if it fails or dies, that is a function error."""
        ...

    async def retire(self) -> None:
        """End it while it is idle."""
        ...

    async def kill(self) -> None:
        """End it, whatever it is doing."""
        ...


_SECONDS_BEFORE = 0.5
"""Between a start and the process ahead of the next: the first requests have the processors."""

StartEnvironment = Callable[[FunctionConfiguration], Awaitable[ExecutionEnvironment]]
"""Starts an environment. Raises InitError."""


class FunctionEnvironments:
    """An invoker that runs a function in child processes, or in what `start` starts. A function
    that preloads modules has a process ahead.

    `concurrency` is the most environments at a time.
    """

    def __init__(
        self,
        configuration: FunctionConfiguration,
        *,
        concurrency: int = 4,
        start: StartEnvironment | None = None,
    ) -> None:
        if concurrency < 1:
            raise ValueError("concurrency must be at least 1")
        self._configuration = configuration
        self._ahead = None
        if start is None and configuration.preload and configuration.debug_port is None:
            self._ahead = ProcessesAhead()
            start = self._ahead.start
        self._start_environment = start or ProcessEnvironment.start
        self._build = 0
        """Counts the reloads."""
        self._builds: dict[ExecutionEnvironment, int] = {}
        """Every environment that runs, with the build whose code it loaded."""
        self._idle: list[ExecutionEnvironment] = []
        self._slots = asyncio.Semaphore(concurrency)
        self._background: set[asyncio.Task[None]] = set()

    @property
    def pids(self) -> frozenset[int]:
        """The running processes."""
        return frozenset(environment.pid for environment in self._builds if environment.alive)

    async def start(self) -> None:
        """Start a first environment. Raises InitError if the function cannot be loaded."""
        self._idle.append(await self._start(self._configuration))

    async def invoke(self, event: bytes) -> InvocationResult:
        with waiting_for_turn():
            await self._slots.acquire()
        try:
            environment = self._take()
            cold = environment is None
            try:
                environment = environment or await self._start(self._configuration)
            except InitError as error:
                message = {"errorType": "Runtime.InitError", "errorMessage": str(error)}
                return InvocationResult(json.dumps(message).encode(), True, cold)
            try:
                result = await environment.invoke(event)
                return InvocationResult(result.payload, result.function_error, cold)
            finally:
                self._give_back(environment)
        finally:
            self._slots.release()

    async def replace(self, configuration: FunctionConfiguration) -> None:
        """Change to another configuration, or to changed code. Raises InitError, changing nothing.

        Running invocations finish in their environments; none fails because of a reload. Only of a
        function that is debugged the environments end first, even if no other can be started.
        """
        if configuration.debug_port is not None:
            await self.stop()
            self._configuration = configuration
        started = await self._start(configuration)
        self.change(configuration)
        self._builds[started] = self._build
        self._idle.append(started)

    def change(self, configuration: FunctionConfiguration) -> None:
        """Change to another configuration, or to changed code, which the next invocation loads.

        Running invocations finish in their environments.
        """
        self._configuration = configuration
        self._build += 1
        retired, self._idle = self._idle, []
        for environment in retired:
            self._retire(environment)

    async def stop(self) -> None:
        """End every environment, whatever it is doing."""
        self._idle.clear()
        environments = list(self._builds)
        self._builds.clear()
        await asyncio.gather(*(environment.kill() for environment in environments))
        await asyncio.gather(*self._background, return_exceptions=True)
        if self._ahead is not None:
            await self._ahead.stop()

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
        build = self._build  # before the code is loaded: a reload may happen meanwhile
        environment = await self._start_environment(configuration)
        self._builds[environment] = build
        return environment

    def _take(self) -> ExecutionEnvironment | None:
        while self._idle:
            environment = self._idle.pop()
            if environment.alive:
                return environment
            self._retire(environment)
        return None

    def _give_back(self, environment: ExecutionEnvironment) -> None:
        if environment.alive and self._builds.get(environment) == self._build:
            self._idle.append(environment)
        else:
            self._retire(environment)

    def _retire(self, environment: ExecutionEnvironment) -> None:
        self._builds.pop(environment, None)
        task = asyncio.ensure_future(environment.retire())
        self._background.add(task)
        task.add_done_callback(self._background.discard)


class ProcessesAhead:
    """Starts the processes of a function, and keeps one more, which imports what is preloaded.

    A process that has not loaded the handler yet can take any version of its code: a reload then
    waits for the import of that code only, not for Python and the libraries.
    """

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: asyncio.Task[ProcessEnvironment] | None = None
        self._stopped = False

    async def start(self, configuration: FunctionConfiguration) -> ProcessEnvironment:
        """A process that has loaded the handler. Raises InitError."""
        environment = await self._taken()
        if environment is not None and not environment.fits(configuration):
            await environment.kill()
            environment = None
        try:
            if environment is None:
                return await ProcessEnvironment.start(configuration)
            await environment.load(configuration)
            return environment
        finally:
            self._start_later(configuration)

    async def stop(self) -> None:
        """Ends the process that waits. None waits from now on."""
        self._stopped = True
        environment = await self._taken()
        if environment is not None:
            await environment.kill()

    async def _taken(self) -> ProcessEnvironment | None:
        if self._timer is not None:
            self._timer.cancel()
        waiting, self._waiting = self._waiting, None
        try:
            return None if waiting is None else await waiting
        except InitError:  # the next start fails for the same reason, and reports it
            return None

    def _start_later(self, configuration: FunctionConfiguration) -> None:
        if self._timer is not None:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(_SECONDS_BEFORE, self._start_ahead, configuration)

    def _start_ahead(self, configuration: FunctionConfiguration) -> None:
        if self._waiting is None and not self._stopped:
            self._waiting = asyncio.ensure_future(ProcessEnvironment.start_ahead(configuration))
