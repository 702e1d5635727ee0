"""Expressions of API Gateway match whole strings, and none of them stops the stage."""

import re
import time

import pytest

from openapi_first.patterns.whole_match import WholeMatch


@pytest.mark.parametrize(
    ("expression", "text", "expected"),
    [
        ("^x-[a-z]+", "x-y", True),
        ("^x-[a-z]+", "x-y1", False),
        ("a|b", "b", True),
        ("a|b", "ab", False),
        ("^Bearer [-0-9a-zA-Z._]*$", "Bearer a.b-c_d", True),
        (".*", "a\n", False),
        ("(?i)^bearer .+", "BEARER a", True),
        ("(?i)^bearer .+", "basic a", False),
        ("[a-z]++", "abc", True),
    ],
    ids=range(9),
)
def test_an_expression_matches_the_whole_string(expression, text, expected):
    assert WholeMatch(expression).accepts(text) is expected


@pytest.mark.timeout(60)
@pytest.mark.parametrize("expression", ["^(a+)+$", "^((?=a)a|a)*$", "(?i)^(a+)+$"])
def test_what_takes_too_long_is_not_accepted(expression):
    started = time.process_time()
    assert WholeMatch(expression).accepts("a" * 40 + "!") is False
    assert time.process_time() - started < 5


def test_what_cannot_be_compiled_is_an_error():
    with pytest.raises(re.error):
        WholeMatch("(")
