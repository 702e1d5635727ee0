"""Python functions of the test's own process, called as AWS Lambda calls them.

The stage is asynchronous and runs in another thread. Functions run in the thread that made the
request, where a debugger, an open database or a signal's handler of the test works on them; and no
event loop runs there, as on Lambda.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, TypeAlias

from openapi_first.stage.app import AccessRecord
from openapi_first.stage.functions.worker import TRACE, LambdaContext, run
from openapi_first.stage.messages.invoker import InvocationResult, qualified

Handler: TypeAlias = Callable[[Any, Any], Any]
"""Takes an event and a context, and returns what AWS Lambda turns into JSON."""

_SECONDS = 25.0
"""What the context of a function without a time limit says is left at first."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call. `function` is its name in the document, None for the handler of the API. `event` is
    as the function got it; `error` is what it raised, with its traceback."""

    function: str | None
    event: Any
    error: BaseException | None = None


@dataclass(slots=True)
class Exchange:
    """A request under way: the calls that its thread is to make, and those that it has made."""

    invocations: list[Invocation] = field(default_factory=list)
    access: AccessRecord | None = None
    _calls: SimpleQueue[Callable[[], None] | None] = field(default_factory=SimpleQueue)

    @property
    def errors(self) -> list[BaseException]:
        """What functions have raised."""
        return [each.error for each in self.invocations if each.error is not None]

    def enter(self) -> None:
        """Makes it the one of the current task, and of the tasks that this starts."""
        _CURRENT.set(self)

    async def called(self, call: Callable[[], InvocationResult]) -> InvocationResult:
        """The result of a call in the thread that makes the calls. Raises what it raises."""
        result: Future[InvocationResult] = Future()

        def make() -> None:
            try:
                result.set_result(call())
            except BaseException as error:  # or the stage would wait for ever
                result.set_exception(error)

        self._calls.put(make)
        return await asyncio.wrap_future(result)

    def make_calls(self, until: Future[Any]) -> None:
        """Makes the calls in this thread."""
        until.add_done_callback(lambda _: self._calls.put(None))
        while (call := self._calls.get()) is not None:
            call()


_CURRENT: ContextVar[Exchange] = ContextVar("exchange")


def note_access(record: AccessRecord) -> None:
    """Keeps the access record of the request that the current task serves."""
    _CURRENT.get().access = record


@dataclass(frozen=True, slots=True)
class PythonFunction:
    """`timeout` is in seconds: a function that took longer fails as on AWS, after it has ended."""

    name: str | None
    handler: Handler
    timeout: float | None = None

    async def invoke(self, event: bytes) -> InvocationResult:
        """The result of the handler, called in the thread of the request."""
        exchange = _CURRENT.get()
        arn = qualified(f"arn:aws:lambda:us-east-1:123456789012:function:{self.name or 'local'}")
        return await exchange.called(lambda: self._invoke(event, exchange, arn))

    def _invoke(self, event: bytes, exchange: Exchange, arn: str) -> InvocationResult:
        context, started = self._context(arn), time.monotonic()
        raised: BaseException | None
        try:
            with _trace_restored():
                payload, raised = run(self.handler, context, event)
        except BaseException as error:  # what ends a process there, and what ends a test here
            raised = error
            payload = _failure(context, "Runtime.ExitError", "Runtime exited with error")
        exchange.invocations.append(Invocation(self.name, json.loads(event), raised))
        if self.timeout is not None and time.monotonic() - started > self.timeout:
            late = f"Task timed out after {self.timeout:.2f} seconds"
            return InvocationResult(_failure(context, "Sandbox.Timedout", late), True)
        return InvocationResult(payload, raised is not None)

    def _context(self, arn: str) -> LambdaContext:
        name = self.name or "local"
        limit = _SECONDS if self.timeout is None else self.timeout
        return LambdaContext(
            str(uuid.uuid4()),
            arn,
            time.time() + limit,
            function_name=name,
            function_version="$LATEST",
            memory_limit_in_mb="512",
            log_group_name=f"/aws/lambda/{name}",
            log_stream_name=f"{time.strftime('%Y/%m/%d')}/[$LATEST]{uuid.uuid4().hex}",
        )


@contextmanager
def _trace_restored() -> Iterator[None]:
    """A test's own value of the variable that each invocation sets stays."""
    before = os.environ.get(TRACE)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(TRACE, None)
        else:
            os.environ[TRACE] = before


def _failure(context: LambdaContext, kind: str, message: str) -> bytes:
    text = f"RequestId: {context.aws_request_id} Error: {message}"
    return json.dumps({"errorType": kind, "errorMessage": text}).encode()
