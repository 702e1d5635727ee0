"""Reads JSON strictly (RFC 8259), and reads and writes its numbers without loss."""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any, NoReturn

from openapi_first.core.json_values import (
    LONE_SURROGATE,
    MOST_DIGITS,
    may_have_lone_surrogates,
    nests_deeper,
)
from openapi_first.core.problem_details import fragment_step

DEPTH_LIMIT = 200
"""The deepest nesting of arrays and objects, below jsonschema_rs's own limit of 255."""

_TOO_DEEP = f"nested deeper than {DEPTH_LIMIT} levels"
_EXACT_DIGITS = 15  # any number with so many digits survives as a double (IEEE 754: DBL_DIG)
_LARGEST_EXACT = 2**53  # doubles represent every integer up to here


class JSONTextError(ValueError):
    """The text is not JSON, or cannot be read without loss. The message completes "the body is";
    `pointer` is the place, or `#` when it is unknown."""

    def __init__(self, detail: str, pointer: str = "#") -> None:
        super().__init__(detail)
        self.pointer = pointer


def read_json(text: str, *, integral: bool = False) -> Any:
    """The value of a JSON text. A number with a fraction or an exponent is a float where that is
    exact, else a Decimal; with `integral` it is an integer when its value is one (`1.0`).

    Raises JSONTextError for invalid JSON, NaN and infinities, numbers beyond a double's range,
    duplicate names in an object (undefined by RFC 8259 §4), lone surrogates (not Unicode, §8.2),
    and nesting deeper than DEPTH_LIMIT.
    """
    try:
        value = _decoder(integral, len(text) > MOST_DIGITS).decode(text)
    except json.JSONDecodeError as error:
        raise JSONTextError(
            f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from None
    except ValueError as error:
        raise JSONTextError(f"not JSON that can be read: {error}") from None
    except RecursionError:
        raise JSONTextError(_TOO_DEEP) from None
    if text.count("[") + text.count("{") > DEPTH_LIMIT and nests_deeper(value, DEPTH_LIMIT):
        raise JSONTextError(_TOO_DEEP)
    if may_have_lone_surrogates(text):
        _refuse_surrogates(value)
    return value


@cache
def _decoder(integral: bool, long: bool) -> json.JSONDecoder:
    """The decoder for texts that are longer than the longest number, or for shorter ones."""
    return json.JSONDecoder(
        object_pairs_hook=_object,
        parse_constant=_not_a_number,
        parse_float=_whole if integral else parse_number,
        parse_int=_integer if long else None,
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                shown = json.dumps(name)[:100]
                raise ValueError(f"duplicate name {shown} in an object")
            seen.add(name)
    return members


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError(f"a number has more than {MOST_DIGITS} digits")
    return int(text)


def _whole(text: str) -> Any:
    number = parse_number(text)
    exact = abs(number) <= _LARGEST_EXACT and number == int(number)
    return int(number) if exact else number


def _not_a_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _refuse_surrogates(value: Any) -> None:
    """Walks the value to find the place; called only for texts that may contain a surrogate."""
    queue: list[tuple[str, Any]] = [("#", value)]
    while queue:
        place, node = queue.pop()
        if isinstance(node, str):
            if LONE_SURROGATE.search(node):
                raise JSONTextError("not Unicode: a string has a lone surrogate", place)
        elif isinstance(node, list):
            queue.extend((f"{place}/{index}", item) for index, item in enumerate(node))
        elif isinstance(node, dict):
            for name, item in node.items():
                if LONE_SURROGATE.search(name):
                    raise JSONTextError("not Unicode: a name has a lone surrogate", place)
                queue.append((place + fragment_step(name), item))


def parse_number(text: str) -> Any:
    """A float where it is exactly the same number when written again, else a Decimal. Raises
    ValueError for a number beyond the range of a double."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is beyond the range of a double")
    if number == 0 and text.lower().partition("e")[0].strip("-0."):
        raise ValueError("a number is too small for a double")
    if number == 0 or len(text) <= _EXACT_DIGITS or repr(number) == text:
        return number
    from decimal import Decimal

    exact = Decimal(text)
    return number if Decimal(repr(number)) == exact else exact


_OPTIONS: Mapping[str, Any] = {
    "ensure_ascii": False,
    "separators": (",", ":"),
    "allow_nan": False,
}
# json.dumps makes an encoder for each call. A value in itself is nested too deep.
_encode = json.JSONEncoder(check_circular=False, **_OPTIONS).encode


def dump_json(value: Any) -> str:
    """A compact JSON text (RFC 8259); Decimals become exact numbers.

    Raises TypeError for a type that JSON does not have, ValueError for NaN and infinities,
    RecursionError for nesting that is too deep.
    """
    try:
        return _encode(value)
    except TypeError:
        return _with_decimals(value)


def _with_decimals(value: Any) -> str:
    """As `dump_json`: a string stands for each Decimal until the text is written."""
    from decimal import Decimal

    mark = secrets.token_hex(16)
    numbers: list[str] = []

    def written(other: Any) -> str:
        if not isinstance(other, Decimal):
            raise TypeError(f"{type(other).__name__} is not a JSON type")
        if not other.is_finite():
            raise ValueError(f"{other} is not a JSON number")
        numbers.append(str(other))
        return f"{mark}{len(numbers) - 1}"

    first, *others = json.dumps(value, default=written, **_OPTIONS).split(f'"{mark}')
    parts = [first]
    for other in others:
        index, _, rest = other.partition('"')
        parts.append(numbers[int(index)] + rest)
    return "".join(parts)
