"""The preferences by which a client chooses a mock's answer, with the names that Prism has: `code`,
`example` and `dynamic`, in the header Prefer (RFC 7240) or as `__code` and so on in the query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openapi_first.runtime.startup import NotImplementedYet

_NAMES = ("code", "example", "dynamic")
_PART = re.compile(r'(?:[^,;"]|"(?:[^"\\]|\\.)*"?)+')
"""A preference or a parameter of one; a comma in a quoted string does not end it."""
_LOWEST, _HIGHEST = 200, 599


class NoAnswer(NotImplementedYet):
    """The mock cannot answer as the client prefers, or at all. It is sent as it is, even if the
    contract does not declare its status."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """`code` is the status, `example` the name of an example; with `dynamic` values are generated,
    different ones in each response."""

    code: int | None = None
    example: str | None = None
    dynamic: bool = False


def preferences(header: str | None, query: Mapping[str, Sequence[str]]) -> Preferences:
    """What a request prefers. The header wins, and of a repeated preference the first one (RFC 7240
    §2). Others are ignored. Raises NoAnswer for a value that cannot be read."""
    found: dict[str, str] = {}
    for part in _PART.findall(header or ""):
        name, _, value = part.partition("=")
        found.setdefault(name.strip().lower(), _unquoted(value.strip()))
    for name in _NAMES:
        values = query.get(f"__{name}")
        if values:
            found.setdefault(name, values[0])
    code, dynamic = found.get("code"), found.get("dynamic", "false").lower()
    reasons = []
    if code is not None and not (code.isascii() and code.isdecimal() and _is_status(int(code))):
        reasons.append(f"code={code}: write a status from {_LOWEST} to {_HIGHEST}")
    if dynamic not in ("true", "false"):
        reasons.append(f"dynamic={dynamic}: write true or false")
    if reasons:
        raise NoAnswer(400, f"The mock cannot read the preference {'; '.join(reasons)}.")
    return Preferences(None if code is None else int(code), found.get("example"), dynamic == "true")


def _is_status(code: int) -> bool:
    return _LOWEST <= code <= _HIGHEST


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text
