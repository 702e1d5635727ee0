"""The condition operators of IAM: what they compare, and how.

AWS: reference_policies_elements_condition_operators (IAM).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_first.stage.policies import values
from openapi_first.stage.policies.patterns import (
    Keys,
    Pattern,
    matches,
    parts_of_arn,
    read_pattern,
)

Test = Callable[[str, Keys], bool]
"""Whether a value of a request is the one that the policy expects."""

_Reader = Callable[[str, bool], Test]
"""Reads an expected value; the flag says whether the policy can have variables. Raises ValueError
with what is wrong."""


@dataclass(frozen=True, slots=True)
class Operator:
    """`negated` operators hold if no expected value is the actual one."""

    read: _Reader
    negated: bool = False


def _string(*, ignore_case: bool) -> _Reader:
    def read(text: str, variables: bool) -> Test:
        pattern = read_pattern(text, variables=variables)
        return lambda value, keys: pattern.equals(value, keys, ignore_case=ignore_case)

    return read


def _like(text: str, variables: bool) -> Test:
    return read_pattern(text, variables=variables).matches


def _arn(text: str, variables: bool) -> Test:
    """Each of the six parts of an ARN is compared by itself, with its wildcards."""
    pattern = read_pattern(text, variables=variables)
    if not pattern.has_variables and text != "*" and text.count(":") < 5:
        raise ValueError("is not an ARN, such as arn:aws:iam::111122223333:role/*")
    return lambda value, keys: _is_arn(pattern, value, keys)


def _is_arn(pattern: Pattern, value: str, keys: Keys) -> bool:
    expanded = pattern.expanded(keys)
    actual = value.split(":", 5)
    if expanded is None or len(actual) < 6:
        return False
    expected = parts_of_arn(expanded)
    if len(expected) < 6:
        return matches(expanded, value) and len(expected) == 1
    return all(matches(*both) for both in zip(expected, actual, strict=True))


def _compared(read: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> _Reader:
    """An operator on values of one type; a value of a request that is not of it is never the
    expected one."""

    def read_expected(text: str, _variables: bool) -> Test:
        expected = read(text)

        def test(value: str, _keys: Keys) -> bool:
            try:
                return compare(read(value), expected)
            except ValueError:
                return False

        return test

    return read_expected


def _in_network(text: str, _variables: bool) -> Test:
    network = values.network(text)

    def test(value: str, _keys: Keys) -> bool:
        try:
            return values.address(value) in network
        except ValueError:
            return False

    return test


_COMPARISONS = {
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
_EXACT, _ANY_CASE = _string(ignore_case=False), _string(ignore_case=True)

OPERATORS: Mapping[str, Operator] = {
    "StringEquals": Operator(_EXACT),
    "StringNotEquals": Operator(_EXACT, negated=True),
    "StringEqualsIgnoreCase": Operator(_ANY_CASE),
    "StringNotEqualsIgnoreCase": Operator(_ANY_CASE, negated=True),
    "StringLike": Operator(_like),
    "StringNotLike": Operator(_like, negated=True),
    **{
        f"{kind}{name}": Operator(_compared(read, operator.eq), negated=name == "NotEquals")
        for kind, read in (("Numeric", values.number), ("Date", values.date))
        for name in ("Equals", "NotEquals")
    },
    **{
        f"{kind}{name}": Operator(_compared(read, compare))
        for kind, read in (("Numeric", values.number), ("Date", values.date))
        for name, compare in _COMPARISONS.items()
    },
    "Bool": Operator(_compared(values.boolean, operator.eq)),
    "BinaryEquals": Operator(_compared(values.binary, operator.eq)),
    "IpAddress": Operator(_in_network),
    "NotIpAddress": Operator(_in_network, negated=True),
    # AWS: ArnEquals and ArnLike behave identically.
    "ArnEquals": Operator(_arn),
    "ArnNotEquals": Operator(_arn, negated=True),
    "ArnLike": Operator(_arn),
    "ArnNotLike": Operator(_arn, negated=True),
}
"""All of them by name, without `Null`, which compares nothing."""
