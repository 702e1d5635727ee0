"""What a function prints, for people: one line per record, whatever its logger writes.

JSON records in the fields of the Lambda log format and of Powertools become time, level, message
and the rest as `name=value`; metrics in the embedded format become name and value. Any other line
is passed on untouched, as is everything in raw mode.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

_LONGEST_LINE = 1_000_000
# The same on every line of one function, so no news on a laptop.
_CONSTANT = frozenset(
    {
        "cold_start",
        "function_arn",
        "function_memory_size",
        "function_name",
        "level",
        "location",
        "message",
        "service",
        "timestamp",
        "xray_trace_id",
        "exception",
        "exception_name",
        "stack_trace",
    }
)


def pretty(line: str) -> str:
    """A line as a person wants to read it; without change if it is no log record."""
    if not line.startswith("{"):
        return line
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return line
    if not isinstance(record, dict):
        return line
    if isinstance(record.get("_aws"), dict):
        return _metrics(record)
    if "message" not in record or "level" not in record:
        return line
    clock = str(record.get("timestamp", ""))[11:19]
    words = [word for word in (clock, f"{record['level']!s:<7}", _text(record["message"])) if word]
    rest = [
        f"{name}={_text(value)}"
        for name, value in record.items()
        if name not in _CONSTANT and value is not None
    ]
    shown = " ".join((*words, *rest)).rstrip()
    trace = record.get("exception") or record.get("stack_trace")
    return f"{shown}\n{_text(trace).rstrip()}" if trace else shown


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _metrics(record: Mapping[str, Any]) -> str:
    """AWS CloudWatch: the embedded metric format."""
    directives = record["_aws"].get("CloudWatchMetrics")
    names: list[str] = []
    for directive in directives if isinstance(directives, list) else []:
        metrics = directive.get("Metrics") if isinstance(directive, dict) else None
        for metric in metrics if isinstance(metrics, list) else []:
            if isinstance(metric, dict):
                names.append(str(metric.get("Name")))
    return "metrics " + " ".join(f"{name}={_text(record.get(name))}" for name in names)


async def forward(stream: asyncio.StreamReader, tell: Callable[[str], None]) -> None:
    """Tell each line of a process's output until it ends.

    A line that never ends is told in pieces: a function that prints garbage must not fill the
    memory of the stage.
    """
    pending = b""
    while chunk := await stream.read(65536):
        *lines, pending = (pending + chunk).split(b"\n")
        if len(pending) > _LONGEST_LINE:
            lines.append(pending)
            pending = b""
        for line in lines:
            tell(line.decode("utf-8", "replace"))
    if pending:
        tell(pending.decode("utf-8", "replace"))
