"""The version of a client's package, from that of the API, which may be any string."""

from __future__ import annotations

import re

_PYTHON = re.compile(r"\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?")
_NPM = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9A-Za-z-]*[A-Za-z][0-9A-Za-z-]*)?")
_MOST_DIGITS = 15
"""npm takes no number beyond 2**53."""


def python_version(version: str) -> str:
    """`1.0.27-SNAPSHOT` → `1.0.27`, `2026-11-28` → `2026.11.28` (PEP 440)."""
    return version if _PYTHON.fullmatch(version) else ".".join(_numbers(version) or ["0"])


def npm_version(version: str) -> str:
    """`v1` → `1.0.0`, `2026-01-28` → `2026.1.28` (semver.org)."""
    longest = max(map(len, re.findall("[0-9]+", version)), default=0)
    if _NPM.fullmatch(version) and longest <= _MOST_DIGITS:
        return version
    return ".".join([*_numbers(version), "0", "0", "0"][:3])


def _numbers(version: str) -> list[str]:
    return [str(int(each[:_MOST_DIGITS])) for each in re.findall("[0-9]+", version)][:3]
