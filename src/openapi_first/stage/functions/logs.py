"""A function's output, for people: one line for each log record.

JSON records with the fields of the Lambda log format or of Powertools become time, level, message
and the rest as `name=value`; metrics in the embedded format become name and value. Any other line
is unchanged.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

_LONGEST_LINE = 1_000_000
# The same on every line of a function, or shown differently.
_CONSTANT = frozenset(
    {
        "cold_start",
        "contract_hash",
        "function_arn",
        "function_memory_size",
        "function_name",
        "function_request_id",
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
    """A line for people; unchanged if it is not a log record."""
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
        names += [
            str(metric.get("Name"))
            for metric in (metrics if isinstance(metrics, list) else [])
            if isinstance(metric, dict)
        ]
    return "metrics " + " ".join(f"{name}={_text(record.get(name))}" for name in names)


async def forward(stream: asyncio.StreamReader, on_line: Callable[[str], None]) -> None:
    """Call `on_line` with each line of a process's output until it ends.

    A line that never ends is passed on in pieces, so that it does not fill the stage's memory.
    """
    pending = b""
    while chunk := await stream.read(65536):
        *lines, pending = (pending + chunk).split(b"\n")
        if len(pending) > _LONGEST_LINE:
            lines.append(pending)
            pending = b""
        for line in lines:
            on_line(line.decode("utf-8", "replace"))
    if pending:
        on_line(pending.decode("utf-8", "replace"))
