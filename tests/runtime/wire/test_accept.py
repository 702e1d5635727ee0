"""`Accept` orders media types and never leaves one out (RFC 9110 §12.5.1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.runtime.wire.accept import by_preference

JSON, CSV, TEXT = "application/json", "text/csv", "text/plain"


@pytest.mark.parametrize(
    ("accept", "first"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("text/csv", CSV),
        ("TEXT/CSV ; q=0.5 , */*;q=0.1", CSV),
        ("text/*, application/json;q=0.9", CSV),
        ("text/*;q=0.3, text/plain;q=0.7, application/json;q=0.5", TEXT),
        ("application/json;q=0, */*", CSV),
        ("application/json;q=0", CSV),
        ("image/png", JSON),
        ("application/json;q=0.2, text/csv;q=0.20", JSON),
        ('text/plain;a="x,y;z", application/json;q=0.9', TEXT),
        ("text/csv;charset=utf-8", CSV),
        ("text/csv;q=nan, text/plain;q=0.1", TEXT),
        ("text/csv;q=1e9, text/plain;q=0.1", TEXT),
        ("text/csv;q=, text/plain;q=0.1", TEXT),
        (",,;;q=,/;,text/plain", TEXT),
        ("text/csv;q=0.1;q=0.9", CSV),
        ('text/plain;a="never ends, text/csv', TEXT),
    ],
)
def test_the_client_s_preference_is_the_first(accept: str | None, first: str) -> None:
    ordered = by_preference([JSON, CSV, TEXT], accept)
    assert (ordered[0], len(ordered)) == (first, 3)


def test_a_range_with_parameters_is_more_specific_where_the_type_has_them() -> None:
    types = ["text/html;level=2", "text/html;level=1", JSON]
    accept = "text/html;q=0.7, text/html;level=1;q=0.9, text/html;level=2;q=0.4, */*;q=0.5"
    assert by_preference(types, accept) == ["text/html;level=1", JSON, "text/html;level=2"]


@given(st.text(st.sampled_from('*/;,=q"\\01.9 aétext'), max_size=40))
def test_no_accept_raises_or_leaves_a_type_out(accept: str) -> None:
    assert sorted(by_preference([JSON, CSV, TEXT], accept)) == sorted([JSON, CSV, TEXT])
