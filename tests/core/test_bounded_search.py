"""A search is given up only when it would take long, and never takes long."""

from __future__ import annotations

import contextlib
import time

import pytest

from openapi_first.core.bounded_search import Allowance, BoundedSearch, SearchLimitError


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("^((?!<script).)*$", "x" * 50_000, True),
        ("^((?!<script).)*$", "x" * 50_000 + "<script>", False),
        (r"^(?:(?!foo|bar)[\s\S])+?$", "x" * 30_000, True),
        ("^(?:[^<]|<(?!script))*$", "a<b" * 20_000, True),
        (r"(?<a>(?!b)\p{L}[*+\]])+", "b" * 10_000 + "é+", True),
        (r"^(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+[a-z]{2,6}$", "abc." * 60 + "com", True),
        ("^(?=.{1,254}$)(?=.*[0-9])(?!.*--)[a-z0-9-]*$", "a-b1" * 60, True),
        (r"^(?!.*(.)\1\1).*$", "abcabc" * 30, True),
    ],
)
def test_a_search_that_takes_few_steps_is_finished(pattern: str, text: str, matches: bool) -> None:
    assert BoundedSearch(pattern).finds(text, Allowance(1)) is matches


@pytest.mark.parametrize(
    "pattern",
    [
        "^(?:(?=a)a|a)*$",
        "(?:(?:(?!b).)*)*c",
        "(?=(?:(?=a)a)*)c",
        r"((?:(?!b).)*)\1c",
        "(?=.*b)",
        "^(a(?<=a|b))+c",
        "(?:(?!c).)*[[b]",
    ],
)
@pytest.mark.parametrize("length", [20_000, 100_000, 2_000_000])
def test_no_search_takes_long(pattern: str, length: int) -> None:
    search, text = BoundedSearch(pattern), "a" * length + "!"
    started = time.thread_time()
    with contextlib.suppress(SearchLimitError):
        assert search.finds(text, Allowance(1)) is False
    assert time.thread_time() - started < 0.4  # some 20 ms, on a slow machine
