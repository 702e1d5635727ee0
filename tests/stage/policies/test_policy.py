"""Statements, and how their effects are combined."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openapi_first.stage.policies.errors import PolicyError
from openapi_first.stage.policies.policy import PolicyRequest, policy_of, read_policy

ARN = "arn:aws:execute-api:us-east-1:123456789012:api/prod/GET/items"
KEYS = {"aws:sourceip": ("10.1.2.3",)}


def decision(*statements, arn=ARN):
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    return policy_of(policy).decide(PolicyRequest(arn, KEYS))


effects = st.sampled_from(["Allow", "Deny"])
applies = st.booleans()


@given(st.lists(st.tuples(effects, applies), max_size=5))
def test_a_deny_wins_else_an_allow_else_nothing_is_allowed(statements):
    found = decision(
        *(
            {"Effect": effect, "Action": "*", "Resource": ARN if applies else "arn:other"}
            for effect, applies in statements
        )
    )
    matching = {effect for effect, applies in statements if applies}
    wanted = "allow" if matching == {"Allow"} else "implicit deny"
    assert found == ("explicit deny" if "Deny" in matching else wanted)


@pytest.mark.parametrize(
    ("statement", "covered"),
    [
        ({"Action": "EXECUTE-API:invoke", "Resource": "*"}, True),
        ({"Action": ["s3:*", "execute-api:*"], "Resource": ["x", ARN]}, True),
        ({"Action": "execute-api:ManageConnections", "Resource": "*"}, False),
        ({"NotAction": "s3:*", "Resource": "*"}, True),
        ({"NotAction": "execute-api:*", "Resource": "*"}, False),
        ({"Action": "*", "Resource": ARN.upper()}, False),
        ({"Action": "*", "NotResource": ARN.replace("items", "*")}, False),
        ({"Action": "*", "NotResource": "arn:other"}, True),
        ({"Action": "*", "Resource": "*/?ems"}, False),
        ({"Action": "*", "Resource": "*/??em?"}, True),
        ({"Action": [], "Resource": "*"}, False),
    ],
    ids=range(11),
)  # fmt: skip
def test_a_statement_is_about_its_actions_and_resources(statement, covered):
    assert (decision({"Effect": "Allow", **statement}) == "allow") is covered


def test_all_operators_and_keys_of_a_condition_must_hold():
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    inside, absent = {"aws:SourceIp": "10.0.0.0/8"}, {"aws:SourceVpc": "true"}
    both = {"IpAddress": inside, "Null": absent}
    assert decision({**allow, "Condition": both}) == "allow"
    one = {"IpAddress": {**inside, "aws:VpcSourceIp": "10.0.0.0/8"}, "Null": absent}
    assert decision({**allow, "Condition": one}) == "implicit deny"


def test_the_problems_of_an_authorizers_policy_are_named_three_at_most():
    with pytest.raises(PolicyError) as caught:
        policy_of({"Statement": ["x"] * 9})
    assert str(caught.value).count("is not a statement") == 3


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(
            [*"ab", "Statement", "Effect", "Action", "Resource", "Principal", "Condition",
             "AWS", "StringLike", "Null", "IpAddress", "DateEquals", "NumericEquals"]
        ), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=40)
@given(json_values)
def test_no_value_is_more_than_a_policy_or_problems(value):
    problems = []
    policy = read_policy(value, lambda *each: problems.append(each))
    policy.decide(PolicyRequest(ARN, KEYS))
    for pointer, message in problems:
        assert pointer == "" or pointer.startswith("/")
        assert message


def test_ten_thousand_statements_take_no_second():
    statements = [
        {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": f"execute-api:/x{n}?/*"}
        for n in range(10_000)
    ]
    policy = read_policy({"Statement": statements}, pytest.fail)
    started = time.process_time()
    assert policy.decide(PolicyRequest(ARN, KEYS)) == "implicit deny"
    assert time.process_time() - started < 1
