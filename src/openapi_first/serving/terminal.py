"""What `contract serve` says on the terminal."""

from __future__ import annotations

import contextlib
from pathlib import Path

from openapi_first.openapi.model import Contract
from openapi_first.runtime import StartError
from openapi_first.stage.app import AccessRecord
from openapi_first.stage.functions.logs import pretty
from openapi_first.stage.messages.invoker import InitError


def welcome(contract: Contract, base_url: str, api_key: str, database: str | None) -> str:
    """Where the API is, its key, and a request to paste."""
    return "\n".join(
        (
            "",
            f"  {contract.title} {contract.version}, {len(contract.operations)} operations",
            f"  Base URL   {base_url}",
            f"  API key    {api_key}",
            f"  DynamoDB   {database or 'as the function is configured'}",
            f"  Console    {base_url.rpartition('/')[0]}/_stage/",
            "",
            f"  curl -i -H 'x-api-key: {api_key}' {base_url}{_first_path(contract)}",
            "",
            "  Ctrl-C stops everything.",
            "",
        )
    )


def _first_path(contract: Contract) -> str:
    """A path that can be read without knowing anything, or the first one there is."""
    simple = [
        operation.path
        for operation in contract.operations
        if operation.method == "GET" and not any(each.required for each in operation.parameters)
    ]
    return [*simple, *(operation.path for operation in contract.operations), "/"][0]


def shown(path: Path) -> str:
    """The path as somebody in this folder would write it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def init_text(function: str, error: InitError) -> str:
    """What keeps the function from loading: the engine's own reasons as a list, else the traceback
    of the user's code."""
    _, own, reasons = error.details.partition(
        f"{StartError.__module__}.{StartError.__qualname__}: "
    )
    text = reasons if own else error.details or str(error)
    if not error.details:
        return text if function in text else f"{function}: {text}"
    return f"{function} cannot be loaded:\n{text.rstrip()}"


def tell_output(line: str) -> None:
    """Prints a line that the function wrote."""
    print(f"  | {pretty(line)}", flush=True)


def tell_access(record: AccessRecord) -> None:
    """Prints a line for an answered request."""
    with contextlib.suppress(BrokenPipeError):  # whoever read the output has gone
        print(
            f"{record.method} {record.path} {record.status} "
            f"({record.answered_by}, {record.milliseconds:.0f} ms)",
            flush=True,
        )
