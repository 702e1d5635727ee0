"""One function of a template as an invoker, which starts nothing before it is invoked."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from openapi_first.serving.functions.archives import UnusableCode
from openapi_first.serving.functions.packages import FunctionPackage, Placed
from openapi_first.serving.functions.running import Plan, RunOptions
from openapi_first.serving.screen.load_errors import init_text
from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.functions.pool import ExecutionEnvironment, FunctionEnvironments
from openapi_first.stage.functions.process_environment import ProcessEnvironment
from openapi_first.stage.messages.invoker import InitError, InvocationResult, InvokerError
from openapi_first.templates.model import DeclaredFunction


class DeclaredInvoker:
    """An invoker of a function. One that cannot be loaded fails as on Lambda, with an error of the
    function for each invocation, and is loaded again for the next."""

    def __init__(self, function: DeclaredFunction, plan: Plan, options: RunOptions) -> None:
        self.function = function
        self._plan = plan
        self._plans = [plan]
        """Containers of earlier ones may still run."""
        self._report = options.report
        self._pool = FunctionEnvironments(
            plan.configuration, concurrency=options.concurrency, start=self._start
        )
        self._placing = asyncio.Lock()
        self._placed: tuple[FunctionPackage, Placed] | None = None
        self._reported: set[str] = set()

    @property
    def plan(self) -> Plan:
        return self._plan

    @property
    def pids(self) -> frozenset[int]:
        """Its running processes."""
        return self._pool.pids

    async def invoke(self, event: bytes) -> InvocationResult:
        """Raises InvokerError if the function cannot run here at all."""
        if self._plan.reason:
            raise InvokerError(
                f"the function {self.function.logical_id} cannot run: {self._plan.reason}"
            )
        return await self._pool.invoke(event)

    def change(self, function: DeclaredFunction, plan: Plan) -> None:
        """Changes to another declaration, or to changed code, which the next invocation loads.
        Running invocations finish in their environments."""
        self.function, self._plan = function, plan
        self._plans.append(plan)
        self._placed = None
        self._reported.clear()
        self._pool.change(plan.configuration)

    async def stop(self) -> None:
        await self._pool.stop()
        for plan in self._plans:
            if plan.image is not None:
                plan.image.image.close()

    async def _start(self, configuration: FunctionConfiguration) -> ExecutionEnvironment:
        plan, name = self._plan, self.function.logical_id
        if not self._reported:
            runs = plan.image.name if plan.image is not None else configuration.handler
            self._tell(f"the function {name} starts ({runs})")
        try:
            if plan.package is not None:
                placed = await self._place(plan.package)
                configuration = replace(configuration, task_root=placed.task_root, opt=placed.opt)
            if plan.image is None:
                return await ProcessEnvironment.start(configuration)
            return await plan.image.start(configuration, with_code=plan.package is not None)
        except InitError as error:
            self._tell(self._why(plan, error))
            raise

    async def _place(self, package: FunctionPackage) -> Placed:
        async with self._placing:
            if self._placed is None or self._placed[0] is not package:
                try:
                    self._placed = (package, await asyncio.to_thread(package.place))
                except UnusableCode as error:
                    raise InitError(str(error)) from None
            return self._placed[1]

    def _why(self, plan: Plan, error: InitError) -> str:
        text = init_text(f"the function {self.function.logical_id}", error)
        advice = "" if plan.package is None else plan.package.advice(str(error))
        return "\n".join(filter(None, (text, advice)))

    def _tell(self, text: str) -> None:
        """Reports what is new since the last change."""
        if text not in self._reported:
            self._reported.add(text)
            self._report(text)
