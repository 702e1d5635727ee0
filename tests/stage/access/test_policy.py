"""The wildcards of a policy cover what AWS says, and no request makes them slow."""

import re
import time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.stage.access.policy import ACTION, decide


def covers(resource, arn):
    statement = {"Effect": "Allow", "Action": ACTION, "Resource": resource}
    caller = SimpleNamespace(method_arn=arn, condition_keys={})
    return decide({"Statement": statement}, caller) == "allow"


@given(st.text("ab*?.", max_size=8), st.text("ab\n.", max_size=8))
def test_a_star_stands_for_any_text_and_a_question_mark_for_one_character(resource, arn):
    signs = {"*": ".*", "?": "."}
    expression = "".join(signs.get(each, re.escape(each)) for each in resource)
    assert covers(resource, arn) == bool(re.fullmatch(expression, arn, re.DOTALL))


@pytest.mark.timeout(60)
def test_no_number_of_stars_takes_long():
    started = time.process_time()
    assert not covers("*a" * 30 + "b", "a" * 10_000)
    assert covers("*a" * 30, "a" * 10_000)
    assert time.process_time() - started < 1
