"""The wildcards of a policy cover what AWS says, and no request makes them slow."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.stage.policies.patterns import read_pattern


def covers(pattern, value, keys=None, *, variables=True):
    return read_pattern(pattern, variables=variables).matches(value, keys or {})


@given(st.text("ab*?.", max_size=8), st.text("ab\n.", max_size=8))
def test_a_star_stands_for_any_text_and_a_question_mark_for_one_character(pattern, value):
    signs = {"*": ".*", "?": "."}
    expression = "".join(signs.get(each, re.escape(each)) for each in pattern)
    assert covers(pattern, value) == bool(re.fullmatch(expression, value, re.DOTALL))


@pytest.mark.timeout(60)
def test_no_number_of_stars_takes_long():
    started = time.process_time()
    assert not covers("*a" * 30 + "b", "a" * 10_000)
    assert covers("*a" * 30, "a" * 10_000)
    assert time.process_time() - started < 1


def test_a_variable_is_the_value_of_its_key_and_no_pattern():
    keys = {"aws:sourceip": ("10.0.0.*",)}
    assert covers("/${aws:SourceIp}/*", "/10.0.0.*/x", keys)
    assert not covers("/${aws:SourceIp}/*", "/10.0.0.1/x", keys)


def test_a_variable_without_a_single_value_is_its_default_or_covers_nothing():
    two = {"aws:principaltag/team": ("a", "b")}
    assert covers("${aws:PrincipalTag/team, 'none'}", "none")
    assert not covers("*${aws:PrincipalTag/team}", "x")
    assert not covers("*${aws:PrincipalTag/team, 'none'}", "none", two)


def test_special_characters_are_written_as_variables():
    assert covers("${*}${?}${$}", "*?$")
    assert not covers("${*}", "anything")


def test_an_older_version_has_no_variables():
    keys = {"aws:sourceip": ("1.2.3.4",)}
    assert covers("${aws:SourceIp}", "${aws:SourceIp}", keys, variables=False)
