"""Reads a JSON document (RFC 8259), and finds the lines of its values once one is asked for.

The value comes from Python's own parser; the places come from a second, slower pass, which only an
error or a report needs.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from openapi_first.core.json_pointer import escaped
from openapi_first.core.json_values import LONE_SURROGATE, MOST_DIGITS, may_have_lone_surrogates

_SYMBOL = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]|[^\s{}\[\],:"]+', re.DOTALL)


class NotJson(Exception):
    """`line` and `column` count from 1; `detail` completes "the file"."""

    def __init__(self, detail: str, line: int, column: int) -> None:
        super().__init__(detail)
        self.detail, self.line, self.column = detail, line, column


@dataclass(frozen=True, slots=True)
class Fault:
    """What JSON's grammar allows and a contract cannot have."""

    line: int
    pointer: str
    detail: str
    remedy: str


def looks_like_json(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n")[:1] == "{"


def parse_json(text: str) -> tuple[Any, list[Fault]]:
    """The value, and its duplicate names and lone surrogates. A number that Python cannot hold is a
    string. Raises NotJson; RecursionError for a text that is nested too deeply."""
    duplicates: list[bool] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            duplicates.append(True)
        return found

    try:
        value = json.loads(
            text,
            object_pairs_hook=members,
            parse_float=_number,
            parse_int=_integer,
            parse_constant=_refused,
        )
    except json.JSONDecodeError as error:
        raise NotJson(f"is not JSON: {error.msg}", error.lineno, error.colno) from None
    except _Constant as error:
        offset = next(
            (found.start() for found in _SYMBOL.finditer(text) if found[0] == error.args[0]), 0
        )
        raise _at(text, offset, f"is not JSON: {error.args[0]} is not a number") from None
    if not duplicates and not may_have_lone_surrogates(text):
        return value, []
    return value, list(_faults(text))


def lines_of(text: str) -> dict[str, int]:
    """The line (from 1) of each JSON Pointer: that of the name in an object, of the value in an
    array."""
    return {each.pointer: each.line for each in _places(text) if not each.duplicate}


def columns_of(text: str) -> dict[str, int]:
    """The column (from 1) of each JSON Pointer, of what has the line."""
    return {each.pointer: each.column for each in _places(text) if not each.duplicate}


def deep_line(text: str, limit: int) -> int | None:
    """The line of the first array or object that is nested deeper than `limit`."""
    depth = 0
    for found in _SYMBOL.finditer(text):
        depth += (found[0] in "{[") - (found[0] in "}]")
        if depth > limit:
            return text.count("\n", 0, found.start()) + 1
    return None


class _Constant(ValueError):
    """NaN, Infinity or -Infinity."""


def _refused(constant: str) -> NoReturn:
    raise _Constant(constant)


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= MOST_DIGITS else digits


def _number(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _at(text: str, offset: int, detail: str) -> NotJson:
    line = text.count("\n", 0, offset) + 1
    return NotJson(detail, line, offset - text.rfind("\n", 0, offset))


def _faults(text: str) -> Iterator[Fault]:
    for each in _places(text):
        if each.duplicate:
            detail = f"duplicate key {each.name!r}"
            yield Fault(each.line, each.pointer, detail, "Remove one of the two.")
        for string in (each.name, each.string):
            if string is not None and LONE_SURROGATE.search(string):
                yield Fault(
                    each.line,
                    each.pointer.encode("utf-8", "backslashreplace").decode(),
                    "a string has half of a surrogate pair, which is not a character",
                    "Write both \\u escapes of the character, or the character itself.",
                )


@dataclass(slots=True)
class _Open:
    """An array or object whose end has not come yet."""

    pointer: str
    names: set[str] | None
    """The names so far; None for an array."""
    index: int = 0


@dataclass(slots=True)
class _Place:
    pointer: str
    line: int
    column: int
    name: str | None = None
    duplicate: bool = False
    string: str | None = field(default=None)


def _places(text: str) -> Iterator[_Place]:
    """Every value of a valid text, in its order."""
    opened: list[_Open] = []
    place = _Place("", 1, 1)
    line, counted, begin = 1, 0, 0
    name_follows = False
    top: _Open | None = None
    for found in _SYMBOL.finditer(text):
        symbol = found[0]
        if symbol in "}]":
            opened.pop()
            top = opened[-1] if opened else None
            continue
        if symbol == ",":
            assert top is not None
            top.index += 1
            name_follows = top.names is not None
            continue
        if name_follows or top is None or top.names is None:  # else the name has the place
            start = found.start()
            breaks = text.count("\n", counted, start)
            if breaks:
                line, begin = line + breaks, text.rfind("\n", counted, start) + 1
            counted, column = start, start - begin + 1
            if name_follows:
                assert top is not None
                assert top.names is not None
                name = _string(symbol)
                pointer = f"{top.pointer}/{escaped(name)}"
                place = _Place(pointer, line, column, name, name in top.names)
                top.names.add(name)
                name_follows = False
                continue
            place = _Place(f"{top.pointer}/{top.index}" if top else "", line, column)
        if symbol in "{[":
            yield place
            name_follows = symbol == "{"
            top = _Open(place.pointer, set() if name_follows else None)
            opened.append(top)
        else:
            if symbol[0] == '"' and "\\u" in symbol:
                place.string = _string(symbol)
            yield place


def _string(symbol: str) -> str:
    if "\\" not in symbol:
        return symbol[1:-1]
    string: str = json.loads(symbol)
    return string
