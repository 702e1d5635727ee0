"""Conditions hold as IAM's reference says, for every operator."""

import ipaddress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.stage.policies.conditions import read_conditions
from openapi_first.stage.policies.operators import OPERATORS

ROLE = "arn:aws:iam::111122223333:role/a:b"


def holds(operator, expected, *actual):
    problems = []
    conditions = read_conditions(
        {operator: {"aws:Key": expected}}, "", lambda *each: problems.append(each), variables=True
    )
    assert not problems, problems
    keys = {"aws:key": actual, "aws:other": ("x",)}
    return all(condition.holds(keys) for condition in conditions)


@pytest.mark.parametrize(
    ("operator", "expected", "actual", "answer"),
    [
        ("StringEquals", ["a", "b"], "b", True),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", "${aws:other}", "x", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringEqualsIgnoreCase", "VPCE-1", "vpce-1", True),
        ("StringNotEqualsIgnoreCase", "VPCE-1", "vpce-1", False),
        ("StringLike", "a*", "ab", True),
        ("StringNotLike", "a*", "ab", False),
        ("NumericEquals", 10, "10.0", True),
        ("NumericNotEquals", "10", "11", True),
        ("NumericLessThan", "10", "9.99", True),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericGreaterThan", "10", "10", False),
        ("NumericGreaterThanEquals", "10", "text", False),
        ("DateEquals", "2026-01-01", "2026-01-01T01:00:00+01:00", True),
        ("DateNotEquals", "2026", "2026-01-01T00:00:00.5Z", True),
        ("DateLessThan", "2026-01-01T00:00:00Z", "1700000000", True),
        ("DateLessThanEquals", 1700000000, "1700000000", True),
        ("DateGreaterThan", "2026-01", "2025-12-31T23:59:59Z", False),
        ("DateGreaterThanEquals", "2026-01-01T00:00Z", "2026-01-01T00:00:00Z", True),
        ("Bool", True, "true", True),
        ("Bool", "false", "true", False),
        ("BinaryEquals", "QQ==", "QQ==", True),
        ("IpAddress", ["10.0.0.0/8", "2001:db8::/32"], "2001:db8::1", True),
        ("IpAddress", "10.1.2.3/8", "10.9.9.9", True),
        ("IpAddress", "10.0.0.1", "testclient", False),
        ("NotIpAddress", "10.0.0.0/8", "::1", True),
        ("ArnEquals", "arn:aws:iam::*:role/*", ROLE, True),
        ("ArnLike", "arn:*:role/a:b", ROLE, None),
        ("ArnLike", "arn:aws:*:111122223333:role/*", ROLE, None),
        ("ArnNotEquals", "arn:aws:iam::1:role/*", ROLE, True),
        ("ArnNotLike", "arn:aws:iam::1111*:role/*", ROLE, False),
        ("ArnLike", "*", ROLE, True),
        ("Null", "true", "x", False),
        ("Null", False, "x", True),
    ],
)  # fmt: skip
def test_each_operator_compares_values_of_its_type(operator, expected, actual, answer):
    if answer is None:
        with pytest.raises(AssertionError, match="is not an ARN"):
            holds(operator, expected, actual)
    else:
        assert holds(operator, expected, actual) is answer


EXAMPLES = {"String": "a", "Numeric": "1", "Date": "2026", "Bool": "true", "Binary": "QQ==",
            "Ip": "10.0.0.1", "NotIp": "10.0.0.1", "Arn": ROLE}  # fmt: skip


def example(name):
    return next(EXAMPLES[kind] for kind in EXAMPLES if name.startswith(kind))


@pytest.mark.fact("F11/3")
@pytest.mark.parametrize("name", OPERATORS)
def test_an_absent_key_fails_a_positive_operator_and_satisfies_a_negated_one(name):
    value = example(name)
    assert holds(name, value) is ("Not" in name)
    assert holds(f"{name}IfExists", value) is True
    assert holds(f"ForAllValues:{name}", value) is True
    assert holds(f"ForAnyValue:{name}", value) is False
    assert holds(name, value, value) is not OPERATORS[name].negated or "Than" in name


def test_null_asks_whether_a_key_is_there():
    assert holds("Null", "true") is True
    assert holds("Null", "false") is False


texts = st.text("ab", max_size=2)


@given(st.lists(texts, max_size=3), st.lists(texts, min_size=1, max_size=3))
def test_set_operators_are_those_of_sets(expected, actual):
    assert holds("ForAllValues:StringEquals", expected, *actual) == (set(actual) <= set(expected))
    assert holds("ForAnyValue:StringEquals", expected, *actual) == bool(set(actual) & set(expected))
    assert holds("ForAllValues:StringNotEquals", expected, *actual) == (
        not set(actual) & set(expected)
    )
    assert holds("ForAnyValue:StringNotEquals", expected, *actual) == bool(
        set(actual) - set(expected)
    )


@given(st.ip_addresses(), st.integers(0, 128), st.ip_addresses())
def test_an_address_is_in_a_range_if_their_first_bits_are_the_same(start, length, address):
    length = min(length, start.max_prefixlen)
    shift = start.max_prefixlen - length
    same = start.version == address.version and int(start) >> shift == int(address) >> shift
    assert holds("IpAddress", f"{start}/{length}", str(address)) is same
    assert holds("NotIpAddress", f"{start}/{length}", str(address)) is not same
    assert ipaddress.ip_address(str(address)) == address


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
)
def test_dates_are_compared_as_moments_however_they_are_written(one, other):
    one, other = (each.replace(microsecond=0) for each in (one, other))
    written = one.isoformat(), str(int(one.timestamp()))
    for text in written:
        assert holds("DateLessThan", other.isoformat(), text) is (one < other)
        assert holds("DateEquals", one.isoformat(), text)


@pytest.mark.parametrize(
    ("condition", "where", "words"),
    [
        ("x", "/C", "must be an object of operators"),
        ({"Bool": "x"}, "/C/Bool", "must be an object of condition keys"),
        ({"StringEqual": {"a": "b"}}, "/C/StringEqual", "did you mean StringEquals"),
        ({"NullIfExists": {"a": "true"}}, "/C/NullIfExists", "is not a condition operator"),
        ({"ForSome:Bool": {"a": "true"}}, "/C/ForSome:Bool", "is not a condition operator"),
        ({"IpAddress": {"a": ["1.2.3.4", "1.2.3.4/33"]}}, "/C/IpAddress/a/1", "IP address range"),
        ({"DateLessThan": {"a": "2026-13-01"}}, "/C/DateLessThan/a", "is not a date"),
        ({"DateLessThan": {"a": "2026-01-01T25:00:00Z"}}, "/C/DateLessThan/a", "is not a date"),
        ({"NumericEquals": {"a": "ten"}}, "/C/NumericEquals/a", "is not a number"),
        ({"Bool": {"a": "yes"}}, "/C/Bool/a", "neither true nor false"),
        ({"BinaryEquals": {"a": "!"}}, "/C/BinaryEquals/a", "is not Base64"),
        ({"ArnLike": {"a": "role/x"}}, "/C/ArnLike/a", "is not an ARN"),
        ({"Null": {"a": "maybe"}}, "/C/Null/a", "neither true nor false"),
        ({"StringEquals": {"a": {"b": []}}}, "/C/StringEquals/a", "an object is not a string"),
    ],
)  # fmt: skip
def test_what_iam_would_refuse_is_reported_with_its_place(condition, where, words):
    problems = []
    read_conditions(condition, "/C", lambda *each: problems.append(each), variables=True)
    ((pointer, message),) = problems
    assert pointer == where
    assert words in message
