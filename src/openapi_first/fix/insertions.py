"""Writes members into objects of a JSON or YAML text and leaves all other bytes as they are."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from openapi_first.core.json_pointer import unescaped
from openapi_first.fix.spans import Member, Written

_PLAIN = re.compile(r"[^\W\d]\w*|x-[a-z-]+")
# What some readers of YAML take for null or a boolean.
_NOT_A_STRING = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


@dataclass(frozen=True, slots=True)
class Addition:
    """A member for the object at `pointer`, to stand behind the member `after` if it can."""

    pointer: str
    key: str
    value: str
    after: str | None = None


def inserted(text: str, objects: dict[str, Written], additions: Iterable[Addition]) -> str:
    """The text with the additions; each object has members, and is not shared."""
    edits = [_edit(text, objects[each.pointer], each) for each in additions]
    for offset, written in sorted(edits, key=lambda each: each[0], reverse=True):
        text = text[:offset] + written + text[offset:]
    return text


def with_members(value: Any, additions: Iterable[Addition]) -> Any:
    """A copy of the document's value with the additions."""
    value = copy.deepcopy(value)
    for each in additions:
        whole = value
        for step in each.pointer.split("/")[1:]:
            name = unescaped(step)
            whole = whole[int(name)] if isinstance(whole, list) else whole[name]
        whole[each.key] = each.value
    return value


def _edit(text: str, written: Written, addition: Addition) -> tuple[int, str]:
    """An offset, and what to insert there."""
    first = next(iter(written.members.values()))
    before = written.members.get(addition.after) if addition.after is not None else None
    if before is not None and before.start < before.key:  # an alias: the value is its anchor's
        before = None
    if written.flow:
        return _flow_edit(text, first, before, addition)
    member = f"{addition.key}: {_scalar(addition.value)}"
    line_start = text.rfind("\n", 0, first.key) + 1
    indent = " " * (first.key - line_start)
    if before is not None and "\n" not in text[before.key : before.end]:
        end = text.find("\n", before.end)
        if end >= 0:
            return end + 1, f"{indent}{member}{_line_end(text, end)}"
    end = text.find("\n", first.key)
    return first.key, f"{member}{_line_end(text, end)}{indent}"


def _line_end(text: str, end: int) -> str:
    """That of the line which ends at an offset, or else of the text's first line."""
    if end < 0:
        end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"


def _flow_edit(
    text: str, first: Member, before: Member | None, addition: Addition
) -> tuple[int, str]:
    """With the quotes and the white space that the object's first member has."""
    value = _scalar(addition.value)
    key = addition.key
    if text[first.key] == '"':
        key, value = json.dumps(key), json.dumps(addition.value, ensure_ascii=False)
    opening = text.rfind("{", 0, first.key)
    space = text[opening + 1 : first.key]
    colon = re.search(r":(\s*)$", text[first.key : first.start])
    gap = colon[1] if colon is not None and "\n" not in colon[1] else " "
    if space.strip() or "\n" not in space:
        space = " " if gap else ""
    if text[first.key] != '"':
        gap = gap or " "  # or the colon would be a part of the name
    member = f"{key}:{gap}{value}"
    if before is not None:
        return before.end, f",{space}{member}"
    return first.key, f"{member},{space}"


def _scalar(value: str) -> str:
    if _PLAIN.fullmatch(value) and value.lower() not in _NOT_A_STRING:
        return value
    return json.dumps(value, ensure_ascii=False)
