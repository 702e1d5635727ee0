"""What a client may prefer, and how it says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.mock.preferences import NoAnswer, Preferences, preferences


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, Preferences()),
        ("", Preferences()),
        ("code=404", Preferences(404)),
        ("Code = 404", Preferences(404)),
        ("code=404, example=missing", Preferences(404, "missing")),
        ("code=404; example=missing", Preferences(404, "missing")),
        ('example="a, b; \\"c\\""', Preferences(example='a, b; "c"')),
        ("dynamic=TRUE", Preferences(dynamic=True)),
        ("code=200, code=404", Preferences(200)),
        ("respond-async, return=minimal, wait=10", Preferences()),
        (",;=, code=200", Preferences(200)),
    ],
)
def test_a_header_is_read_as_rfc_7240_writes_it(header: str | None, expected: Preferences) -> None:
    assert preferences(header, {}) == expected


def test_the_query_may_say_the_same_and_the_header_wins() -> None:
    query = {"__code": ["404", "500"], "__example": ["a"], "code": ["201"]}
    assert preferences(None, query) == Preferences(404, "a")
    assert preferences("code=200", query) == Preferences(200, "a")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("code=abc", "code=abc"),
        ("code=99", "from 200 to 599"),
        ("code=", "code="),
        ("dynamic=1", "write true or false"),
        ("code=7, dynamic=no", "dynamic=no"),
    ],
)
def test_a_value_that_cannot_be_read_is_a_400_that_names_it(header: str, said: str) -> None:
    with pytest.raises(NoAnswer) as raised:
        preferences(header, {})
    assert raised.value.status == 400
    assert said in str(raised.value)


@given(st.text('code=,; "\\1x', max_size=30))
def test_no_header_is_a_traceback(header: str) -> None:
    try:
        found = preferences(header, {})
    except NoAnswer:
        return
    assert found.code is None or 200 <= found.code <= 599
