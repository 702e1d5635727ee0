"""What `contract serve` prints."""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from openapi_first.runtime import StartError
from openapi_first.runtime.request import SERVED
from openapi_first.serving.builds import Build
from openapi_first.stage.access.api_keys import ApiKey
from openapi_first.stage.api.rest_api import Method
from openapi_first.stage.app import AccessRecord
from openapi_first.stage.functions import worker
from openapi_first.stage.functions.logs import pretty
from openapi_first.stage.messages.invoker import InitError

_FAILED = 500
_RED, _PLAIN = "\x1b[31m", "\x1b[0m"
_COLOURS = {2: "\x1b[32m", 3: "\x1b[36m", 4: "\x1b[33m", 5: _RED}
_FRAME = re.compile(r'  File "([^"]+)"')
_OF_THIS_MACHINE = re.compile(r"(localhost|127\.[0-9.]+|\[::1\])(:|$)")
_HOST = re.compile(r"//(?:[^/@?#]*@)?(?P<host>[^/?#]+)")
_LOADERS = {Path(inspect.getfile(module)).resolve() for module in (importlib, worker)}
_ENGINE = {
    Path(found.origin).resolve().parent
    for name in ("openapi_first.runtime", "aws_lambda_powertools")
    if (found := importlib.util.find_spec(name)) is not None and found.origin is not None
}


def welcome(
    build: Build,
    base_url: str,
    keys: Iterable[ApiKey],
    database: str | None,
    tokens: Mapping[str, str],
) -> str:
    """Where the API is, and a request to paste. `tokens` are those that work here, by the name of
    the authorizer."""
    key = next((key.value for key in keys if key.enabled), None)
    methods = build.api.methods
    if not any(_asks_for_key(build, method) for method in methods):
        key = None
    first = min(methods, key=_difficulty, default=None)
    lines = [
        f"  {build.api.title} {build.version}, {operations(build)}",
        f"  Base URL   {base_url}",
        *([f"  API key    {key}"] if key is not None else []),
        f"  DynamoDB   {database or 'as the function is configured'}",
        f"  Console    {base_url.rpartition('/')[0]}/_stage/",
    ]
    if hosts := _proxied_hosts(methods):
        lines.append(f"  HTTP proxy {', '.join(hosts)}: requests leave this machine")
    if first is not None:
        given = key if key and _asks_for_key(build, first) else None
        authorizer = first.security.authorizer
        lines.append("")
        if authorizer is not None and authorizer.name in tokens:
            lines.append(f"  TOKEN={tokens[authorizer.name]}")
        lines.append(f"  {first_request(first, base_url, given)}")
    return "\n".join(("", *lines, "", "  Ctrl-C stops everything.", ""))


def first_request(method: Method, base_url: str, key: str | None) -> str:
    """A `curl` command with all that the gateway asks for: the key, what an authorizer reads as
    $TOKEN, required parameters as NAME=VALUE and an empty JSON body."""
    names = {
        (location, name)
        for location, name in (
            *((each.location, each.name) for each in method.required),
            *_read_by_authorizer(method),
        )
        if location in ("querystring", "header") and name.lower() != "x-api-key"
    }
    headers = [f"-H 'x-api-key: {key}'"] if key else []
    query = []
    for location, name in sorted(names):
        if location == "querystring":
            query.append(f"{name}=VALUE")
        elif name.lower() == "authorization":
            headers.append(f'-H "{name}: Bearer $TOKEN"')
        else:
            headers.append(f"-H '{name}: VALUE'")
    words = ["curl", "-gi" if "{" in method.resource else "-i"]  # curl would expand the braces
    if method.http_method == "HEAD":
        words[1] = words[1].replace("i", "I")
    elif method.http_method not in ("GET", "ANY"):
        words += ["-X", method.http_method]
    if method.body_required:
        headers += ["-H 'Content-Type: application/json'", "-d '{}'"]
    url = f"{base_url}{method.resource}"
    return " ".join([*words, *headers, f"'{url}?{'&'.join(query)}'" if query else url])


def _read_by_authorizer(method: Method) -> Iterator[tuple[str, str]]:
    """The places in its identity sources, such as `method.request.header.Authorization`."""
    authorizer = method.security.authorizer
    for source in authorizer.identity if authorizer is not None else ():
        location, _, name = source.removeprefix("method.request.").partition(".")
        yield location, name


def _proxied_hosts(methods: Iterable[Method]) -> list[str]:
    """The other hosts that HTTP integrations call, without user names and passwords."""
    uris = (each.integration.uri for each in methods if each.integration.kind == "http_proxy")
    hosts = {found["host"] for each in uris if (found := _HOST.search(each))}
    return sorted(each for each in hosts if not _OF_THIS_MACHINE.match(each))


def _asks_for_key(build: Build, method: Method) -> bool:
    return method.security.api_key_required and build.api.key_source == "HEADER"


def _difficulty(method: Method) -> tuple[bool, bool, bool]:
    """Smallest for what anybody can read without knowing the API."""
    return (
        method.http_method == "OPTIONS",
        method.http_method not in ("GET", "ANY"),
        bool(method.required) or "{" in method.resource,
    )


def operations(build: Build) -> str:
    return f"{build.operations} operation{'s' if build.operations != 1 else ''}"


def shown(path: Path) -> str:
    """The path, relative to this folder where it is inside."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def init_text(function: str, error: InitError) -> str:
    """Why the function cannot be loaded: the runtime's list of reasons, or else the frames of the
    traceback that are the user's code."""
    if not error.details:
        return str(error) if function in str(error) else f"{function}: {error}"
    start_error = f"{StartError.__module__}.{StartError.__qualname__}: "
    _, own, reasons = error.details.partition(start_error)
    if own:
        return f"{function} cannot be loaded:\n{reasons.rstrip()}"
    lines = list(_user_lines(error.details.splitlines()))
    if not any(map(_FRAME.match, lines)):
        return f"{function} cannot be loaded: {error}"
    return "\n".join((f"{function} cannot be loaded:", *lines))


def _user_lines(traceback: Iterable[str]) -> Iterator[str]:
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


def print_output(line: str) -> None:
    """Prints a line that the function wrote; of tracebacks in log records only the frames that are
    the user's code."""
    if not _is_repeated(line):
        text = "\n".join(_user_lines(pretty(line).splitlines()))
        print(f"  | {text}", flush=True)


def _is_repeated(line: str) -> bool:
    """Whether a line of the runtime says only what the stage's own line of the request does."""
    if f'"{SERVED}"' not in line:
        return False
    with contextlib.suppress(ValueError, RecursionError):
        record = json.loads(line)
        return bool(record.get("message") == SERVED and record.get("status", 0) < _FAILED)
    return False


def print_access(record: AccessRecord) -> None:
    """Prints a request in one line, with its status in colour on a terminal (https://no-color.org)."""
    text = str(record)
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        colour = _COLOURS.get(record.status // 100, _RED)
        text = text.replace(f" {record.status} (", f" {colour}{record.status}{_PLAIN} (", 1)
    with contextlib.suppress(BrokenPipeError):  # nobody reads the output any more
        print(text, flush=True)
