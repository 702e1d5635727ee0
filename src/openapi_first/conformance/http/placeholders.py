"""What stands in a request where a credential goes: a shell's name of the variable that holds it,
so that no report can hold the credential, and a `curl` takes it from there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

_SHORTEST = 8
"""Letters of a credential that cannot stand in an answer by chance."""


def filled_in(text: str, values: Mapping[str, str]) -> str:
    """The text with the values of its placeholders put in."""
    if "$" not in text:
        return text
    return _pattern(values).sub(lambda found: values[found[0]], text)


def hidden(content: bytes, values: Mapping[str, str]) -> bytes:
    """What a stage has sent, with placeholders where it shows a credential."""
    for placeholder, value in values.items():
        if len(value) >= _SHORTEST:
            content = content.replace(value.encode(), placeholder.encode())
    return content


def shell_quoted(text: str, placeholders: Mapping[str, str]) -> str:
    """Quoted for a shell, except that it puts the values of the placeholders in."""
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
