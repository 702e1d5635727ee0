"""How the problems of a policy are collected."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

Report = Callable[[str, str], None]
"""Takes the JSON Pointer of a problem, from the policy on, and what is wrong there."""


class PolicyError(Exception):
    """The document is not a policy; the message says why, with JSON Pointers from the policy on."""


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean …?` for a misspelled name, else nothing."""
    by_lower = {each.lower(): each for each in known}
    found = get_close_matches(name.lower()[:80], by_lower, 1, 0.75)
    return f"; did you mean {by_lower[found[0]]}?" if found else ""


def quoted(value: object) -> str:
    """A value for a message: short, and never the whole of a nested one."""
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    if value is None or isinstance(value, (bool, int, float)):
        return str(value)[:60]
    return "an array" if isinstance(value, list) else "an object"
