"""The keywords about numbers decide exactly, in both dialects and with doubles or decimals."""

from __future__ import annotations

import operator
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.decimals.keywords import exact_validator
from openapi_first.decimals.numbers import WrittenFloat

DRAFT_4 = exact_validator(jsonschema.Draft4Validator, draft_4=True)
DRAFT_2020_12 = exact_validator(jsonschema.Draft202012Validator)

texts = st.builds(
    lambda whole, exponent: f"{whole}e{exponent}", st.integers(-999, 999), st.integers(-4, 2)
)


def valid(kind: Any, schema: dict[str, Any], value: Any) -> bool:
    return bool(kind(schema).is_valid(value))


@given(texts, texts)
def test_bounds_are_compared_as_decimals(number: str, bound: str) -> None:
    one, other, limit = Decimal(number), WrittenFloat(number), float(bound)
    for keyword, compare, draft_4 in (
        ("minimum", operator.ge, {"minimum": limit}),
        ("maximum", operator.le, {"maximum": limit}),
        ("exclusiveMinimum", operator.gt, {"minimum": limit, "exclusiveMinimum": True}),
        ("exclusiveMaximum", operator.lt, {"maximum": limit, "exclusiveMaximum": True}),
        ("enum", operator.eq, {"enum": [limit]}),
    ):
        expected = compare(one, Decimal(bound))
        new = {keyword: [limit] if keyword == "enum" else limit}
        for value in (one, other, float(number)):
            assert valid(DRAFT_4, draft_4, value) is expected
            assert valid(DRAFT_2020_12, new, value) is expected


@pytest.mark.parametrize("kind", [DRAFT_4, DRAFT_2020_12])
def test_numbers_are_equal_by_value_and_booleans_are_none(kind: Any) -> None:
    assert valid(kind, {"enum": [1]}, Decimal("1.0"))
    assert valid(kind, {"enum": [1.0]}, 1)
    assert valid(kind, {"enum": [[0.1]]}, [Decimal("0.10")])
    assert not valid(kind, {"enum": [1]}, True)
    assert not valid(kind, {"uniqueItems": True}, [1, Decimal("1.0")])
    assert not valid(kind, {"uniqueItems": True}, [{"a": 0.1}, {"a": Decimal("0.1")}])
    assert valid(kind, {"uniqueItems": True}, [1, True, 1.1, "1"])
    assert valid(kind, {"multipleOf": 0.01, "minimum": 5}, "no number")


def test_constants_and_integers_of_2020_12() -> None:
    assert valid(DRAFT_2020_12, {"const": 0.1}, Decimal("0.1"))
    assert valid(DRAFT_2020_12, {"type": "integer"}, WrittenFloat("1.0"))
    assert not valid(DRAFT_4, {"type": "integer"}, Decimal("1.0"))
