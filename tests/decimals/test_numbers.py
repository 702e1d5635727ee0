"""Numbers are decided about by their decimal text, whatever their size."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.decimals.numbers import (
    WrittenFloat,
    as_integer,
    exact,
    is_multiple,
    read_fraction,
    read_integer,
)

PRICES = ["0.58", "2.34", "283.66", "136.67", "5.1", "1.15", "18.15", "0.07", "1.11"]

digits = st.integers(-(10**20), 10**20)
exponents = st.integers(-25, 25)
decimals = st.builds(lambda whole, exponent: Decimal(f"{whole}e{exponent}"), digits, exponents)


@pytest.mark.parametrize("text", PRICES)
def test_a_price_is_a_multiple_of_a_cent(text: str) -> None:
    assert is_multiple(Decimal(text), 0.01)
    assert is_multiple(float(text), 0.01)
    assert is_multiple(WrittenFloat(text), Decimal("0.01"))
    assert not is_multiple(Decimal(text + "001"), 0.01)


@given(decimals, decimals | st.integers(-9, 9))
def test_multiples_are_those_of_exact_arithmetic(number: Decimal, divisor: Decimal | int) -> None:
    quotient = divisor and Fraction(number) / Fraction(divisor)
    assert is_multiple(number, divisor) == (bool(divisor) and quotient.denominator == 1)
    assert is_multiple(number * 0, divisor) == bool(divisor)


@pytest.mark.parametrize(
    ("number", "divisor", "expected"),
    [
        ("1e400", "0.01", True),
        ("1e999999999", "7", False),
        ("1e999999999", "1e-999999999", True),
        ("1e-999999999", "1", False),
        ("0e999999999", "3", True),
        ("9" * 1_000_000, "3", True),
        ("1" + "0" * 1_000_000, "3", False),
        ("0." + "0" * 1_000_000 + "1", "0.01", False),
    ],
)
def test_no_number_takes_long(number: str, divisor: str, expected: bool) -> None:
    started = time.perf_counter()
    assert is_multiple(Decimal(number), Decimal(divisor)) is expected
    assert time.perf_counter() - started < 1


def test_nothing_is_a_multiple_of_zero_or_of_what_is_no_number() -> None:
    assert not any(is_multiple(1, divisor) for divisor in (0, 0.0, float("inf"), float("nan")))


@pytest.mark.parametrize("text", ["1e2147483648", "1e-2147483648", "1e99999999999999999999999999"])
def test_an_exponent_of_more_than_32_bits_is_out_of_range(text: str) -> None:
    with pytest.raises(ValueError, match="out of range"):
        read_fraction(text)
    assert read_fraction("0e2147483647") == 0


def test_integers_that_python_does_not_read_are_decimals() -> None:
    assert read_integer("12") == 12
    assert read_integer("9" * 5000) == Decimal("9" * 5000)


def test_doubles_become_decimals_everywhere_in_a_value() -> None:
    value: Any = {"a": [0.1, 1, True, "x", {"b": 1e22}], "c": json.loads("[0.10]")}
    value["c"] = json.loads("0.10000000000000000001", parse_float=WrittenFloat)
    assert exact(value) == {
        "a": [Decimal("0.1"), 1, True, "x", {"b": Decimal("1e22")}],
        "c": Decimal("0.10000000000000000001"),
    }
    assert isinstance(value["c"], float)


def test_a_whole_double_becomes_the_integer_that_its_text_names() -> None:
    values = [1.0, -0.0, 1e23, 3.4028234663852886e38, 0.5, "1.0", True, None]
    assert [as_integer(each) for each in values] == [
        *(1, 0, 10**23, 34028234663852886 * 10**22, 0.5, "1.0", True, None)
    ]
    assert as_integer(float("inf")) == float("inf")
