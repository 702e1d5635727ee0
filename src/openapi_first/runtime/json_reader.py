"""JSON texts (RFC 8259), strictly read."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from openapi_first.core.problem_details import fragment_step
from openapi_first.runtime.json_numbers import numeral

DEPTH_LIMIT = 200
"""How deeply arrays and objects may nest: below jsonschema_rs's own limit of 255."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)|[][{}]', re.DOTALL)
_LARGEST_EXACT = 2**53  # up to there a double has every integer
_MOST_DIGITS = 4300  # what Python's int() takes


class JSONTextError(ValueError):
    """The text is not JSON, or not all of it can be kept; `pointer` says where, when that is
    known."""

    def __init__(self, detail: str, pointer: str = "#") -> None:
        super().__init__(detail)
        self.pointer = pointer


def read_json(text: str, *, integral: bool = False) -> Any:
    """The value of a JSON text. Integers are kept whole; other numbers are floats where that loses
    nothing, else Decimals. `integral`: numbers without a fractional part are integers, `1.0` too.

    Raises JSONTextError for what is no JSON, NaN and infinities, numbers beyond a double's range,
    an object with a name twice (RFC 8259 §4 leaves its meaning open), lone surrogates (no Unicode
    text, §8.2), and nesting deeper than DEPTH_LIMIT.
    """
    if text.count("[") + text.count("{") > DEPTH_LIMIT and _depth(text) > DEPTH_LIMIT:
        raise JSONTextError(f"nested deeper than {DEPTH_LIMIT} levels")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_not_a_number,
            parse_float=_whole if integral else numeral,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        raise JSONTextError(
            f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from None
    except ValueError as error:
        raise JSONTextError(f"not JSON that can be read: {error}") from None
    if "\\u" in text or not text.isascii():
        _refuse_surrogates(value)
    return value


def _depth(text: str) -> int:
    """How deep the brackets outside strings nest."""
    deepest = depth = 0
    for found in _BRACKETS.finditer(text):
        bracket = found[0]
        if bracket in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in "]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                shown = json.dumps(name)[:100]
                raise ValueError(f"the name {shown} stands twice in one object")
            seen.add(name)
    return members


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"a number has more than {_MOST_DIGITS} digits")
    return int(text)


def _whole(text: str) -> Any:
    number = numeral(text)
    exact = abs(number) <= _LARGEST_EXACT and number == int(number)
    return int(number) if exact else number


def _not_a_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


def _refuse_surrogates(value: Any) -> None:
    """Walks the value, since the place is worth naming; only texts that could hold one get here."""
    queue: list[tuple[str, Any]] = [("#", value)]
    while queue:
        place, node = queue.pop()
        if isinstance(node, str):
            if _SURROGATE.search(node):
                raise JSONTextError("the text holds a lone surrogate, which is no character", place)
        elif isinstance(node, list):
            queue.extend((f"{place}/{index}", item) for index, item in enumerate(node))
        elif isinstance(node, dict):
            for name, item in node.items():
                if _SURROGATE.search(name):
                    raise JSONTextError(
                        "a name holds a lone surrogate, which is no character", place
                    )
                queue.append((place + fragment_step(name), item))
