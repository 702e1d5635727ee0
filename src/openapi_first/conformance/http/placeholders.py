"""Placeholders for credentials: `$VARIABLE`, so that no report shows a credential and a shell can
run the `curl` command of a finding."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

_SHORTEST = 8
"""Shorter credentials may occur in a response by chance."""


def filled_in(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced by their values."""
    if "$" not in text:
        return text
    return _pattern(values).sub(lambda found: values[found[0]], text)


def hidden(content: bytes, values: Mapping[str, str]) -> bytes:
    """The content of a response with its credentials replaced by their placeholders."""
    for placeholder, value in values.items():
        if len(value) >= _SHORTEST:
            content = content.replace(value.encode(), placeholder.encode())
    return content


def shell_quoted(text: str, placeholders: Mapping[str, str]) -> str:
    """The text quoted for a shell that still expands the placeholders."""
    expression = _pattern(placeholders)
    if not expression.search(text):
        return shlex.quote(text)
    parts, end = [], 0
    for found in expression.finditer(text):
        parts += [re.sub(r'(["\\`$])', r"\\\1", text[end : found.start()]), found[0]]
        end = found.end()
    parts.append(re.sub(r'(["\\`$])', r"\\\1", text[end:]))
    return '"' + "".join(parts) + '"'


def _pattern(placeholders: Mapping[str, str]) -> re.Pattern[str]:
    names = "|".join(re.escape(each) for each in placeholders)
    return re.compile(rf"(?:{names})(?![A-Za-z0-9_])" if names else r"(?!)")
