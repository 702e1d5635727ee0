"""What is printed for each request: one line, and below it the reasons if it failed."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import sys
import time
from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TextIO

from openapi_first.core.terminal_text import on_one_line
from openapi_first.runtime.telemetry.request_log import SERVED
from openapi_first.serving.screen.load_errors import user_lines
from openapi_first.serving.screen.refusals import Refusals
from openapi_first.stage.app import AccessRecord
from openapi_first.stage.functions.logs import pretty

_RED, _PLAIN = "\x1b[31m", "\x1b[0m"
_COLOURS = {2: "\x1b[32m", 3: "\x1b[36m", 4: "\x1b[33m", 5: _RED}
_refusals = Refusals()
_SECONDS_REMEMBERED, _MOST_REMEMBERED = 60.0, 16
_tracebacks: OrderedDict[str, float] = OrderedDict()
"""When they were printed."""
_LONGEST_PATH, _LONGEST_REASON = 2000, 1000
_OF_BODY = "Request body does not match model schema"
"""Begins the only reason that quotes a body; API Gateway's execution log has it, too."""
_QUOTED = re.compile(r'".*"|(?<=found: )[^)]*|(?<=instance value \()[^)]*', re.DOTALL)


def print_output(line: str, function: str = "") -> None:
    """Prints a line that the function wrote, with its name if there are several; of tracebacks in
    log records only the frames that are the user's code, and the same one once a minute."""
    if (served := _served(line)) is not None:
        if (late := _refusals.note(served)) is not None:
            _print(f"    {_shown(late, _LONGEST_REASON)}")
        return
    lines = pretty(line).splitlines() or [""]
    # A traceback that is printed comes line by line, and stays whole.
    shown = _once(user_lines(lines)) if len(lines) > 1 else lines
    prefix = f"  {function} | " if function else "  | "
    _print("\n".join(f"{prefix}{each}" for each in shown))


def _once(lines: list[str]) -> list[str]:
    """The head of a record, and its traceback unless that was printed shortly before."""
    head, *trace = lines
    text, now = "\n".join(trace), time.monotonic()
    if now - _tracebacks.get(text, -math.inf) < _SECONDS_REMEMBERED:
        return [head, "(the same traceback as before)", *trace[-1:]]
    _tracebacks[text] = now
    if len(_tracebacks) > _MOST_REMEMBERED:
        _tracebacks.popitem(last=False)
    return lines


def _served(line: str) -> dict[str, Any] | None:
    """The runtime's line for a request, if it is one. It says what the stage's own line does,
    except who refused the request: what failed, the runtime has said in a line before."""
    if f'"{SERVED}"' not in line:
        return None
    with contextlib.suppress(ValueError, RecursionError):
        record = json.loads(line)
        if isinstance(record, dict) and record.get("message") == SERVED:
            return record
    return None


def print_access(record: AccessRecord) -> None:
    """Prints a request in one line, with its status in colour on a terminal (https://no-color.org),
    and the reasons of a failure below it, indented."""
    coloured = _is_terminal(sys.stdout) and not os.environ.get("NO_COLOR")
    _print("\n".join(_lines(record, coloured=coloured)))


@lru_cache(maxsize=1)
def _is_terminal(stream: TextIO) -> bool:
    # To ask is a system call, and a stream does not change.
    return stream.isatty()


def print_ending(requests: int, seconds: float) -> None:
    """Prints that the stage ends, and for what it waits."""
    counted = "1 request is" if requests == 1 else f"{requests} requests are"
    _print(
        f"Ending: {counted} under way and may take up to {seconds:g} seconds; "
        "Ctrl-C again ends at once."
    )


def _lines(record: AccessRecord, *, coloured: bool) -> Iterator[str]:
    status = str(record.status)
    if coloured:
        status = f"{_COLOURS.get(record.status // 100, _RED)}{status}{_PLAIN}"
    method, path = _shown(record.method, _LONGEST_PATH), _shown(record.path, _LONGEST_PATH)
    yield f"{method} {path} {status} ({record.answered_by}, {record.milliseconds:.0f} ms)"
    refusal = _refusals.of(record.request_id) if 400 <= record.status < 500 else None
    reasons = (_without_values(record), *record.own_reasons, refusal)
    for reason in filter(None, reasons):
        yield f"    {_shown(reason, _LONGEST_REASON)}"


def _without_values(record: AccessRecord) -> str | None:
    """The gateway's reason. A terminal's output ends up in tickets and in CI's logs, so it has
    nothing of a body."""
    if record.reason is None or not record.reason.startswith(_OF_BODY):
        return record.reason
    kind, _, violations = record.reason.partition(": ")
    return kind if record.own_reasons else f"{kind}: {_QUOTED.sub('…', violations)}"


def _shown(text: str, longest: int) -> str:
    text = on_one_line(text)
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} characters)"


def _print(text: str) -> None:
    """Characters that the terminal's encoding does not have are escaped. When nobody reads the
    output any more, nothing is printed."""
    encoding = sys.stdout.encoding or "utf-8"
    with contextlib.suppress(BrokenPipeError):
        print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)
