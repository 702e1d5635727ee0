from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.alarms.cloudwatch.metric_math import evaluate

SERIES = {"m1": [4.0, None, 0.0], "m2": [2.0, 5.0, 0.0]}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("m1", [4.0, None, 0.0]),
        ("m1 + m2", [6.0, None, 0.0]),
        ("1 + 2 * m2 - 3", [2.0, 8.0, -2.0]),
        ("(1 + 2) * m2 / 3", [2.0, 5.0, 0.0]),
        ("m2 / m1", [0.5, None, None]),
        ("m1 > 3", [1.0, None, 0.0]),
        ("m2 >= 2", [1.0, 1.0, 0.0]),
        ("m1 == m2", [0.0, None, 1.0]),
        ("FILL(m1, 7)", [4.0, 7.0, 0.0]),
        ("MAX(m2)", 5.0),
        ("MIN(m1)", 0.0),
        ("SUM(m2)", 7.0),
        ("m2 < MAX(m2)", [1.0, 0.0, 1.0]),
        ("IF(m2 > 2, m1, 0 - 1)", [-1.0, None, -1.0]),
        ("IF(m1 > 3, m2, 9)", [2.0, None, 9.0]),
        # What divides by zero is not taken.
        ("IF(m2 > 0, 100 / m2, 0)", [50.0, 20.0, 0.0]),
    ],
)
def test_an_expression_is_evaluated_for_each_period(expression: str, expected: object) -> None:
    assert evaluate(expression, SERIES) == expected


@pytest.mark.parametrize(
    "expression",
    ["m3", "RATE(m1)", "m1 &", "m1 m2", "(m1", "FILL(m1", "IF(1, 2, 3)", "1 / 0", "m1 + ", "'m1'"],
)
def test_an_expression_that_is_not_known_fails(expression: str) -> None:
    with pytest.raises(ValueError, match=r"know|unknown|missing|expected|IF|constant"):
        evaluate(expression, SERIES)


NUMBERS = st.integers(0, 50)
ARITHMETIC = st.recursive(
    NUMBERS.map(str),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(" ".join),
        inner.map("({})".format),
    ),
    max_leaves=8,
)


@given(ARITHMETIC)
def test_operators_bind_as_in_arithmetic(expression: str) -> None:
    assert evaluate(expression, {}) == eval(expression)
