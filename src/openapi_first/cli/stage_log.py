"""What the functions of a local stage have logged about the findings of a run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from openapi_first.conformance.model.run import Finding
from openapi_first.conformance.reports.request_ids import request_ids

_SHOWN_OPERATIONS = 5
_LONGEST = 400
_PREFIX = "  | "
_RECORD = re.compile(r"\d\d:\d\d:\d\d [A-Z]+ |metrics ")
_ID = re.compile(r" correlation_id=\S+")


def logged(findings: Sequence[Finding], log: Path) -> tuple[str, ...]:
    """A line for each operation that has failed: the first error that its function has logged, and
    the exception, if there is one."""
    try:
        lines = log.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ()
    found: dict[str, str] = {}
    for each in findings:
        operation, response = each.exchange.case.operation, each.exchange.response
        if response.status >= 500 and operation is not None and operation not in found:
            for _, value in request_ids(response):
                if entry := _entry(lines, value.removeprefix("urn:uuid:")):
                    found[operation] = entry
                    break
    shown = list(found.items())[:_SHOWN_OPERATIONS]
    return tuple(f"{operation}: {entry}" for operation, entry in shown)


def _entry(lines: Sequence[str], request_id: str) -> str | None:
    """The error with this request id, on one line."""
    for number, line in enumerate(lines):
        if f"correlation_id={request_id}" in line and " ERROR " in line:
            head = _ID.sub("", line.removeprefix(_PREFIX))
            error = [*_continuation(lines[number + 1 :])][-1:]
            return "; ".join(part.strip()[:_LONGEST] for part in (head, *error))
    return None


def _continuation(lines: Sequence[str]) -> Iterator[str]:
    """The lines of a traceback."""
    for line in lines:
        text = line.removeprefix(_PREFIX)
        if text == line or _RECORD.match(text):
            return
        yield text
