"""What is printed of a template when it is served: its functions, tables and keys, and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from openapi_first.core.terminal_text import visible
from openapi_first.serving.access.local_tokens import LocalToken
from openapi_first.stage.access.api_keys import ApiKey

_MOST_LINES = 30


def print_declared(
    functions: Sequence[tuple[str, str]],
    tables: Sequence[str],
    keys: Iterable[ApiKey],
    tokens: Iterable[LocalToken],
) -> None:
    """`functions` are logical ids, each with how it runs."""
    width = max((len(name) for name, _ in functions), default=0)
    lines = [f"{name:{width}}  {how}" for name, how in functions]
    ids: dict[str, list[str]] = {}
    for key in keys:
        if key.enabled:
            ids.setdefault(key.value, []).append(key.id)
    values = [f"{value}  ({', '.join(names)})" for value, names in ids.items()]
    credentials = list(dict.fromkeys(f"{each.authorizer}: {each.value}" for each in tokens))
    blocks = (
        ("Functions", lines),
        ("Tables", list(tables)),
        # A single one stands with its API.
        ("API keys", values if len(values) > 1 else []),
        ("Tokens", credentials if len(credentials) > 1 else []),
    )
    text = "\n".join(line for title, block in blocks for line in _block(title, block))
    if text:
        print(visible(f"{text}\n"), flush=True)


def print_notes(notes: Iterable[str]) -> None:
    """Each on a separate line."""
    text = "\n".join(f"  {each}" for each in dict.fromkeys(notes))
    if text:
        print(visible(f"{text}\n"), flush=True)


def _block(title: str, lines: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(lines[:_MOST_LINES]):
        yield f"  {title if number == 0 else '':10} {line}"
    if len(lines) > _MOST_LINES:
        yield f"  {'':10} and {len(lines) - _MOST_LINES} more"
