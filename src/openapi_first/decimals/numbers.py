"""The numbers of JSON as exact decimals, whatever their size.

A double is the number that its shortest text names, as JSON writes it: 0.58 is 58 hundredths.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any, Self, TypeAlias

Number: TypeAlias = int | float | Decimal

_MOST_DIGITS = 4300
"""The limit of Python's int()."""
_LARGEST_EXPONENT = 2**31
_OUT_OF_RANGE = "a number's exponent is out of range"
_CHUNK = 4000
_TEXT = re.compile(r"-?(?P<whole>\d+)(?:\.(?P<fraction>\d+))?(?:[eE](?P<exponent>[+-]?\d+))?")


class WrittenFloat(float):
    """A double that knows the text that it was read from: `json.loads(text,
    parse_float=WrittenFloat)`, for libraries that expect doubles."""

    decimal: Decimal

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.decimal = read_fraction(text)
        return number


def read_fraction(text: str) -> Decimal:
    """A JSON number with a fraction or an exponent. Raises ValueError for an exponent of more than
    32 bits, the limit of Java's BigDecimal, in which API Gateway's validator counts."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(_OUT_OF_RANGE) from None
    if number and abs(number.adjusted()) >= _LARGEST_EXPONENT:
        raise ValueError(_OUT_OF_RANGE)
    return number


def read_integer(text: str) -> int | Decimal:
    """A JSON number without a fraction and an exponent, which Python may refuse to read as int."""
    return int(text) if len(text) <= _MOST_DIGITS else Decimal(text)


def exact(value: Any) -> Any:
    """The value with each double, also in arrays and objects, as a decimal."""
    if isinstance(value, float):
        return value.decimal if isinstance(value, WrittenFloat) else Decimal(repr(value))
    if isinstance(value, list):
        return [exact(each) for each in value]
    if isinstance(value, dict):
        return {name: exact(each) for name, each in value.items()}
    return value


def as_integer(value: Any) -> Any:
    """1 for 1.0, and 10^23 for 1e23, which as a binary float is less; else the value."""
    if isinstance(value, float) and value.is_integer():
        return int(exact(value))
    return value


def is_multiple(number: Number, divisor: Number) -> bool:
    """Whether the number is an integer times the divisor; none is a multiple of zero.

    Takes time in proportion to the digits that are written, not to the size of the number.
    """
    digits, exponent = _parts(number)
    factor_digits, factor_exponent = _parts(divisor)
    if not factor_digits:
        return False
    if not digits:
        return True
    factor = int(factor_digits)
    shift = exponent - factor_exponent
    # What does not end with a zero is not a multiple of what does.
    return shift >= 0 and _remainder(digits, factor) * pow(10, shift, factor) % factor == 0


def _parts(number: Number) -> tuple[str, int]:
    """The digits without zeros at both ends, and the exponent; no digits for zero."""
    found = _TEXT.fullmatch(str(exact(number)))
    if found is None:  # an infinity
        return "", 0
    fraction = found["fraction"] or ""
    digits = (found["whole"] + fraction).lstrip("0")
    kept = digits.rstrip("0")
    exponent = int(found["exponent"] or "0") - len(fraction)
    return kept, exponent + len(digits) - len(kept)


def _remainder(digits: str, factor: int) -> int:
    """Chunk by chunk, since converting all digits at once takes quadratic time."""
    remainder = 0
    for start in range(0, len(digits), _CHUNK):
        chunk = digits[start : start + _CHUNK]
        remainder = (remainder * pow(10, len(chunk), factor) + int(chunk)) % factor
    return remainder
