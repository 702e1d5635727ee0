"""Applies the bodies of PATCH: merge patches (RFC 7396) and JSON Patches (RFC 6902)."""

from __future__ import annotations

import copy
from typing import Any

from openapi_first.core.json_pointer import unescaped

JSON_PATCH = "application/json-patch+json"


class NotApplicable(Exception):
    """The patch does not fit what it shall change; the message says why."""


def merged(value: Any, patch: Any) -> Any:
    """The value after a merge patch, in which null removes a member."""
    if not isinstance(patch, dict):
        return patch
    found = dict(value) if isinstance(value, dict) else {}
    for name, part in patch.items():
        if part is None:
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name), part)
    return found


def patched(value: Any, patch: Any) -> Any:
    """The value after a JSON Patch. Raises NotApplicable, changing nothing."""
    whole = {"": copy.deepcopy(value)}
    try:
        for step in patch:
            _apply(whole, step)
    except NotApplicable:
        raise
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise NotApplicable("The patch does not fit what it changes.") from None
    return whole[""]


def _apply(whole: dict[str, Any], step: dict[str, Any]) -> None:
    kind, path = step["op"], step["path"]
    if kind == "add":
        _add(whole, path, step["value"])
    elif kind == "remove":
        _take(whole, path)
    elif kind == "replace":
        _take(whole, path)
        _add(whole, path, step["value"])
    elif kind == "move":
        _add(whole, path, _take(whole, step["from"]))
    elif kind == "copy":
        _add(whole, path, copy.deepcopy(_at(whole, step["from"])))
    elif kind == "test":
        if _at(whole, path) != step["value"]:
            raise NotApplicable(f"The value at {path!r} is another one than the patch tests for.")
    else:
        raise NotApplicable(f"A JSON Patch has no operation {kind!r} (RFC 6902 §4).")


def _at(whole: Any, path: str) -> Any:
    for step in _steps(path):
        whole = whole[_index(whole, step)]
    return whole


def _add(whole: Any, path: str, value: Any) -> None:
    *above, last = _steps(path)
    for step in above:
        whole = whole[_index(whole, step)]
    if isinstance(whole, list):
        whole.insert(len(whole) if last == "-" else _index(whole, last, longest=1), value)
    else:
        whole[last] = value


def _take(whole: Any, path: str) -> Any:
    *above, last = _steps(path)
    for step in above:
        whole = whole[_index(whole, step)]
    return whole.pop(_index(whole, last))


def _steps(path: str) -> list[str]:
    """The steps from the holder of the whole value, whose only member is called ""."""
    return [unescaped(step) for step in path.split("/")]


def _index(whole: Any, step: str, longest: int = 0) -> Any:
    if not isinstance(whole, list):
        return step
    if not (step.isascii() and step.isdecimal()) or int(step) >= len(whole) + longest:
        raise NotApplicable(f"An array has no element {step!r}.")
    return int(step)
