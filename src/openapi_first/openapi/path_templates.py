"""Path templates such as `/items/{id}` and `/files/{path+}`, matched as API Gateway does."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import quote

VARIABLE = re.compile(r"\{([^{}]*?)(\+?)\}")
"""The groups are the name, and the plus sign of a greedy variable."""


def variable_names(template: str) -> tuple[str, ...]:
    """The variables in order; greedy ones without their `+`."""
    return tuple(found[1] for found in VARIABLE.finditer(template))


def is_below(template: str, other: str) -> bool:
    """Whether a template is another one or below it, whatever the names of their variables."""
    steps, above = (VARIABLE.sub(r"{\2}", each).split("/") for each in (template, other))
    return steps[: len(above)] == above


def path_variables(template: str, path: str) -> dict[str, str] | None:
    """The values of a template's variables in a path, still percent-encoded; None when the path
    does not match."""
    match = _expression(template).fullmatch(path.partition("?")[0].rstrip("/") or "/")
    if match is None:
        return None
    return dict(zip(variable_names(template), match.groups(), strict=True))


def fill_path(target: str, variables: dict[str, str]) -> str:
    """The target with its variables replaced by percent-encoded values; a variable without a value
    stays as it is. A lone surrogate, which an id from JSON may contain, is three bytes that are not
    UTF-8."""

    def filled(found: re.Match[str]) -> str:
        value = variables.get(found[1])
        return found[0] if value is None else quote(value, safe="", errors="surrogatepass")

    return VARIABLE.sub(filled, target)


@cache
def _expression(template: str) -> re.Pattern[str]:
    text, last = "", 0
    for found in VARIABLE.finditer(template):
        text += re.escape(template[last : found.start()])
        text += "(.+)" if found[2] else "([^/]+)"
        last = found.end()
    return re.compile(text + re.escape(template[last:].rstrip("/") or ("/" if not text else "")))
