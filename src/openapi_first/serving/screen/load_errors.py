"""Why a function cannot be loaded, and tracebacks without the frames that are not the user's."""

from __future__ import annotations

import importlib.util
import inspect
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from openapi_first.runtime import StartError
from openapi_first.stage.functions import worker
from openapi_first.stage.messages.invoker import InitError

_FRAME = re.compile(r'  File "([^"]+)"')
_LOADERS = {Path(inspect.getfile(module)).resolve() for module in (importlib, worker)}
_ENGINE = {
    Path(found.origin).resolve().parent
    for name in ("openapi_first.runtime", "aws_lambda_powertools")
    if (found := importlib.util.find_spec(name)) is not None and found.origin is not None
}


def init_text(function: str, error: InitError) -> str:
    """Why the function cannot be loaded: the runtime's list of reasons, or else the frames of the
    traceback that are the user's code."""
    if not error.details:
        return str(error) if function in str(error) else f"{function}: {error}"
    start_error = f"{StartError.__module__}.{StartError.__qualname__}: "
    _, own, reasons = error.details.partition(start_error)
    if own:
        return f"{function} cannot be loaded:\n{reasons.rstrip()}"
    lines = list(user_lines(error.details.splitlines()))
    if not any(map(_FRAME.match, lines)):
        return f"{function} cannot be loaded: {error}"
    return "\n".join((f"{function} cannot be loaded:", *lines))


def user_lines(traceback: Iterable[str]) -> Iterator[str]:
    """A traceback without the frames of the worker, of Python's import system, and of the engine
    where it calls a function or a middleware."""
    skipping = False
    for line in traceback:
        frame = _FRAME.match(line)
        if frame is not None:
            path = Path(frame[1]).resolve()
            skipping = frame[1].startswith("<frozen ") or path in _LOADERS
            skipping = skipping or not _ENGINE.isdisjoint(path.parents)
        elif not line.startswith("    "):
            skipping = False
        if not skipping:
            yield line
