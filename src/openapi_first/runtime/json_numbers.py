"""Reads and writes JSON numbers with a fraction or an exponent without loss."""

from __future__ import annotations

import json
import math
import secrets
from typing import Any

_EXACT_DIGITS = 15  # any number with so many digits survives as a double (IEEE 754: DBL_DIG)


def parse_number(text: str) -> Any:
    """A float where it is exactly the same number when written again, else a Decimal. Raises
    ValueError for a number beyond the range of a double."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text[:20]} is beyond the range of a double")
    if len(text) <= _EXACT_DIGITS:
        if number or not text.lower().partition("e")[0].strip("-0."):
            return number
        raise ValueError(f"the number {text[:20]} is too small for a double")
    from decimal import Decimal

    exact = Decimal(text)
    if number == 0 and exact:
        raise ValueError(f"the number {text[:20]} is too small for a double")
    return number if Decimal(repr(number)) == exact else exact


def dump_json(value: Any) -> str:
    """A compact JSON text (RFC 8259); Decimals become exact numbers.

    Raises TypeError for a type that JSON does not have, ValueError for NaN and infinities.
    """
    mark: str | None = None
    numbers: list[str] = []

    def written(other: Any) -> str:
        nonlocal mark
        from decimal import Decimal

        if not isinstance(other, Decimal):
            raise TypeError(f"{type(other).__name__} is not a JSON type")
        if not other.is_finite():
            raise ValueError(f"{other} is not a JSON number")
        mark = mark or secrets.token_hex(16)
        numbers.append(str(other))
        return f"{mark}{len(numbers) - 1}"

    text = json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=written
    )
    if mark is None:
        return text
    first, *others = text.split(f'"{mark}')
    parts = [first]
    for other in others:
        index, _, rest = other.partition('"')
        parts.append(numbers[int(index)] + rest)
    return "".join(parts)
