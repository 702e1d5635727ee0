"""What is printed when an API is served: where it is, and a request to paste."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from openapi_first.serving.access.local_tokens import LocalToken
from openapi_first.serving.screen.examples import Examples
from openapi_first.serving.screen.first_request import (
    asks_for_key,
    first_method,
    first_request,
    token_for,
)
from openapi_first.stage.access.api_keys import ApiKey
from openapi_first.stage.api.rest_api import RestApi


@dataclass(frozen=True, slots=True)
class Greeting:
    """All that the welcome names. `database` is where DynamoDB is, None if that is not known or
    there is none; `stand_ins` are the authorizers whose functions are not here; `schemes` are the
    contract's security schemes, None for an import document; `name` is that of one of several
    APIs."""

    api: RestApi
    version: str
    operations: int
    base_url: str
    keys: Sequence[ApiKey] = ()
    database: str | None = None
    tokens: Sequence[LocalToken] = ()
    stand_ins: Sequence[str] = ()
    schemes: Mapping[str, Mapping[str, Any]] | None = None
    example: Examples = field(default=lambda _: None)
    name: str = ""


def welcome(greeting: Greeting) -> str:
    """At most twelve lines: what is needed first comes first."""
    api, base_url = greeting.api, greeting.base_url
    key = next((key.value for key in greeting.keys if key.enabled), None)
    if not any(asks_for_key(api, method) for method in api.methods):
        key = None
    lines = [
        f"  {api.title} {greeting.version}, {counted(greeting.operations)}; Ctrl-C stops it",
        *([f"  REST API   {greeting.name}"] if greeting.name else []),
        f"  Base URL   {base_url}",
        f"  Console    {urlsplit(base_url)._replace(path='/_stage/').geturl()}",
        *([f"  API key    {key}"] if key is not None else []),
        *([f"  DynamoDB   {greeting.database}"] if greeting.database is not None else []),
    ]
    if greeting.stand_ins:
        where = "" if greeting.schemes is None else " (functions in [tool.contract])"
        lines.append(
            f"  Stand-in   for the authorizer function of {', '.join(greeting.stand_ins)}, which "
            f"has no handler here{where}"
        )
    first = first_method(api, greeting.tokens)
    if first is not None:
        lines.append("")
        own = token_for(first, greeting.tokens)
        token = own or next(iter(greeting.tokens), None)
        if token is not None:
            unused = "" if own is not None else f"  # for {token.authorizer}"
            lines.append(f"  TOKEN={shlex.quote(token.value)}{unused}")
        given = key if key and asks_for_key(api, first) else None
        schemes = greeting.schemes
        command = first_request(
            first,
            base_url,
            given,
            greeting.example,
            lambda name: None if schemes is None else dict(schemes.get(name, {})),
        )
        lines.append(f"  {command}")
    return "\n".join(("", *lines, ""))


def counted(count: int) -> str:
    """A number of operations."""
    return f"{count} operation{'s' if count != 1 else ''}"


def shown(path: Path) -> str:
    """The path, relative to this folder where it is inside."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
