"""Why a function cannot be loaded, and tracebacks without the frames that are not the user's."""

from __future__ import annotations

import importlib.util
import inspect
import re
import sysconfig
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

_INSTALLED = {Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "purelib", "platlib")}
_LINKS = (
    "The above exception was the direct cause of the following exception:",
    "During handling of the above exception, another exception occurred:",
)


def init_text(function: str, error: InitError) -> str:
    """Why the function cannot be loaded: the runtime's list of reasons, or else the frames of the
    traceback that are the user's code."""
    if not error.details:
        return str(error) if function in str(error) else f"{function}: {error}"
    start_error = f"{StartError.__module__}.{StartError.__qualname__}: "
    _, own, reasons = error.details.partition(start_error)
    if own:
        return f"{function} cannot be loaded:\n{reasons.rstrip()}"
    lines = user_lines(error.details.splitlines())
    if not any(map(_FRAME.match, lines)):
        return f"{function} cannot be loaded: {error}"
    return "\n".join((f"{function} cannot be loaded:", *lines))


def user_lines(traceback: Iterable[str]) -> list[str]:
    """A traceback without the frames that are not the user's: of the worker, the engine, Python's
    library and installed packages. Those of packages stay if there are no others."""
    lines = list(traceback)
    found = list(_without(lines, _ENGINE | _INSTALLED))
    return found if any(map(_FRAME.match, found)) else list(_without(lines, _ENGINE))


def _without(lines: Iterable[str], folders: set[Path]) -> Iterator[str]:
    """Of the exceptions between the first and the last, those without any frame are left out."""
    block: list[str] = []
    kept, skipping = True, False
    for line in lines:
        if line in _LINKS:
            if kept:
                yield from (*block, line)
            block, kept, skipping = [], False, False
            continue
        frame = _FRAME.match(line)
        if frame is not None:
            path = Path(frame[1]).resolve()
            skipping = frame[1].startswith("<frozen ") or path in _LOADERS
            skipping = skipping or not folders.isdisjoint(path.parents)
            kept = kept or not skipping
        elif not line.startswith("    "):
            skipping = False
        if not skipping:
            block.append(line)
    yield from block
