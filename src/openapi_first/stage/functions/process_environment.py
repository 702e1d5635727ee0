"""A Lambda execution environment in a child process.

AWS Lambda: lambda-runtime-environment. POSIX only: the worker inherits its socket by descriptor.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import time
import uuid

from openapi_first.stage.functions import frames, worker
from openapi_first.stage.functions.channel import Channel, ChannelClosed, Message
from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.functions.logs import forward
from openapi_first.stage.messages.invoker import InitError, InvocationResult, qualified

_DEBUGGABLE = ("-X", "frozen_modules=off")
"""Or debuggers may miss breakpoints in Python's own modules, of which debugpy warns."""
_DEBUGGING_SECONDS = 86_400.0
"""What a function that is debugged has left: as good as no limit."""


class _Ended(Exception):
    """The process ended before it sent a result."""


class ProcessEnvironment:
    """A worker process that has loaded its handler. Created by `start`."""

    def __init__(
        self,
        configuration: FunctionConfiguration,
        process: asyncio.subprocess.Process,
        channel: Channel,
    ) -> None:
        self.configuration = configuration
        self.pid = process.pid
        self._process = process
        self._channel = channel
        self._exit = asyncio.ensure_future(process.wait())
        self._exit.add_done_callback(self._on_exit)
        self._output: asyncio.Future[None] | None = None
        if process.stdout is not None and configuration.on_output is not None:
            self._output = asyncio.ensure_future(forward(process.stdout, configuration.on_output))

    @classmethod
    async def start(cls, configuration: FunctionConfiguration) -> ProcessEnvironment:
        """Start a worker and load the handler. Raises InitError."""
        environment = await cls._spawn(configuration, configuration.handler)
        await environment.ready()
        return environment

    @classmethod
    async def start_ahead(cls, configuration: FunctionConfiguration) -> ProcessEnvironment:
        """Start a worker that imports what is preloaded, and waits for `load`. Raises InitError."""
        return await cls._spawn(configuration, worker.WAIT, *configuration.preload)

    def fits(self, configuration: FunctionConfiguration) -> bool:
        """Whether it runs, and `load` can make it what `start` would: an environment that differs
        in some folders of modules only."""
        same_output = self.configuration.on_output == configuration.on_output
        own, other = self.configuration.variables(""), configuration.variables("")
        places = [each.pop("PYTHONPATH").split(os.pathsep) for each in (own, other)]
        return self.alive and same_output and own == other and len(places[0]) == len(places[1])

    async def load(self, configuration: FunctionConfiguration) -> None:
        """Load the handler into a worker that was started ahead. Raises InitError."""
        self.configuration = configuration
        variables = configuration.variables(_log_stream(configuration))
        header = {"handler": configuration.handler, "environment": variables}
        self._channel.send(frames.encode(header))
        await self.ready()

    @classmethod
    async def _spawn(
        cls, configuration: FunctionConfiguration, *arguments: str
    ) -> ProcessEnvironment:
        ours, theirs = socket.socketpair()
        debugged = configuration.debug_port is not None
        terminal = os.dup(1) if debugged else None
        inherited = tuple(each for each in (theirs.fileno(), terminal) if each is not None)
        debugging = (configuration.debug_port, terminal) if debugged else ()
        stream = _log_stream(configuration)
        with theirs:
            try:
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-P",  # the directory the stage was started in is not part of the function
                    "-B",  # after a reload within a second, bytecode would still look current
                    *(_DEBUGGABLE if debugged else ()),
                    "-m",
                    worker.__name__,
                    str(theirs.fileno()),
                    *arguments,
                    *map(str, debugging),
                    env=configuration.variables(stream),
                    cwd=configuration.task_root,
                    stdin=None if debugged else asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE if configuration.on_output else None,
                    stderr=asyncio.subprocess.STDOUT if configuration.on_output else None,
                    pass_fds=inherited,
                    start_new_session=True,  # no Ctrl-C from the terminal; one kill ends all of it
                )
            except OSError as error:
                ours.close()
                raise InitError(f"cannot start {sys.executable}: {error}") from error
            finally:
                if terminal is not None:
                    os.close(terminal)
        loop = asyncio.get_running_loop()
        _, channel = await loop.create_connection(Channel, sock=ours)
        return cls(configuration, process, channel)

    async def ready(self) -> None:
        """Wait until the handler is loaded. Raises InitError, and ends the worker then."""
        try:
            await self._receive_ready()
        except BaseException:
            await self.kill()
            raise

    async def _receive_ready(self) -> None:
        limit = self._limit(self.configuration.init_timeout)
        try:
            header, _ = await self._receive(limit)
        except TimeoutError:
            raise InitError(f"loading the function took more than {limit:g} seconds") from None
        except _Ended as ended:
            raise InitError(f"the process ended while loading the function: {ended}") from None
        if header["kind"] != "ready":
            raise InitError(header["error"], header["traceback"])

    def _limit(self, seconds: float) -> float | None:
        return None if self.configuration.debug_port is not None else seconds

    @property
    def alive(self) -> bool:
        return not self._exit.done()

    async def invoke(self, event: bytes) -> InvocationResult:
        """Run the handler; a timeout or the end of the process is a function error."""
        request_id, timeout = str(uuid.uuid4()), self.configuration.timeout
        header = {
            "requestId": request_id,
            "arn": qualified(self.configuration.arn),
            "deadline": time.time() + (self._limit(timeout) or _DEBUGGING_SECONDS),
        }
        try:
            self._channel.send(frames.encode(header, event))
            result, payload = await self._receive(self._limit(timeout))
        except TimeoutError:
            await self.kill()
            return _error(
                request_id, "Sandbox.Timedout", f"Task timed out after {timeout:.2f} seconds"
            )
        except _Ended as ended:
            return _error(request_id, "Runtime.ExitError", f"Runtime exited with error: {ended}")
        except BaseException:
            # Cancelled: the next invocation must not read this one's result.
            await self.kill()
            raise
        return InvocationResult(payload, result["kind"] == "error")

    async def _receive(self, timeout: float | None) -> Message:
        try:
            return await self._channel.receive(timeout)
        except ChannelClosed:
            # The process is ending, or can no longer send a result.
            await asyncio.wait({self._exit}, timeout=0.5)
            await self.kill()
            raise _Ended(_exit_text(self._exit.result())) from None

    def _on_exit(self, exit: asyncio.Future[int]) -> None:
        # Its last message may still be in the socket, and a child of it may hold that open.
        exit.get_loop().call_later(0.2, self._channel.end)

    async def retire(self) -> None:
        """Close the socket of an idle worker, which then ends by itself."""
        self._channel.close()
        await asyncio.wait({self._exit}, timeout=1.0)
        await self.kill()

    async def kill(self) -> None:
        """End the worker and every process it started in its session."""
        self._channel.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        await asyncio.shield(self._exit)
        if self._output is not None:
            # A process that it started outside its session may hold the pipe open.
            await asyncio.wait({self._output}, timeout=0.2)
            self._output.cancel()


def _log_stream(configuration: FunctionConfiguration) -> str:
    return f"{time.strftime('%Y/%m/%d')}/[{configuration.version}]{uuid.uuid4().hex}"


def _exit_text(code: int) -> str:
    if code >= 0:
        return f"exit status {code}"
    return f"signal: {signal.Signals(-code).name}"


def _error(request_id: str, kind: str, message: str) -> InvocationResult:
    text = f"RequestId: {request_id} Error: {message}"
    return InvocationResult(json.dumps({"errorType": kind, "errorMessage": text}).encode(), True)
