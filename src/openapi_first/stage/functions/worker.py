"""A Lambda execution environment: `python -m openapi_first.stage.functions.worker <fd> <handler>`,
and behind them the port and the terminal's descriptor if the function is debugged. With `WAIT` in
place of the handler and modules behind it, it imports these and waits for the handler's name.

Loads the handler once, then runs one invocation at a time, as the Python runtime of Lambda does
(AWS Lambda: python-handler, python-context, runtimes-api). Messages use a separate socket, so that
the function's output goes to the terminal. The process ends when that socket is closed: even if the
stage is killed, nothing is left running.
"""

from __future__ import annotations

import atexit
import contextlib
import decimal
import importlib
import json
import logging
import os
import select
import signal
import site
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from openapi_first.stage.functions.frames import LENGTHS, encode, lengths, read_header

LAYER_PATH = "_STAGE_LAYER_PATH"
"""A variable with the folders of layers; the function does not see it."""
WAIT = "-"
"""In place of a handler."""
TRACE = "_X_AMZN_TRACE_ID"
_PYTHONPATH = "PYTHONPATH"
_SECONDS_TO_END = 1.0
"""For an idle worker, as `ProcessEnvironment.retire` gives it."""

_Handler = Callable[[Any, "LambdaContext"], object]
_Message = tuple[dict[str, Any], bytes]


@dataclass(slots=True)
class _Identity:
    cognito_identity_id: str | None = None
    cognito_identity_pool_id: str | None = None


@dataclass(slots=True)
class LambdaContext:
    """The second argument of a handler (AWS Lambda: python-context)."""

    aws_request_id: str
    invoked_function_arn: str
    deadline: float
    function_name: str = field(default_factory=lambda: os.environ["AWS_LAMBDA_FUNCTION_NAME"])
    function_version: str = field(default_factory=lambda: os.environ["AWS_LAMBDA_FUNCTION_VERSION"])
    memory_limit_in_mb: str = field(
        default_factory=lambda: os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
    )
    log_group_name: str = field(default_factory=lambda: os.environ["AWS_LAMBDA_LOG_GROUP_NAME"])
    log_stream_name: str = field(default_factory=lambda: os.environ["AWS_LAMBDA_LOG_STREAM_NAME"])
    identity: _Identity = field(default_factory=_Identity)
    client_context: None = None
    tenant_id: None = None

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.deadline - time.time()) * 1000))


class _Channel:
    """The worker's side of the socket. A thread waits until it is closed, which happens during an
    invocation, or while the handler is loaded, if the stage dies."""

    def __init__(self, fd: int) -> None:
        self._socket = socket.socket(fileno=fd)
        self._socket.set_inheritable(False)  # a child of the function would keep it open
        self._stream = self._socket.makefile("rb")
        self._busy = True
        self._closed = False
        self._forked = False
        atexit.register(self._end)  # the first one, which is called last
        os.register_at_fork(after_in_child=self._leave)
        threading.Thread(target=self._watch, name="stage-channel", daemon=True).start()

    def _watch(self) -> None:
        closed = select.poll()
        closed.register(self._socket, 0)  # only its end: messages are not for this thread
        closed.poll()
        end = time.monotonic() + _SECONDS_TO_END
        while not self._busy and time.monotonic() < end:
            time.sleep(0.05)  # an idle worker ends by itself, if no thread of the function runs on
        self._closed = True
        self._end()
        os._exit(1)  # nobody is left to receive the result

    def _end(self) -> None:
        """Ends what the function has started, if the stage has closed the socket: it may be dead.
        The worker leads its process group."""
        if self._closed and os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)

    def _leave(self) -> None:
        """A copy of the worker that the function has forked neither answers nor takes events."""
        self._forked = True
        self._stream.close()
        self._socket.close()

    def receive(self) -> _Message | None:
        try:
            prefix = self._stream.read(LENGTHS.size)
            if len(prefix) < LENGTHS.size:
                self._closed = True
                return None
            head, payload = lengths(prefix)
            message = read_header(self._stream.read(head)), self._stream.read(payload)
        except (OSError, ValueError):
            return None
        self._busy = True
        return message

    def send(self, header: dict[str, Any], payload: bytes = b"") -> None:
        if self._forked:
            sys.exit()
        self._busy = False
        self._socket.sendall(encode(header, payload))


class _RequestId(logging.Filter):
    current = "-"

    def filter(self, record: logging.LogRecord) -> bool:
        record.aws_request_id = _RequestId.current
        return True


