"""Path templates: values of the variables in a path, and a template filled with values."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import quote

_VARIABLE = re.compile(r"\{([^{}+]+)(\+?)\}")
_OPEN = re.compile(r"\{([^{}]+)\}")


def match_path(template: str, path: str) -> dict[str, str] | None:
    """The values of the template's variables in a path, still percent-encoded; None when the path
    does not match. A query string and a trailing slash are ignored."""
    match = _expression(template).fullmatch(path.partition("?")[0].rstrip("/") or "/")
    if match is None:
        return None
    names = [found[1] for found in _VARIABLE.finditer(template)]
    return dict(zip(names, match.groups(), strict=True))


@cache
def _expression(template: str) -> re.Pattern[str]:
    text, last = "", 0
    for found in _VARIABLE.finditer(template):
        text += re.escape(template[last : found.start()])
        text += "(.+)" if found[2] else "([^/]+)"
        last = found.end()
    return re.compile(text + re.escape(template[last:].rstrip("/") or ("/" if not text else "")))


def filled(target: str, variables: dict[str, str]) -> str:
    """The target with the known variables replaced, percent-encoded; unknown ones stay."""
    return _OPEN.sub(
        lambda found: (
            quote(variables[found[1].rstrip("+")], safe="")
            if found[1].rstrip("+") in variables
            else found[0]
        ),
        target,
    )
