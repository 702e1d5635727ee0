"""Numbers that are no integers, read and written without loss."""

from __future__ import annotations

import json
import math
import secrets
from typing import Any

_SURELY_EXACT = 15  # significant digits that any double keeps (IEEE 754: DBL_DIG)


def numeral(text: str) -> Any:
    """A JSON number with a fraction or an exponent: a float where that is the same number when it
    is written again, else a Decimal. Raises ValueError beyond the range of a double."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text[:20]} is beyond the range of a double")
    if len(text) <= _SURELY_EXACT:
        if number or not text.lower().partition("e")[0].strip("-0."):
            return number
        raise ValueError(f"the number {text[:20]} is too small for a double")
    from decimal import Decimal

    exact = Decimal(text)
    if number == 0 and exact:
        raise ValueError(f"the number {text[:20]} is too small for a double")
    return number if Decimal(repr(number)) == exact else exact


def dump_json(value: Any) -> str:
    """A compact JSON text (RFC 8259). Decimals are written as the numbers they are.

    Raises TypeError for what JSON has no type for, ValueError for NaN and infinities.
    """
    mark: str | None = None
    numbers: list[str] = []

    def written(other: Any) -> str:
        nonlocal mark
        from decimal import Decimal

        if not isinstance(other, Decimal):
            raise TypeError(f"{type(other).__name__} is no type of JSON")
        if not other.is_finite():
            raise ValueError(f"{other} is no number of JSON")
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