def main(arguments: list[str]) -> int:
    """Run invocations until the socket is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = _Channel(int(arguments[0]))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    _log_like_lambda()
    _search_like_lambda()
    handler_name, others = arguments[1], arguments[2:]
    if handler_name == WAIT:
        _import_ahead(others)
        message = channel.receive()
        if message is None:
            return 0
        handler_name, others = message[0]["handler"], []
        _change_environment(message[0]["environment"])
    try:
        if others:
            from openapi_first.stage.functions.debugging import CannotDebug, start_debugging

            try:
                start_debugging(*map(int, others))
            except CannotDebug as error:
                channel.send({"kind": "init-error", "error": str(error), "traceback": ""})
                return 1
        handler = _load(handler_name)
    except BaseException as error:
        reason = {"error": _one_line(error), "traceback": traceback.format_exc()}
        channel.send({"kind": "init-error", **reason})
        return 1
    channel.send({"kind": "ready"})
    while (message := channel.receive()) is not None:
        header, event = message
        _RequestId.current = header["requestId"]
        context = LambdaContext(header["requestId"], header["arn"], header["deadline"])
        payload, raised = run(handler, context, event)
        channel.send({"kind": "result" if raised is None else "error"}, payload)
    return 0


def _search_like_lambda() -> None:
    """The function's own modules are found first, then those of its layers; `.pth` files in all of
    these folders count."""
    layers = filter(None, os.environ.pop(LAYER_PATH, "").split(os.pathsep))
    folders = [os.environ["LAMBDA_TASK_ROOT"], *layers]
    sys.path[:0] = folders
    for folder in filter(os.path.isdir, folders):
        site.addsitedir(folder)


def _import_ahead(modules: list[str]) -> None:
    for name in modules:
        # The function imports it, too, and its error is reported then.
        with contextlib.suppress(BaseException):
            importlib.import_module(name)


def _change_environment(variables: dict[str, str]) -> None:
    """To that of a function whose modules may be in other folders, as many as before."""
    before = os.environ[_PYTHONPATH].split(os.pathsep)
    changed = dict(zip(before, variables[_PYTHONPATH].split(os.pathsep), strict=True))
    sys.path[:] = [changed.get(each, each) for each in sys.path]
    variables.pop(LAYER_PATH, None)
    os.environ.update(variables)
    importlib.invalidate_caches()


def _load(dotted: str) -> _Handler:
    module, dot, attribute = dotted.rpartition(".")
    if not dot:
        raise ImportError(f"Bad handler '{dotted}': it must be <module>.<function>")
    found: _Handler = getattr(importlib.import_module(module.replace("/", ".")), attribute)
    if not callable(found):
        raise TypeError(f"Handler '{attribute}' of module '{module}' is not callable")
    return found


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def run(handler: _Handler, context: LambdaContext, event: bytes) -> tuple[bytes, Exception | None]:
    """One invocation: the JSON of its result or error, and what it raised. Errors are printed, as
    Lambda logs them."""
    request_id = context.aws_request_id
    try:
        parsed = json.loads(event)
        os.environ[TRACE] = _trace(parsed)
        result = handler(parsed, context)
    except Exception as error:
        below = error.__traceback__ and error.__traceback__.tb_next  # without this function
        lines = "".join(traceback.format_exception(type(error), error, below))
        sys.stderr.write(f"[ERROR] {_one_line(error)}\n{lines}")
        stack = traceback.format_list(traceback.extract_tb(below))
        return _failure(request_id, type(error).__name__, str(error), stack), error
    if isinstance(result, bytes):
        return result, None
    try:
        return _json(result), None
    except Exception as error:
        message = f"Unable to marshal response: {error}"
        sys.stderr.write(f"[ERROR] Runtime.MarshalError: {message}\n")
        return _failure(request_id, "Runtime.MarshalError", message, []), error


def _trace(event: Any) -> str:
    """The tracing header of an invocation that is not sampled: it continues the request's trace.

    AWS X-Ray: xray-concepts-tracingheader.
    """
    headers = event.get("headers") if isinstance(event, dict) else None
    sent = headers.get("X-Amzn-Trace-Id") if isinstance(headers, dict) else None
    fields = dict(part.split("=", 1) for part in str(sent).split(";") if "=" in part)
    root = fields.get("Root") or f"1-{int(time.time()):08x}-{os.urandom(12).hex()}"
    return f"Root={root};Parent={os.urandom(8).hex()};Sampled=0"


def _failure(request_id: str, kind: str, message: str, stack: list[str]) -> bytes:
    fields = {"errorMessage": message, "errorType": kind, "requestId": request_id}
    return _json({**fields, "stackTrace": stack})


def _json(value: object) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, default=_decimal).encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate
        return json.dumps(value, default=_decimal).encode("ascii")


def _decimal(value: object) -> int | float:
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _log_like_lambda() -> None:
    """Install a root handler, as Lambda does: `logging` works in a function without set-up."""
    logging.Formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stdout)
    handler.addFilter(_RequestId())
    text = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
    handler.setFormatter(logging.Formatter(text, "%Y-%m-%dT%H:%M:%S"))
    logging.getLogger().addHandler(handler)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
