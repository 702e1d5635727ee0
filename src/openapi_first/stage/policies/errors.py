"""How the problems of a policy are collected."""

from __future__ import annotations

import json
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
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, (int, float)):
        return str(value)[:60]
    name = function_of(value)
    if name is not None:
        return f"a function of CloudFormation, {name}, which has its value in a template only,"
    return "an array" if isinstance(value, list) else "an object"


def function_of(value: object) -> str | None:
    """The name of the function of CloudFormation that a value is (AWS: intrinsic-function-
    reference); None for another value."""
    name = str(next(iter(value))) if isinstance(value, dict) and len(value) == 1 else ""
    return name if name == "Ref" or name.startswith("Fn::") else None
